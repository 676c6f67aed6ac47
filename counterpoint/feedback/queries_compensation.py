"""Reads of compensation: a proposal stands as its own end says, or else as its request for approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import RequestState, RequestView
from counterpoint.feedback import rules_compensation as rules
from counterpoint.feedback.data_compensation import Compensation, CompensationState, Ending
from counterpoint.feedback.models import Compensation as Row
from counterpoint.feedback.models import CompensationEnd
from counterpoint.kit import clock
from counterpoint.ledger import services as ledger
from counterpoint.org.data import RecordedFacts
from counterpoint.people import services as people

#: A complaint has no more proposals.
MOST = 20
#: A page of complaints has no more that were not ended here.
MOST_WAITING = 100


def subject(id: int) -> str:
    """Under which name a proposal is known to the approvals."""
    return f"compensation:{id}"


def id_of(subject: str) -> int:
    return int(subject.partition(":")[2])


def compensations(complaint: int) -> list[Compensation]:
    """Every proposal of a complaint, the newest first."""
    return _views(Row.objects.filter(complaint=complaint))


def compensation(id: int) -> Compensation | None:
    return next(iter(_views(Row.objects.filter(pk=id))), None)


def waiting(complaints: Iterable[int]) -> dict[int, CompensationState]:
    """Of several complaints, how the proposal that is open stands; one of each at most."""
    rows = Row.objects.filter(complaint__in=list(complaints), end=None).order_by("-pk")[:MOST_WAITING]
    found = {subject(id): complaint for id, complaint in rows.values_list("pk", "complaint_id")}
    states = {
        found[name]: rules.state_of(ended="", request=view.state, in_time=view.expires > clock.now())
        for name, view in approvals.requests_of_all(subjects=list(found)).items()
    }
    return {id: state for id, state in states.items() if rules.MACHINE.after(state)}


def paid(found: list[Compensation]) -> int:
    """What the customer has got, in minor units."""
    return sum(one.amount for one in found if one.paid)


def asked(since: date, until: date) -> Iterator[RecordedFacts]:
    """What the rule of approval was asked for what was then paid, oldest first: the source of its replay."""
    first, last = clock.start_of(since), clock.start_of(until + timedelta(days=1))
    rows = Row.objects.filter(at__gte=first, at__lt=last, end__entry__isnull=False)
    lines: Any = rows.order_by("pk").values_list(
        "end__entry", "at", "complaint__channel", "total", "currency"
    )
    for entry, at, channel, total, currency in lines.iterator(chunk_size=500):
        yield RecordedFacts(
            entry=entry, at=at.astimezone(clock.CHINA).date(), facts=facts(channel, total, currency)
        )


def facts(channel: str, total: int, currency: str) -> dict[str, Any]:
    """What the rule of approval is asked."""
    return {"total_minor": total, "currency": currency, "channel": str(channel)}


def entry_of(id: int) -> int | None:
    """The entry that paid a proposal."""
    return CompensationEnd.objects.filter(pk=id).values_list("entry", flat=True).first()


def _views(rows: Any) -> list[Compensation]:
    found = list(rows.select_related("person", "end__person").order_by("-pk")[:MOST])
    requests = approvals.requests_of_all(subjects=[subject(row.pk) for row in found])
    views = list(requests.values())
    deciders = people.names_of(
        {one.end.person for one in views if one.end and one.end.person}
        | {given.approver for one in views for given in one.approvals}
    )
    numbers = ledger.accounts([row.account_id for row in found]) if found else {}
    entries = [end.entry for row in found if (end := getattr(row, "end", None)) and end.entry]
    back = ledger.reversals_of(entries) if entries else {}
    return [
        _view(row, requests.get(subject(row.pk)), deciders, numbers[row.account_id].number, back)
        for row in found
    ]


def _view(
    row: Row, request: RequestView | None, names: dict[int, str], number: str, back: dict[int, int]
) -> Compensation:
    end: CompensationEnd | None = getattr(row, "end", None)
    in_time = request is not None and request.expires > clock.now()
    state = rules.state_of(
        ended=end.state if end else "", request=request.state if request else None, in_time=in_time
    )
    entry = end.entry if end else None
    return Compensation(
        id=row.pk, complaint=row.complaint_id, count=row.count, state=state, amount=row.amount,
        currency=row.currency, account=row.account_id, number=number, reason=row.reason,
        proposer=row.person_id, proposer_name=row.person.name, at=row.at,
        request=request.id if request else None, until=request.expires if request else None,
        approvers=tuple(
            Ending(names.get(one.approver, ""), one.at) for one in (request.approvals if request else ())
        ),
        decided=_decided(request, names),
        ended=Ending(end.person.name, end.at, end.note) if end else None, entry=entry,
        reverses=row.reverses_id,
        reversed_by=back.get(entry) if entry else None,
    )  # fmt: skip


def _decided(request: RequestView | None, names: dict[int, str]) -> Ending | None:
    """Who returned or refused it, and why."""
    end = request.end if request else None
    if end is None or end.state not in (RequestState.RETURNED, RequestState.REFUSED):
        return None
    return Ending(names.get(end.person or 0, ""), end.at, end.words)
