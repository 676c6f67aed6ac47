"""Requests 授权申请: asked for, looked at, taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import queries, rules
from counterpoint.approvals.data import (
    Matter,
    Mode,
    NoRequirement,
    PapersMissing,
    ReasonNeeded,
    RequestEnded,
    RequestOpen,
    RequestState,
    RequestView,
    Requirement,
    UnknownRequest,
)
from counterpoint.approvals.models import Concern, Recusal, Request, RequestEnd, RequestPaper
from counterpoint.approvals.services import locks
from counterpoint.approvals.services.desk import eligible_people, known_to
from counterpoint.approvals.services.granting import check_not_refused
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.papers import services as papers_room
from counterpoint.papers.data import Paper

#: A request carries no more papers.
MOST_PAPERS = 20
#: A note or the words of a decision are no longer.
MOST_WORDS = 500

#: Rooms that ask say whether their thing can still be approved: raises a refusal when it cannot.
Check = Callable[[RequestView], None]
_checks: dict[str, Check] = {}


def register_check(kind: str, check: Check) -> None:
    """Let ``check`` look at a request of this kind again when somebody is about to approve it."""
    _checks[kind] = check


def check_still_good(view: RequestView) -> None:
    """What is to be approved can still be done as it was asked."""
    check = _checks.get(view.kind)
    if check is not None:
        check(view)


def request(id: int) -> RequestView:
    """The request with this id."""
    found = queries.request(id)
    if found is None:
        raise UnknownRequest(_("There is no such request."))
    return found


def requests_of(*, subject: str) -> list[RequestView]:
    """Every request for one thing, newest first."""
    return queries.requests(subject=subject)


def requests_of_all(*, subjects: Collection[str]) -> dict[str, RequestView]:
    """The newest request for each of several things, in one question."""
    found = queries.requests(subject__in=list(subjects)) if subjects else []
    return {view.subject: view for view in reversed(found)}


def pending_for(*subjects: str, by: Actor | None) -> list[RequestView]:
    """What waits for approval and concerns these, ``party:5``, ``account:7``; as far as ``by`` may know."""
    return known_to(queries.concerning(subjects), by)


@verb("approvals.request.made")
def ask(
    *, matter: Matter, by: Actor, papers: Sequence[int] = (), note: str = "", follows: int | None = None,
    until: datetime | None = None,
) -> RequestView:  # fmt: skip
    """Ask for approval of an exact payload 提请授权; ``follows`` is the returned request that it mends.

    Everything that an approver will see is fixed here, and signed by its hash.
    """
    if by.kind is not ActorKind.PERSON or matter.payload.get("maker") != by.id:
        raise NotAllowed(_("Only the maker asks for approval of an entry."))
    if not matter.requirement.modes & {Mode.BRANCH, Mode.REMOTE}:
        raise NoRequirement(_("This is approved at the desk, or not at all."))
    if len(note) > MOST_WORDS:
        raise ReasonNeeded(_("The note is too long."), field="note")
    locks.lock_payload(matter.payload_hash)
    check_not_refused(matter.payload_hash)
    if Request.objects.filter(payload_hash=matter.payload_hash, end=None, expires__gt=clock.now()).exists():
        raise RequestOpen(_("This waits for approval already."))
    found = _papers(papers, matter.requirement, by)
    row = _write(matter, by, found, note, _followed(follows, matter, by), until)
    _tell(row, matter, found)
    made = queries.request(row.pk)
    assert made is not None
    return made


def _papers(ids: Sequence[int], requirement: Requirement, by: Actor) -> list[Paper]:
    if len(set(ids)) > MOST_PAPERS:
        raise PapersMissing(_("Too many papers for one request."), most=MOST_PAPERS)
    found = papers_room.papers_to_attach(ids=list(dict.fromkeys(ids)), by=by)
    missing = sorted(set(requirement.papers) - {paper.kind for paper in found})
    if missing:
        raise PapersMissing(_("The rule asks for papers that are missing."), missing=missing)
    return found


def _followed(follows: int | None, matter: Matter, by: Actor) -> Request | None:
    if follows is None:
        return None
    row = Request.objects.filter(pk=follows, maker=by.id, branch_id=matter.branch, kind=matter.kind).first()
    end: RequestEnd | None = getattr(row, "end", None) if row else None
    if row is None or end is None or end.state != RequestState.RETURNED:
        raise UnknownRequest(_("Only a returned request of your own can be followed."))
    return row


def _write(
    matter: Matter,
    by: Actor,
    papers: list[Paper],
    note: str,
    follows: Request | None,
    until: datetime | None,
) -> Request:
    now, need = clock.now(), matter.requirement
    shown = [asdict(row) for row in matter.rows]
    expires = now + timedelta(seconds=need.expires_seconds)
    try:
        with transaction.atomic():
            row = Request.objects.create(
                branch_id=matter.branch, desk_id=matter.desk, kind=matter.kind, subject=matter.subject,
                title_zh=matter.title_zh, title_en=matter.title_en, maker_id=by.id, amount=matter.amount,
                currency=matter.currency, payload=matter.payload, payload_hash=matter.payload_hash,
                rows=shown, reasons=[asdict(one) for one in matter.reasons], requirement=asdict(need),
                rekey=matter.rekey, rule_key=matter.rule[0], rule_version=matter.rule[1], note=note.strip(),
                eligible=eligible_people(matter, need), follows=follows, correlation=matter.correlation,
                expires=min(expires, until) if until else expires,
                fallback_at=_after(now, need.fallback_seconds),
                escalate_at=_after(now, need.escalate_seconds),
                signed_hash=rules.signed_hash(
                    payload_hash=matter.payload_hash, rows=shown,
                    papers=[paper.sha256 for paper in papers], rule=matter.rule,
                ),
            )  # fmt: skip
    except IntegrityError as error:
        raise RequestOpen(_("The returned request has been followed already.")) from error
    row.refresh_from_db()
    subjects = [f"party:{id}" for id in matter.parties] + [f"account:{id}" for id in matter.accounts]
    Concern.objects.bulk_create(Concern(request=row, subject=one) for one in dict.fromkeys(subjects))
    RequestPaper.objects.bulk_create(
        RequestPaper(request=row, paper_id=paper.id, sha256=paper.sha256) for paper in papers
    )
    Recusal.objects.bulk_create(Recusal(request=row, person_id=one) for one in set(matter.recused))
    return row


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def channels_of(row: Request) -> tuple[str, ...]:
    """Who hears of a change: the maker, the claimer, the desks that see the request."""
    claimer = row.claims.filter(ended=None).values_list("person_id", flat=True)
    found = [f"person:{row.maker_id}", f"approvals:{row.branch_id}", *(f"person:{one}" for one in claimer)]
    if Mode.REMOTE in queries.requirement(row).modes:
        found.append("approvals:remote")
    return tuple(dict.fromkeys(found))


def told(row: Request, **data: object) -> Told:
    """What an event of this request says and who hears it."""
    return Told(
        subject=f"request:{row.pk}", branch=row.branch_id, correlation=row.correlation,
        data={"kind": row.kind, "of": row.subject, "hash": row.payload_hash, **data},
        channels=channels_of(row), about=f"request:{row.pk}",
    )  # fmt: skip


def _tell(row: Request, matter: Matter, papers: list[Paper]) -> None:
    modes = sorted(str(mode) for mode in matter.requirement.modes)
    rule = [row.rule_key, row.rule_version]
    made = told(row, rule=rule, modes=modes, papers=[paper.id for paper in papers], follows=row.follows_id)
    # Nobody shows it yet but the answer to its own press.
    tell(replace(made, about=""))


@verb("approvals.request.withdrawn")
def withdraw(*, request: int, by: Actor, reason: str = "given_up") -> None:
    """Take one's own request back 撤回; what was approved on the way is void."""
    row = locks.locked_request(request)
    if row.maker_id != by.id:
        raise NotAllowed(_("Only the maker takes a request back."))
    claimer = told(row, reason=reason)
    end(row, RequestState.WITHDRAWN, person=by.id, reason=reason)
    tell(claimer)


def withdraw_of(*, subject: str, by: Actor, reason: str) -> None:
    """Take back whatever waits for approval of ``subject``, as when its slip is changed."""
    for row in Request.objects.filter(subject=subject, maker=by.id, end=None).order_by("pk")[:20]:
        try:
            withdraw(request=row.pk, by=by, reason=reason)
        except RequestEnded:
            continue


def end(
    row: Request, state: RequestState, *, person: int | None, reason: str = "", words: str = ""
) -> None:  # fmt: skip
    """Write how the request ended, and let its claim go."""
    RequestEnd.objects.create(request=row, state=state, person_id=person, reason=reason, words=words)
    row.claims.filter(ended=None).update(ended=clock.now(), why="decided")
