"""Large-cash bookings 大额取现预约: a day, a customer, the faces, and the vault that promises them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountView
from counterpoint.org import services as org
from counterpoint.org.data import RuleDecision
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_cases as queries
from counterpoint.vault import rules_cases as rules
from counterpoint.vault.data import FACES, BoxKind, BoxView, FacesDoNotSum, NoBox, UnknownFace, faces_sum
from counterpoint.vault.data_cases import (
    BookingEnded,
    BookingExists,
    BookingNotCovered,
    BookingRefused,
    BookingTooSoon,
    BookingView,
    FaceNeed,
    UnknownBooking,
)
from counterpoint.vault.data_cash import BookingState
from counterpoint.vault.data_vouchers import ReasonMissing
from counterpoint.vault.models import Box
from counterpoint.vault.models_cases import CashBooking
from counterpoint.vault.rules import clean_faces, suggest
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.counts import faces_in_use
from counterpoint.vault.services.numbers import take_number

#: A booking is for real money: more than this is a mistake of typing.
AMOUNT_MAX = 10**13


def booking(id: int) -> BookingView:
    """The booking with this id."""
    found = queries.bookings(Q(pk=id), limit=1)
    if not found:
        raise UnknownBooking(_("There is no such booking."), booking=id)
    return found[0]


def bookings_of(
    *, branch: int, day: date | None = None, since: date | None = None, open_only: bool = False
) -> list[BookingView]:
    """The bookings of a branch: of one day, or from a day on."""
    where = Q(branch_id=branch)
    if day is not None:
        where &= Q(day=day)
    if since is not None:
        where &= Q(day__gte=since)
    return queries.bookings(where & queries.active() if open_only else where, limit=200)


def booking_for(*, account: int, branch: int, day: date, currency: str) -> BookingView | None:
    """The booking under which an account's owner withdraws at a branch on a day."""
    where = Q(account_id=account, branch_id=branch, day=day, currency=currency) & queries.active()
    return next(iter(queries.bookings(where, limit=1)), None)


def promised_of(*, box: int, besides: date | None = None) -> dict[str, int]:
    """Faces promised to customers from a vault 已备付; ``besides``: but for those of one day.

    Notes that are promised for today leave the vault for the desk today: pass the day to take them out.
    """
    return queries.promised_faces(box, besides=besides)


def needs_of(*, branch: int, day: date, currency: str = "CNY") -> list[FaceNeed]:
    """What a day's bookings need by face, beside what the vault holds fit and not promised to other days."""
    vault = vault_of(branch, currency)
    wanted: dict[str, int] = {}
    for one in bookings_of(branch=branch, day=day, open_only=True):
        if one.currency == currency:
            for face, n in one.faces.items():
                wanted[face] = wanted.get(face, 0) + n
    free = rules.minus(queries.fit_faces(vault.id), queries.promised_faces(vault.id, besides=day))
    return [FaceNeed(face, wanted[face], free[face]) for face in FACES[currency] if wanted.get(face)]


def vault_of(branch: int, currency: str) -> BoxView:
    """The branch's vault in a currency."""
    for one in boxes_of(branch=branch):
        if one.kind is BoxKind.VAULT and one.currency == currency:
            return one
    raise NoBox(format_lazy(_("This branch has no vault for {currency}."), currency=currency))


def free_faces(*, box: int) -> dict[str, int]:
    """Fit pieces of a vault that nobody was promised."""
    return rules.minus(queries.fit_faces(box), queries.promised_faces(box))


def booking_rule(*, amount: int, currency: str, at: date) -> RuleDecision | None:
    """What the dated rule says about withdrawing so much; ``None`` where the bank has none."""
    facts = {"operation": "1102", "amount_minor": amount, "currency": currency}
    return org.decide_if_any(table="teller.cash_booking", facts=facts, at=at)


