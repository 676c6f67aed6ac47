"""Reads of bookings, damaged notes and counterfeit cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from counterpoint.customers import services as customers
from counterpoint.ledger import services as ledger
from counterpoint.vault.data import is_coin
from counterpoint.vault.data_cases import (
    ACTIVE_BOOKINGS,
    BookingView,
    CaseStep,
    CaseView,
    CounterfeitNoteView,
    DamagedNoteView,
    ExchangeView,
    SerialHit,
    StepView,
)
from counterpoint.vault.data_cash import BookingState, CounterfeitState, DamageOutcome
from counterpoint.vault.models import Stock
from counterpoint.vault.models_cases import (
    CashBooking,
    CounterfeitCase,
    CounterfeitNote,
    CounterfeitStep,
    DamagedExchange,
    DamagedNote,
)
from counterpoint.vault.rules import as_faces, clean_faces
from counterpoint.vault.rules_cases import kind_of

#: Lines of one page of a list.
PAGE = 50


def lock_number(name: str) -> None:
    """Whoever takes a number of a series waits for the one before, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def fit_faces(box: int) -> dict[str, int]:
    """What of a box may be paid out: neither unfit nor damaged."""
    row = Stock.objects.select_related("box").get(box=box)
    currency = row.box.currency
    faces, unfit, damaged = (
        as_faces(counts, currency) for counts in (row.counts, row.unfit or (), row.damaged or ())
    )
    return {face: n - unfit[face] - damaged[face] for face, n in faces.items()}


def promised_faces(box: int, *, besides: date | None = None) -> dict[str, int]:
    """Faces promised from a box; ``besides``: but for the bookings of one day."""
    rows = CashBooking.objects.filter(vault=box, state=BookingState.PROMISED)
    if besides is not None:
        rows = rows.exclude(day=besides)
    sums: dict[str, int] = defaultdict(int)
    for faces in rows.values_list("faces", flat=True):
        for face, n in faces.items():
            sums[face] += n
    return dict(sums)


def bookings(where: Q, *, limit: int = PAGE) -> list[BookingView]:
    """Bookings with account numbers and masked names, in two queries."""
    rows = list(CashBooking.objects.filter(where).order_by("day", "id")[:limit])
    views = ledger.accounts([row.account_id for row in rows])
    return [
        BookingView(
            id=row.pk, number=row.number, branch=row.branch_id, vault=row.vault_id, party=row.party_id,
            account=row.account_id, account_number=views[row.account_id].number,
            name=customers.mask_name(views[row.account_id].name), currency=row.currency, amount=row.amount,
            faces=clean_faces(row.faces, row.currency), day=row.day, purpose=row.purpose,
            state=BookingState(row.state),
            booker=row.booker_id, at=row.at, ended=row.ended, entry=row.entry, reason=row.reason,
        )
        for row in rows
    ]  # fmt: skip


def active() -> Q:
    return Q(state__in=ACTIVE_BOOKINGS)


def exchanges(where: Q, *, limit: int = PAGE) -> list[ExchangeView]:
    """Exchanges of damaged notes with their notes, the newest first, in two queries."""
    rows = list(DamagedExchange.objects.filter(where).order_by("-id")[:limit])
    notes: dict[int, list[DamagedNoteView]] = defaultdict(list)
    for note in DamagedNote.objects.filter(exchange__in=[row.pk for row in rows]).order_by("id"):
        notes[note.exchange_id].append(_damaged_note(note))
    return [
        ExchangeView(
            id=row.pk, number=row.number, box=row.box_id, branch=row.branch_id,
            business_date=row.business_date, at=row.at, person=row.person_id, second=row.second_id,
            customer=customers.mask_name(row.customer), identity=customers.mask_document(row.identity),
            currency=row.currency, paid=row.paid, faces=clean_faces(row.faces, row.currency), entry=row.entry,
            notes=tuple(notes[row.pk]),
        )
        for row in rows
    ]  # fmt: skip


def _damaged_note(row: DamagedNote) -> DamagedNoteView:
    return DamagedNoteView(
        id=row.pk, exchange=row.exchange_id, face=row.face, pieces=row.pieces, left=row.left, cross=row.cross,
        outcome=DamageOutcome(row.outcome), worth=row.worth, serial=row.serial,
    )  # fmt: skip


