"""Exchange of damaged notes 残缺污损人民币兑换: in full, half, or nothing, by the official area rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import journal
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Told, Why
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posted, Posting
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_cases as queries
from counterpoint.vault import rules_cases as rules
from counterpoint.vault.data import BoxView, FacesDoNotSum, NotEnoughOfFace, faces_sum, is_coin
from counterpoint.vault.data_cases import (
    PPM_IN_PERCENT,
    Assessed,
    Damage,
    DamagedMalformed,
    DamagedNoteView,
    ExchangeView,
    NothingToHandIn,
    SecondPersonNeeded,
    UnknownExchange,
)
from counterpoint.vault.data_cash import DamageOutcome
from counterpoint.vault.models_cases import DamagedExchange, DamagedNote
from counterpoint.vault.rules import clean_faces, suggest
from counterpoint.vault.services.boxes import box_of
from counterpoint.vault.services.counts import faces_in_use
from counterpoint.vault.services.numbers import take_number

EXCHANGED = declare(
    "vault.damaged.exchanged", summary="Damaged notes were taken in and paid for 残损币兑换.", where=__name__
)
HANDED_IN = declare(
    "vault.damaged.handed_in", summary="Half-paid notes went to the central bank 残损券上缴.", where=__name__
)
#: The account on which half-paid notes stand until the central bank pays for them.
LABEL = "待兑残损券"
NOTES_MAX = 100
PIECES_MAX = 10_000


def damaged_exchange(id: int) -> ExchangeView:
    """The exchange with this id."""
    found = queries.exchanges(Q(pk=id), limit=1)
    if not found:
        raise UnknownExchange(_("There is no such exchange."), exchange=id)
    return found[0]


def damaged_exchanges(*, branch: int, before: int | None = None, limit: int = 50) -> list[ExchangeView]:
    """The exchanges of a branch, the newest first; ``before`` is the id to go on from."""
    where = Q(branch_id=branch)
    if before is not None:
        where &= Q(pk__lt=before)
    return queries.exchanges(where, limit=limit)


def assess_damaged(*, notes: Sequence[Damage], at: date, currency: str = "CNY") -> list[Assessed]:
    """What the rule of a day pays for each, and why; a note that cannot be is refused."""
    if currency != "CNY":
        raise DamagedMalformed(_("Damaged notes of other currencies go for collection."), field="currency")
    if not 0 < len(notes) <= NOTES_MAX:
        raise DamagedMalformed(_("Enter at least one note."), field="notes")
    usable = faces_in_use(currency=currency, at=at)
    return [_assessed(note, usable, at) for note in notes]


def _assessed(note: Damage, usable: Sequence[str], at: date) -> Assessed:
    if is_coin(note.face):
        raise DamagedMalformed(_("The area rule is for notes, not for coins."), field="face", face=note.face)
    if note.face not in usable:
        raise DamagedMalformed(_("This face is no longer in use."), field="face", face=note.face[:8])
    if type(note.pieces) is not int or not 0 < note.pieces <= PIECES_MAX:
        raise DamagedMalformed(_("This is no number of pieces."), field="pieces")
    if type(note.left) is not int or not 0 <= note.left <= 100:
        raise DamagedMalformed(_("What is left is between 0 and 100 %."), field="left")
    if note.cross and note.left < 50:
        raise DamagedMalformed(
            _("A cross-shaped loss is of one quarter; less than half is left here."), field="cross"
        )
    serial = rules.clean_serial(note.serial) if note.serial.strip() else ""
    if serial is None:
        raise DamagedMalformed(_("This is no serial number."), field="serial")
    facts = {"left_ppm": note.left * PPM_IN_PERCENT, "cross_loss": note.cross}
    decision = org.decide(table="cash.damaged_notes", facts=facts, at=at)
    paid_ppm, hit = int(decision.outcome["paid_ppm"]), decision.hits[0] if decision.hits else None
    return Assessed(
        damage=Damage(note.face, note.pieces, note.left, note.cross, serial),
        outcome=rules.outcome_of(paid_ppm), worth=rules.worth_of(int(note.face), note.pieces, paid_ppm),
        reason_zh=hit.reason_zh if hit else "未达到兑换标准：不予兑换",
        reason_en=hit.reason_en if hit else "Below what the rule pays for: nothing",
        source=hit.source if hit else "",
    )  # fmt: skip


def exchange_damaged(
    *, notes: Sequence[Damage], by: Actor, second: Actor, key: UUID | None = None, customer: str = "",
    identity: str = "", faces: Mapping[str, int] | None = None,
) -> ExchangeView:  # fmt: skip
    """Take damaged notes in and pay for them, two people; the same ``key`` does it once.

    Notes paid in full lie in the box as damaged ones. Half notes are bought onto an account of their own
    and kept in a bag. Fit notes are paid out: ``faces``, or the fewest that the box has.
    """
    branch, key = by.branch or 0, key or new_key()
    earlier = _earlier(key)
    if earlier is not None:
        return earlier
    box = box_of(person=by.id)
    check_two(by, second, branch)
    day = org.business_day(branch).date
    judged = assess_damaged(notes=notes, at=day, currency=box.currency)
    texts = (_text(customer, 120, "customer"), _text(identity, 40, "identity"))
    paid = sum(one.worth for one in judged)
    out = payout(box=box, amount=paid, faces=faces) if paid else {}
    with transaction.atomic():
        number = take_number("CS", DamagedExchange, branch, day)
        data = {"number": number, "second": second.id, "pieces": sum(n.damage.pieces for n in judged)}
        if paid:
            entry = _post(box, judged, out, day, by, key, data).entry
        else:
            entry = None
            told = Told(subject=f"box:{box.id}", branch=branch, business_date=day, data=data)
            journal.record(EXCHANGED, told, by)
        row = DamagedExchange.objects.create(
            number=number, box_id=box.id, branch_id=branch, business_date=day, person_id=by.id,
            second_id=second.id, customer=texts[0], identity=texts[1], currency=box.currency, paid=paid,
            faces=out, entry=entry,
        )  # fmt: skip
        DamagedNote.objects.bulk_create(
            DamagedNote(
                exchange=row, face=one.damage.face, pieces=one.damage.pieces, left=one.damage.left,
                cross=one.damage.cross, outcome=one.outcome, worth=one.worth, serial=one.damage.serial,
            )
            for one in judged
        )  # fmt: skip
    return damaged_exchange(row.pk)


def _earlier(key: UUID) -> ExchangeView | None:
    posted = ledger.posted_by_key(key)
    if posted is None:
        return None
    found = queries.exchanges(Q(entry=posted.entry), limit=1)
    return found[0] if found else None


def check_two(by: Actor, second: Actor, branch: int) -> None:
    """Two people who handle cash, and with it hold the certificate against counterfeits."""
    if second.id == by.id or second.kind is not ActorKind.PERSON:
        raise SecondPersonNeeded(
            _("Two people are needed for this."),
            why=Why(remedy=str(_("A second person signs in at this screen."))),
        )
    for one in (by, second):
        people.check_actor(by=one, duty=Duty.CASH, branch=branch)


def payout(*, box: BoxView, amount: int, faces: Mapping[str, int] | None) -> dict[str, int]:
    """The fit pieces that pay ``amount`` from a box: those given, or the fewest."""
    fit = queries.fit_faces(box.id)
    given = clean_faces(faces or {}, box.currency)
    if not given:
        given = clean_faces(suggest(amount, fit) or {}, box.currency)
    if faces_sum(given) != amount or any(n < 0 for n in given.values()):
        raise FacesDoNotSum(
            _("The faces do not add up to the amount."), counted=faces_sum(given), expected=amount,
            field="faces",
        )  # fmt: skip
    for face, n in given.items():
        if n > fit[face]:
            raise NotEnoughOfFace(
                _("The box does not hold enough fit pieces of a face."),
                why=Why(remedy=str(_("Pay with other faces, or draw some from the vault."))),
                face=face, have=fit[face], wanted=n,
            )  # fmt: skip
    return given


def _post(
    box: BoxView, judged: Sequence[Assessed], out: Mapping[str, int], day: date, by: Actor, key: UUID,
    data: Mapping[str, object],
) -> Posted:  # fmt: skip
    """One entry: the whole notes in, the half ones onto their account, fit ones out."""
    came: dict[str, int] = {}
    for one in judged:
        if one.outcome is DamageOutcome.FULL:
            came[one.damage.face] = came.get(one.damage.face, 0) + one.damage.pieces
    half = sum(one.worth for one in judged if one.outcome is DamageOutcome.HALF)
    legs = [Leg(box.account, -faces_sum(out))]
    if came:
        legs.insert(0, Leg(box.account, faces_sum(came)))
    if half:
        legs.insert(0, Leg(receivable(box.branch, box.currency, by), half))
    net = {face: came.get(face, 0) - out.get(face, 0) for face in {*came, *out}}
    faces = {"box": box.id, "person": by.id, "faces": clean_faces(net, box.currency), "damaged": came}
    return ledger.post_within(
        Posting(
            key=key, verb=EXCHANGED, branch=box.branch, business_date=day, legs=tuple(legs), by=by,
            subject=f"box:{box.id}", summary="残损币兑换", data=data, effects=(Effect("vault.faces", faces),),
        )
    )  # fmt: skip


def receivable(branch: int, currency: str, by: Actor) -> int:
    """The account of half-paid notes 待兑残损券: what the central bank still has to pay for."""
    return ledger.internal_account(branch=branch, gl="1221", currency=currency, label=LABEL, by=by)


def half_notes(*, branch: int, currency: str = "CNY") -> tuple[list[DamagedNoteView], int]:
    """Half-paid notes in their bags, and what they were paid with: they wait for the central bank."""
    account = ledger.account(receivable(branch, currency, SYSTEM))
    return queries.half_notes(branch, account.balance), account.balance


def hand_in_half_notes(*, by: Actor, second: Actor, key: UUID | None = None, currency: str = "CNY") -> Posted:
    """Give all half-paid notes to the central bank, which pays for them 残损券上缴人民银行."""
    branch = by.branch or 0
    check_two(by, second, branch)
    with transaction.atomic():
        account = receivable(branch, currency, by)
        ledger.lock_accounts([account])
        notes, balance = half_notes(branch=branch, currency=currency)
        if balance <= 0:
            raise NothingToHandIn(_("There are no half-paid notes to hand in."))
        other = ledger.internal_account(branch=branch, gl="1003", currency=currency, by=by)
        return ledger.post_within(
            Posting(
                key=key or new_key(), verb=HANDED_IN, branch=branch,
                business_date=org.business_day(branch).date,
                legs=(Leg(other, balance), Leg(account, -balance)), by=by, subject=f"branch:{branch}",
                summary="残损券上缴", data={"second": second.id, "pieces": sum(n.pieces for n in notes)},
            )
        )  # fmt: skip


def _text(text: str, most: int, name: str) -> str:
    if len(text) > most or "\0" in text:
        raise DamagedMalformed(format_lazy(_("At most {n} letters."), n=most), field=name)
    return text.strip()
