"""Limits of boxes 限额: by face, of a desk's box, a machine's cassette, and the vault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data import (
    PIECES_MAX,
    BoxKind,
    BoxView,
    LimitMalformed,
    OverHardLimit,
    UnknownBox,
    faces_sum,
)
from counterpoint.vault.data_boxes import BreachView, Excess, FaceLimitView, Limits
from counterpoint.vault.labels import face_name
from counterpoint.vault.models import Box, Stock
from counterpoint.vault.models_cash import FaceLimit, LimitBreach
from counterpoint.vault.rules import as_faces
from counterpoint.vault.rules_limits import Keeping, excesses, grown, known_faces, surplus, wanted
from counterpoint.vault.services.bookings import promised_of
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.boxes import boxes_of, check_sums
from counterpoint.vault.services.counts import binding_on

OVERNIGHT = "vault.overnight_limit"
BREACHES_SHOWN = 200


class Proposed(TypedDict):
    """A transfer as it is proposed: from a box to a box; ``None`` is the central bank."""

    source: int | None
    target: int | None
    faces: dict[str, int]
    amount: int


def limit_of(box: int | BoxView) -> Limits:
    """The limits of a box, in money and by face."""
    view = box if isinstance(box, BoxView) else box_view(box)
    rows = FaceLimit.objects.filter(box=view.id).order_by("pk")
    return Limits(view.limit, view.hard, {row.face: FaceLimitView(row.soft, row.hard) for row in rows})


def limits_of(boxes: Iterable[BoxView]) -> dict[int, Limits]:
    """The limits of several boxes, in one query."""
    views = list(boxes)
    faces: dict[int, dict[str, FaceLimitView]] = {view.id: {} for view in views}
    for row in FaceLimit.objects.filter(box__in=faces).order_by("pk"):
        faces[row.box_id][row.face] = FaceLimitView(row.soft, row.hard)
    return {view.id: Limits(view.limit, view.hard, faces[view.id]) for view in views}


def passed_limits(*, box: BoxView) -> list[Excess]:
    """The limits that a box passes now, the hard ones first."""
    return excesses(box.faces, limit_of(box))


def check_limit(*, box: BoxView, change: Mapping[str, int]) -> list[Excess]:
    """Refuse what would take a box above a hard limit; return the soft ones that it would pass 超限提示."""
    limits = limit_of(box)
    after = {face: pieces + change.get(face, 0) for face, pieces in box.faces.items()}
    passed = grown(excesses(box.faces, limits), excesses(after, limits))
    for one in passed:
        if one.hard:
            raise OverHardLimit(
                _over_in_words(box, one), why=Why(remedy=str(_("Hand cash in to the vault first."))),
                limit=one.limit, total=one.have, face=one.face,
            )  # fmt: skip
    return passed


def _over_in_words(box: BoxView, one: Excess) -> StrOrPromise:
    if not one.face:
        return format_lazy(_("Box {box} may not hold that much."), box=box.number)
    return format_lazy(
        _("Box {box} may hold only {n} × {face}."),
        box=box.number, n=one.limit, face=face_name(one.face, box.currency),
    )  # fmt: skip


@verb("vault.box.limits_set")
def set_limits(*, box: int, soft: int, hard: int, faces: Mapping[str, FaceLimitView], by: Actor) -> Limits:
    """Say how much a box should and may hold, in all and of each face 设定限额. Zero, ``None``: none."""
    row = Box.objects.select_for_update(no_key=True).filter(pk=box, retired=False).first()
    if row is None:
        raise UnknownBox(_("There is no such box."), box=box)
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=row.branch_id)
    check_sums(soft, hard)
    _check_faces(faces, row.currency)
    before = limit_of(box)
    ledger.lock_accounts([row.account_id])
    Box.objects.filter(pk=box).update(limit_minor=soft)
    Stock.objects.filter(pk=box).update(hard_minor=hard)
    FaceLimit.objects.filter(box=box).delete()
    FaceLimit.objects.bulk_create(
        FaceLimit(box_id=box, face=face, soft=one.soft, hard=one.hard)
        for face, one in faces.items() if one != FaceLimitView()
    )  # fmt: skip
    after = limit_of(box)
    tell(
        Told(subject=f"box:{box}", branch=row.branch_id, before=_plain(before), after=_plain(after))
    )  # fmt: skip
    return after


def _check_faces(faces: Mapping[str, FaceLimitView], currency: str) -> None:
    if not known_faces(faces, currency):
        raise LimitMalformed(_("There is no such face in this currency."), field="faces")
    for face, one in faces.items():
        given = [limit for limit in (one.soft, one.hard) if limit is not None]
        if any(type(limit) is not int or not 0 <= limit <= PIECES_MAX for limit in given):
            raise LimitMalformed(_("This is no limit."), field=face)
        if len(given) > 1 and given[0] > given[1]:
            raise LimitMalformed(_("The hard limit is not below the soft one."), field=face)


def _plain(limits: Limits) -> dict[str, object]:
    faces = {face: [one.soft, one.hard] for face, one in limits.faces.items()}
    return {"soft": limits.soft, "hard": limits.hard, "faces": faces}


def proposed_transfer(*, box: int | BoxView, overnight: bool = False) -> Proposed:
    """What should go from a box to the vault, or from the vault to the box, with its faces 调拨建议.

    Over a limit the surplus goes; where a face runs low some is drawn. The vault's own surplus goes to
    the central bank. ``overnight``: down to what may stay in the box until tomorrow.
    """
    view = box if isinstance(box, BoxView) else box_view(box)
    day, limits = org.business_day(view.branch).date, limit_of(view)
    if overnight:
        limits = Limits(overnight_limit(view, day), 0, limits.faces)
    safe = next((one for one in boxes_of(branch=view.branch) if _serves(one, view)), None)
    other = safe.id if safe and safe.id != view.id else None
    out = surplus(view.faces, view.payable, limits, _keeping(view, day, overnight))
    if out or overnight or other is None or safe is None:
        return Proposed(source=view.id, target=other, faces=out, amount=faces_sum(out))
    promised = promised_of(box=safe.id)
    there = {face: n - promised.get(face, 0) for face, n in safe.payable.items()}
    into = wanted(view.faces, view.payable, there, limits, _keeping(view, day, overnight))
    return Proposed(source=other, target=view.id, faces=into, amount=faces_sum(into))


def _serves(safe: BoxView, box: BoxView) -> bool:
    return safe.kind is BoxKind.VAULT and safe.currency == box.currency


def _keeping(view: BoxView, day: date, overnight: bool) -> Keeping:
    says, binding = org.value(key="vault.working_stock", at=day), binding_on(day)
    pieces = {face: int(n) for face, n in says["pieces"].items()} if view.currency == "CNY" else {}
    percent = 100 if overnight else int(says["keep_percent"])
    return Keeping(
        pieces if view.kind is BoxKind.TELLER else {}, percent, int(says["low_percent"]), binding.strap,
        binding.roll,
    )  # fmt: skip


def overnight_limit(view: BoxView, day: date) -> int:
    """What may stay in a teller's box overnight 过夜限额; zero where the rule says nothing."""
    if view.kind is not BoxKind.TELLER or view.currency != "CNY":
        return 0
    return int(org.value(key=OVERNIGHT, at=day))


