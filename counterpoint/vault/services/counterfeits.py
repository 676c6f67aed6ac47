"""Counterfeit money taken from a customer 收缴假币: two people, a certificate, the register, the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInvalid, DocumentKind
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.money import EXPONENTS
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_cases as queries
from counterpoint.vault import rules_cases as rules
from counterpoint.vault.data import FACES, is_coin
from counterpoint.vault.data_cases import (
    CaseStep,
    CaseView,
    Circumstances,
    CounterfeitMalformed,
    Holder,
    Making,
    NotReportable,
    ReportDuty,
    Seized,
    Seizure,
    SerialHit,
    UnknownCase,
)
from counterpoint.vault.data_cash import CounterfeitState
from counterpoint.vault.models_cases import CounterfeitCase, CounterfeitNote, CounterfeitStep
from counterpoint.vault.services.damaged import check_two
from counterpoint.vault.services.numbers import take_number

NOTES_MAX = 200
PIECES_MAX = 10_000
#: A certificate is set again only this long after its printing was counted; then it is a new printing.
PRINT_WINDOW = timedelta(minutes=10)


def counterfeit_case(id: int, *, branch: int | None = None) -> CaseView:
    """The counterfeit case with this id; of this branch, where one is given."""
    found = queries.cases(Q(pk=id) & (Q() if branch is None else Q(branch_id=branch)), limit=1)
    if not found:
        raise UnknownCase(_("There is no such case."), case=id)
    return found[0]


def counterfeit_cases(
    *, branch: int, words: str = "", state: CounterfeitState | None = None, before: int | None = None,
    limit: int = 50,
) -> list[CaseView]:  # fmt: skip
    """The register 假币登记簿 of a branch: by serial number, case number or holder; the newest first."""
    where = queries.found_by_words(branch, words.strip()[:40])
    if state is not None:
        where &= Q(state=state)
    if before is not None:
        where &= Q(pk__lt=before)
    return queries.cases(where, limit=limit)


def seen_before(*, serials: Sequence[str], case: int | None = None) -> list[SerialHit]:
    """Earlier cases, of any branch, with one of these serial numbers 同号假币."""
    clean = [found for found in (rules.clean_serial(serial) for serial in serials) if found]
    return queries.same_serials(clean, before=case)


@verb("vault.counterfeit.seized")
def seize_counterfeits(
    *, notes: Sequence[Seized], holder: Holder, by: Actor, second: Actor, key: UUID | None = None,
    circumstances: Circumstances | None = None,
) -> CaseView:  # fmt: skip
    """Take counterfeit money in the holder's sight, two people 收缴假币. It is never stock, never given back.

    RMB notes are stamped, everything else is sealed in a bag, as the dated rule says.
    """
    branch = by.branch or 0
    check_two(by, second, branch)
    day = org.business_day(branch).date
    found = check_seizure(notes=notes, holder=holder, at=day, circumstances=circumstances)
    who, rows, duty = found.holder, found.notes, found.duty
    number = take_number("JB", CounterfeitCase, branch, day)
    earlier = _earlier(key, branch, day)
    if earlier is not None:
        return _again(earlier)
    row = CounterfeitCase.objects.create(
        number=number, branch_id=branch, business_date=day, seizer_id=by.id, second_id=second.id,
        holder=who.name, identity_kind=who.identity_kind, identity=who.identity, phone=who.phone,
        appraisal_until=org.add_working_days(day, _days("cash.counterfeit_appraisal_days", day)),
        surrender_until=org.last_working_day(rules.quarter_end(day)), must_report=duty.due,
        report_reason=",".join(name for name, value in duty.facts.items() if value is True),
    )  # fmt: skip
    CounterfeitNote.objects.bulk_create(
        CounterfeitNote(
            case=row, currency=note.currency, face=note.face, edition=note.edition, serial=note.serial,
            pieces=note.pieces, making=note.making, stamped=stamp, bag=note.bag,
        )
        for note, stamp in rows
    )  # fmt: skip
    note_step(row, by, "", "")
    if key is not None:
        note_step(row, by, CaseStep.KEY, str(key))
    say(row, {"pieces": sum(note.pieces for note, _stamp in rows), "second": second.id,
              "must_report": duty.due})  # fmt: skip
    return counterfeit_case(row.pk)


def check_seizure(
    *, notes: Sequence[Seized], holder: Holder, at: date, circumstances: Circumstances | None = None
) -> Seizure:
    """What a seizure would write down, and whether it is reported; nothing is written yet."""
    who = _holder(holder)
    rows = [_checked(note, at) for note in notes]
    if not 0 < len(rows) <= NOTES_MAX:
        raise CounterfeitMalformed(_("Enter at least one note or coin."), field="notes")
    double = rules.twice([note for note, _stamp in rows])
    if double:
        raise CounterfeitMalformed(
            format_lazy(_("The serial number {serial} stands twice."), serial=double), field="notes",
            why=Why(remedy=str(_("If several notes bear it, enter it once with their number of pieces."))),
            serial=double,
        )  # fmt: skip
    pieces = [note for note, _stamp in rows]
    duty = report_duty(notes=pieces, circumstances=circumstances or Circumstances(), at=at)
    return Seizure(who, tuple(rows), duty, tuple(queries.same_serials([note.serial for note in pieces])))


def _earlier(key: UUID | None, branch: int, day: date) -> CounterfeitCase | None:
    """What the same form made before. Whoever asks holds the lock of the day's numbers."""
    if key is None:
        return None
    rows = CounterfeitCase.objects.filter(branch_id=branch, business_date=day)
    done = CounterfeitStep.objects.filter(case__in=rows, what=CaseStep.KEY, note=str(key)).first()
    return rows.get(pk=done.case_id) if done else None