@verb("vault.booking.made")
def book_cash(
    *, party: int, account: int, amount: int, day: date, by: Actor, currency: str = "CNY",
    faces: Mapping[str, int] | None = None, purpose: str = "",
) -> BookingView:  # fmt: skip
    """Book a large withdrawal 登记大额取现预约: promised where the vault covers it, else to be ordered.

    Without ``faces`` the fewest notes are proposed. A day on which the notes could not be there is
    refused, with the first one on which they can.
    """
    branch = by.branch or 0
    today = org.business_day(branch).date
    _check_duty(by, branch)
    view = _account_of(party, account, currency)
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise BookingRefused(_("An amount is above zero and fits the books."), field="amount")
    _check_day(day, today, amount, currency)
    vault = vault_of(branch, currency)
    Box.objects.select_for_update(no_key=True).get(pk=vault.id)
    if CashBooking.objects.filter(queries.active(), account_id=account, branch_id=branch, day=day).exists():
        raise BookingExists(
            _("This account has a booking for that day already."),
            why=Why(remedy=str(_("Cancel it and book the whole amount."))), field="day",
        )  # fmt: skip
    free = free_faces(box=vault.id)
    pieces = _pieces(faces, amount, currency, free, today)
    covered = not rules.lacking(pieces, free)
    if not covered:
        _check_orderable(day, today)
    row = CashBooking.objects.create(
        number=take_number("YY", CashBooking, branch, today), branch_id=branch, vault_id=vault.id,
        party_id=party,
        account_id=view.id, currency=currency, amount=amount, faces=pieces, day=day,
        purpose=_text(purpose, 120), booker_id=by.id,
        state=BookingState.PROMISED if covered else BookingState.BOOKED,
    )  # fmt: skip
    _say(row, {"amount": amount, "currency": currency, "day": day, "faces": pieces, "state": row.state})
    return booking(row.pk)


def _check_duty(by: Actor, branch: int) -> None:
    """Whoever serves at the counter, or authorizes there."""
    if by.kind is ActorKind.PERSON and people.may(person=by.id, duty=Duty.AUTHORIZE, branch=branch):
        return
    people.check_actor(by=by, duty=Duty.CASH, branch=branch)


def _account_of(party: int, account: int, currency: str) -> AccountView:
    view = ledger.account(account)
    if party not in {one.id for one, _relation in customers.parties_of_account(account)}:
        raise BookingRefused(_("This account is not the customer's."), field="account")
    if view.kind is not AccountKind.DEMAND or view.currency != currency:
        raise BookingRefused(_("Cash is withdrawn from a demand account in that currency."), field="account")
    return view


def _check_day(day: date, today: date, amount: int, currency: str) -> None:
    if day < today:
        raise BookingRefused(_("This day is over."), field="day")
    if not org.is_working_day(day):
        raise BookingRefused(
            _("On this day the bank does not work."), field="day",
            why=Why(remedy=str(_("Choose a working day.")), source=str(_("The bank's calendar"))),
        )  # fmt: skip
    if (day - today).days > 366:
        raise BookingRefused(_("This day is too far ahead."), field="day")
    decision = booking_rule(amount=amount, currency=currency, at=today)
    ahead = int(decision.outcome["days_ahead"]) if decision and decision.outcome["booking"] else 0
    earliest = org.add_working_days(today, ahead)
    if decision is not None and day < earliest:
        hit = decision.hits[0]
        raise BookingTooSoon(
            _("This is not far enough ahead."),
            why=Why(
                rule=hit.reason, source=hit.source, since=hit.since.isoformat() if hit.since else "",
                remedy=str(format_lazy(_("The earliest day is {day}."), day=earliest.isoformat())),
            ),
            earliest=earliest.isoformat(), field="day",
        )  # fmt: skip


def _check_orderable(day: date, today: date) -> None:
    """What the vault does not hold has to come from the central bank first."""
    earliest = org.add_working_days(today, int(org.value(key="cash.booking_order_days", at=today)))
    if day < earliest:
        raise BookingTooSoon(
            _("The vault does not hold these notes free, and they cannot be ordered in time."),
            why=Why(
                rule="cash.booking_order_days",
                remedy=str(
                    format_lazy(
                        _("The earliest day is {day}; or other faces."), day=earliest.isoformat()
                    )
                ),
            ),
            earliest=earliest.isoformat(), field="day",
        )  # fmt: skip