def over_overnight(*, branch: int, at: date) -> list[tuple[BoxView, int]]:
    """Boxes in which more lies than may stay there overnight, each with its limit."""
    found = [(view, overnight_limit(view, at)) for view in boxes_of(branch=branch)]
    return [(view, limit) for view, limit in found if limit and view.counted > limit]


def open_breaches(*, branch: int) -> list[BreachView]:
    """Limits that are passed now, the oldest first 超限台账."""
    return _breaches(Q(branch_id=branch, until=None))


def breaches_of(*, box: int) -> list[BreachView]:
    """Those of one box that are open."""
    return _breaches(Q(box=box, until=None))


def _breaches(wanted: Q) -> list[BreachView]:
    rows = LimitBreach.objects.filter(wanted).select_related("box").order_by("due", "pk")
    return [
        BreachView(
            row.pk, row.box_id, row.box.number, row.branch_id, row.box.currency, row.face, row.amount,
            row.limit, row.since, row.due,
        )
        for row in rows[:BREACHES_SHOWN]
    ]  # fmt: skip


def note_breaches(*, branch: int | None = None) -> int:
    """Begin the clock of every limit that is passed, end those that are mended; how many of both.

    One query where nothing changed. Two at once wait for each other.
    """
    faces = FaceLimit.objects.filter(box=OuterRef("pk"))
    breaches = LimitBreach.objects.filter(box=OuterRef("pk"), until=None)
    rows = Box.objects.filter(Q(retired=False) & (Q(branch_id=branch) if branch else Q())).annotate(
        counts=F("stock__counts"), hard=F("stock__hard_minor"),
        by_face=ArraySubquery(faces.values(one=JSONObject(face="face", soft="soft", hard="hard"))),
        breaches=ArraySubquery(breaches.values(one=JSONObject(id="pk", face="face"))),
    )  # fmt: skip
    changed = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('vault.limits', 0))")
        for row in rows.order_by("pk"):
            held = {one["face"]: one["id"] for one in row.breaches}
            limits = Limits(row.limit_minor, row.hard, {
                one["face"]: FaceLimitView(one["soft"], one["hard"]) for one in row.by_face
            })  # fmt: skip
            found = {one.face: one for one in excesses(as_faces(row.counts, row.currency), limits)}
            for face, one in found.items():
                if face not in held:
                    begin_breach(box=row.pk, excess=one, by=SYSTEM)
                    changed += 1
            for face, id in held.items():
                if face not in found:
                    end_breach(breach=id, by=SYSTEM)
                    changed += 1
    return changed


@verb("vault.limit.passed")
def begin_breach(*, box: int, excess: Excess, by: Actor) -> None:
    """A box is over a limit; the clock runs 超限."""
    row = Box.objects.get(pk=box)
    day, now = org.business_day(row.branch_id).date, clock.now()
    decided = org.decide(table="vault.limit_breach_minutes", facts={"kind": row.kind}, at=day)
    due = now + timedelta(minutes=int(decided.outcome["minutes"]))
    LimitBreach.objects.create(
        box=row, branch_id=row.branch_id, face=excess.face, amount=excess.have, limit=excess.limit,
        since=now, due=due,
    )  # fmt: skip
    data = {"face": excess.face, "have": excess.have, "limit": excess.limit, "due": due.isoformat()}
    tell(Told(subject=f"box:{box}", branch=row.branch_id, business_date=day, data=data))


@verb("vault.limit.mended")
def end_breach(*, breach: int, by: Actor) -> None:
    """A box is within its limit again 超限解除."""
    row = LimitBreach.objects.select_for_update(no_key=True).get(pk=breach)
    row.until = clock.now()
    row.save(update_fields=["until"])
    tell(
        Told(
            subject=f"box:{row.box_id}", branch=row.branch_id,
            data={"face": row.face, "since": row.since.isoformat(), "late": row.until > row.due},
        )
    )  # fmt: skip