def _again(row: CounterfeitCase) -> CaseView:
    say(row, {"repeated": True})
    return counterfeit_case(row.pk)


def _days(key: str, at: date) -> int:
    return int(org.value(key=key, at=at))


def _holder(holder: Holder) -> Holder:
    """Who had it: a name always; a document where one was shown, checked by its own rule."""
    name = _text(holder.name, 120, "holder")
    if not name:
        raise CounterfeitMalformed(_("The holder's name is missing."), field="holder")
    phone = _text(holder.phone, 20, "phone")
    if phone and not all(c.isdigit() or c in "+- " for c in phone):
        raise CounterfeitMalformed(_("This is no telephone number."), field="phone")
    if not holder.identity.strip():
        return Holder(name, "", "", phone)
    try:
        kind = DocumentKind(holder.identity_kind)
        facts = customers.check_document(kind, _text(holder.identity, 40, "identity"), today=clock.today())
    except ValueError:
        raise CounterfeitMalformed(_("There is no such kind of document."), field="identity_kind") from None
    except DocumentInvalid as wrong:
        raise CounterfeitMalformed(wrong.message, why=wrong.why, field="identity") from wrong
    return Holder(name, str(kind), facts.number, phone)


def _text(text: str, most: int, name: str) -> str:
    if len(text) > most or any(ord(c) < 32 for c in text):
        raise CounterfeitMalformed(format_lazy(_("At most {n} letters."), n=most), field=name)
    return text.strip()


def _checked(note: Seized, at: date) -> tuple[Seized, bool]:
    """The note as the register keeps it, and whether it is stamped; else it lies in its sealed bag."""
    coin = is_coin(note.face)
    _check_face(note)
    if type(note.pieces) is not int or not 0 < note.pieces <= PIECES_MAX:
        raise CounterfeitMalformed(_("This is no number of pieces."), field="pieces")
    serial = rules.clean_serial(note.serial) if note.serial.strip() else ""
    if serial is None or (not serial and not coin):
        raise CounterfeitMalformed(
            _("A note is registered by its serial number: capitals and figures, * for what is torn off."),
            field="serial",
        )
    if note.making and note.making not in list(Making):
        raise CounterfeitMalformed(_("There is no such way of making."), field="making")
    says = org.decide(
        table="cash.counterfeit_procedure", facts={"kind": str(rules.kind_of(note.currency, coin))}, at=at
    ).outcome
    bag = _text(note.bag, 20, "bag")
    if says["sealed_bag"] and not bag:
        raise CounterfeitMalformed(
            _("Coins and foreign money go into a sealed bag: its number is missing."), field="bag"
        )
    plain = Seized(
        note.currency, "", note.face, serial, note.pieces, _text(note.edition, 20, "edition"), note.making,
        bag if says["sealed_bag"] else "",
    )  # fmt: skip
    return plain, bool(says["stamp"])


def _check_face(note: Seized) -> None:
    if note.currency not in EXPONENTS:
        raise CounterfeitMalformed(_("There is no such currency here."), field="currency")
    known = FACES.get(note.currency)
    if not rules.possible_face(note.face) or (known is not None and note.face not in known):
        raise CounterfeitMalformed(_("There is no such face in this currency."), field="face")