def half_notes(branch: int, worth: int) -> list[DamagedNoteView]:
    """The newest half-paid notes that are worth so much together: those that are still in their bags.

    They go to the central bank all at once, so the account of them says how many are left.
    """
    found: list[DamagedNoteView] = []
    rows = DamagedNote.objects.filter(exchange__branch_id=branch, outcome=DamageOutcome.HALF)
    for row in rows.order_by("-id").iterator(chunk_size=200):
        if worth <= 0:
            break
        worth -= row.worth
        found.append(_damaged_note(row))
    return found


def cases(where: Q | QuerySet[CounterfeitCase], *, limit: int = PAGE) -> list[CaseView]:
    """Counterfeit cases with notes and steps, the newest first, in three queries."""
    found = where if isinstance(where, QuerySet) else CounterfeitCase.objects.filter(where)
    rows = list(found.order_by("-id")[:limit])
    ids = [row.pk for row in rows]
    notes: dict[int, list[CounterfeitNoteView]] = defaultdict(list)
    for note in CounterfeitNote.objects.filter(case__in=ids).order_by("id"):
        notes[note.case_id].append(_counterfeit_note(note))
    steps: dict[int, list[StepView]] = defaultdict(list)
    for step in CounterfeitStep.objects.filter(case__in=ids).exclude(what=CaseStep.KEY).order_by("id"):
        steps[step.case_id].append(
            StepView(step.at, step.person_id, CounterfeitState(step.state), step.what, step.note)
        )
    return [_case(row, notes[row.pk], steps[row.pk]) for row in rows]


def unfinished(branch: int) -> Q:
    """Cases of a branch whose money is still here, or that have to be reported."""
    ended = (CounterfeitState.SURRENDERED, CounterfeitState.FOUND_TRUE)
    return Q(branch_id=branch) & (~Q(state__in=ended) | Q(must_report=True, reported=None))


def _case(row: Any, notes: Sequence[CounterfeitNoteView], steps: Sequence[StepView]) -> CaseView:
    return CaseView(
        id=row.pk, number=row.number, branch=row.branch_id, business_date=row.business_date, at=row.at,
        seizer=row.seizer_id, second=row.second_id, holder=customers.mask_name(row.holder),
        identity_kind=row.identity_kind, identity=customers.mask_document(row.identity),
        phone=customers.mask_phone(row.phone), state=CounterfeitState(row.state),
        appraisal_until=row.appraisal_until, surrender_until=row.surrender_until, appraiser=row.appraiser,
        appraised_until=row.appraised_until, reported=row.reported, must_report=row.must_report,
        facts=tuple(part for part in row.report_reason.split(",") if part), prints=row.prints,
        notes=tuple(notes), steps=tuple(steps),
    )  # fmt: skip


def _counterfeit_note(row: CounterfeitNote) -> CounterfeitNoteView:
    return CounterfeitNoteView(
        id=row.pk, case=row.case_id, currency=row.currency, kind=kind_of(row.currency, is_coin(row.face)),
        face=row.face, edition=row.edition, serial=row.serial, pieces=row.pieces, making=row.making,
        stamped=row.stamped, bag=row.bag,
    )  # fmt: skip


def found_by_words(branch: int | None, words: str) -> Q:
    """Cases whose serial numbers, number or holder begin like ``words``."""
    within = Q(branch_id=branch) if branch is not None else Q()
    if not words:
        return within
    plain = words.upper().replace(" ", "")
    serials = CounterfeitNote.objects.filter(serial__startswith=plain).values("case")
    return within & (Q(pk__in=serials) | Q(number__startswith=plain) | Q(holder=words))


def same_serials(serials: Sequence[str], *, before: int | None = None, limit: int = 20) -> list[SerialHit]:
    """Other cases of the whole bank with one of these serial numbers, the newest first."""
    rows = CounterfeitNote.objects.filter(serial__in=[s for s in serials if s]).select_related("case")
    if before is not None:
        rows = rows.filter(case__lt=before)
    return [
        SerialHit(
            row.serial, row.case_id, row.case.number, row.case.branch_id, row.case.business_date,
        )
        for row in rows.order_by("-case_id")[:limit]
    ]  # fmt: skip