def _pieces(
    faces: Mapping[str, int] | None, amount: int, currency: str, free: Mapping[str, int], today: date
) -> dict[str, int]:
    given = clean_faces(faces or {}, currency)
    usable = faces_in_use(currency=currency, at=today)
    for face, n in given.items():
        if n < 0:
            raise UnknownFace(_("A number of pieces is not below zero."), face=face, field="faces")
        if face not in usable:
            raise UnknownFace(_("This face is no longer in use."), face=face, field="faces")
    if not given:
        stock = {face: n for face, n in free.items() if face in usable}
        given = suggest(amount, stock) or suggest(amount, dict.fromkeys(usable, amount)) or {}
    if faces_sum(given) != amount:
        raise FacesDoNotSum(
            _("The faces do not add up to the amount."), counted=faces_sum(given), expected=amount,
            field="faces",
        )  # fmt: skip
    return clean_faces(given, currency)


def _text(text: str, most: int) -> str:
    if len(text) > most or "\0" in text:
        raise BookingRefused(format_lazy(_("At most {n} letters."), n=most), field="purpose")
    return text.strip()


@verb("vault.booking.promised")
def promise_booking(*, booking: int, by: Actor) -> BookingView:
    """Promise the vault's notes to a booking 备付: what was ordered has come."""
    row = _locked(booking, BookingState.PROMISED)
    _check_duty(by, row.branch_id)
    Box.objects.select_for_update(no_key=True).get(pk=row.vault_id)
    short = rules.lacking(row.faces, free_faces(box=row.vault_id))
    if short:
        raise BookingNotCovered(
            _("The vault does not hold these notes free yet."),
            why=Why(remedy=str(_("Order them from the central bank."))), lacking=short,
        )  # fmt: skip
    return _move(row, BookingState.PROMISED)


@verb("vault.booking.paid")
def pay_booking(*, booking: int, entry: int, by: Actor) -> BookingView:
    """Say that a booking was withdrawn on its day, by which entry 预约支取."""
    row = _locked(booking, BookingState.PAID)
    if row.day != org.business_day(row.branch_id).date:
        raise BookingRefused(_("This booking is for another day."), field="day")
    return _move(row, BookingState.PAID, entry=entry)


@verb("vault.booking.cancelled")
def cancel_booking(*, booking: int, reason: str, by: Actor) -> BookingView:
    """Give a booking up 取消预约; its notes are free again."""
    row = _locked(booking, BookingState.CANCELLED)
    _check_duty(by, row.branch_id)
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    if len(reason) > 200 or "\0" in reason:
        raise BookingRefused(format_lazy(_("At most {n} letters."), n=200), field="reason")
    return _move(row, BookingState.CANCELLED, reason=reason.strip())


@verb("vault.bookings.missed")
def miss_bookings(*, branch: int, day: date, by: Actor) -> int:
    """Free the notes of bookings that nobody came for 逾期未取; the day's end runs it. How many."""
    rows = CashBooking.objects.filter(queries.active(), branch_id=branch, day__lte=day)
    numbers = list(rows.order_by("id").values_list("number", flat=True))
    rows.update(state=BookingState.MISSED, ended=Now())
    tell(Told(subject=f"branch:{branch}", branch=branch, business_date=day, data={"bookings": numbers}))
    return len(numbers)


def _locked(id: int, end: BookingState) -> CashBooking:
    row = CashBooking.objects.select_for_update(no_key=True).filter(pk=id).first()
    if row is None:
        raise UnknownBooking(_("There is no such booking."), booking=id)
    if not rules.BOOKING.may(row.state, end):
        raise BookingEnded(_("This booking is past that."), state=row.state)
    return row


def _move(row: CashBooking, end: BookingState, *, entry: int | None = None, reason: str = "") -> BookingView:
    before = row.state
    row.state, row.reason = end, reason or row.reason
    row.entry = entry
    row.save(update_fields=["state", "reason", "entry"])
    if end is not BookingState.PROMISED:
        CashBooking.objects.filter(pk=row.pk).update(ended=Now())
    _say(row, {"before": before, "state": end, "entry": entry, "reason": reason})
    return booking(row.pk)


def _say(row: CashBooking, data: dict[str, object]) -> None:
    day = org.business_day(row.branch_id).date
    tell(
        Told(
            subject=f"booking:{row.pk}", branch=row.branch_id, business_date=day,
            data={"number": row.number, "party": row.party_id, "account": row.account_id} | data,
        )
    )  # fmt: skip