def report_duty(*, notes: Sequence[Seized], circumstances: Circumstances, at: date) -> ReportDuty:
    """Whether a seizure is reported at once to police and central bank, and by which of the rule's lines."""
    pieces = sum(note.pieces for note in notes)
    known = queries.same_serials([note.serial for note in notes])
    again = bool(known) and bool(org.value(key="cash.counterfeit_same_serial", at=at))
    facts: dict[str, object] = {
        "pieces": pieces, "foreign": all(note.currency != "CNY" for note in notes),
        "over_local_threshold": pieces >= _days("cash.counterfeit_local_threshold", at),
        "new_technique": circumstances.new_technique, "leads": circumstances.leads or again,
        "uncooperative": circumstances.uncooperative,
    }  # fmt: skip
    return _duty(facts, at)


def _duty(facts: dict[str, object], at: date) -> ReportDuty:
    decision = org.decide(table="cash.counterfeit_report", facts=facts, at=at)
    if not decision.outcome.get("report"):
        return ReportDuty(False, facts=facts)
    call = org.value(key="cash.counterfeit_contacts", at=at)
    return ReportDuty(
        True, tuple((hit.reason_zh, hit.reason_en) for hit in decision.hits),
        tuple((one["zh"], one["en"]) for one in call),
        decision.hits[0].source if decision.hits else "", facts,
    )  # fmt: skip


def duty_of(case: CaseView) -> ReportDuty:
    """The same for a case, by the rule of its day."""
    flags = {
        name: name in case.facts for name in ("over_local_threshold", "new_technique", "leads",
                                              "uncooperative", "foreign")
    }  # fmt: skip
    return _duty({"pieces": case.pieces, **flags}, case.business_date)


@verb("vault.counterfeit.reported")
def report_counterfeit(*, case: int, to: str, by: Actor) -> CaseView:
    """Say that police and central bank were told, and whom 报告假币."""
    row = locked(case, by)
    if not row.must_report or row.reported is not None:
        raise NotReportable(_("This case needs no report, or it was reported before."))
    told = _text(to, 200, "to")
    if not told:
        raise CounterfeitMalformed(_("Say whom you told."), field="to")
    CounterfeitCase.objects.filter(pk=row.pk).update(reported=Now())
    note_step(row, by, CaseStep.REPORTED, told)
    say(row, {"reported": True})
    return counterfeit_case(row.pk)


@verb("vault.counterfeit.printed")
def print_certificate(*, case: int, by: Actor) -> int:
    """Count a printing of the certificate: 0 is the original, later ones are marked 补打. Its number."""
    row = locked(case, by)
    count = row.prints
    CounterfeitCase.objects.filter(pk=row.pk).update(prints=count + 1)
    note_step(row, by, CaseStep.PRINTED, str(count))
    say(row, {"print": count})
    return count


def printable_case(*, case: int, count: int, by: Actor) -> CounterfeitCase:
    """The case with its personal data, if its ``count``-th printing was made just now by this person."""
    steps = CounterfeitStep.objects.filter(
        case=case, case__branch_id=by.branch or 0, what=CaseStep.PRINTED, note=str(count), person_id=by.id,
        at__gte=clock.now() - PRINT_WINDOW,
    )  # fmt: skip
    step = steps.select_related("case").first()
    if step is None:
        raise UnknownCase(_("This printing is over. Print again; the copy will be marked."))
    return step.case


def locked(id: int, by: Actor, *, duty: Duty = Duty.CASH) -> CounterfeitCase:
    """The case's row, locked, for somebody of its branch."""
    row = (
        CounterfeitCase.objects.select_for_update(no_key=True).filter(pk=id, branch_id=by.branch or 0).first()
    )
    if row is None:
        raise UnknownCase(_("There is no such case."), case=id)
    people.check_actor(by=by, duty=duty, branch=row.branch_id)
    return row


def note_step(row: CounterfeitCase, by: Actor, what: str, note: str) -> None:
    CounterfeitStep.objects.create(case=row, person_id=by.id, state=row.state, what=what, note=note)


def say(row: CounterfeitCase, data: dict[str, object]) -> None:
    """The event: references and figures, never whose it was."""
    day = org.business_day(row.branch_id).date
    subject = f"counterfeit:{row.pk}"
    tell(Told(subject=subject, branch=row.branch_id, business_date=day, data={"number": row.number} | data))
