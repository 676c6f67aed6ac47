"""Counting boxes 碰库: blind, of one named moment, and never changed afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import StatementLine
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_counts as queries
from counterpoint.vault.data import FACES, BoxView, UnknownBox, face_value, faces_sum, is_coin
from counterpoint.vault.data_counts import CashCountView, CountPeople, UnknownCount
from counterpoint.vault.data_vouchers import CountMoment, NotCustodian
from counterpoint.vault.models import Stock
from counterpoint.vault.models_cash import CashCount
from counterpoint.vault.rules import as_faces
from counterpoint.vault.rules_counts import Binding, clean_typed, pieces_of
from counterpoint.vault.services.boxes import box as box_view

SAYS = {
    "unknown": _("There is no such face in this currency."),
    "withdrawn": _("This face is no longer in use."),
    "malformed": _("This is no number of pieces."),
    "unit": _("This face is not bound like that."),
}
#: What one may do who counts along, or counts a box that nobody holds.
COUNTERS = (Duty.CASH, Duty.AUTHORIZE, Duty.AUDIT)
type Typed = Mapping[str, Mapping[str, int]]


def binding_on(at: date) -> Binding:
    """How many pieces straps, bundles and rolls hold on a day."""
    says = org.value(key="cash.bundle", at=at)
    strap = int(says["notes_in_ba"])
    return Binding(strap=strap, bundle=strap * int(says["ba_in_kun"]), roll=int(says["coins_in_juan"]))


def faces_in_use(*, currency: str, at: date) -> list[str]:
    """The faces that are money on a day, in their fixed order; without a rule, all of the currency."""
    if currency != "CNY":
        return list(FACES[currency])
    says = org.value(key="cash.faces", at=at)
    kept = {False: set(says["notes"]), True: set(says["coins"])}
    return [face for face in FACES[currency] if face_value(face) in kept[is_coin(face)]]


def countable_faces(*, box: BoxView, at: date) -> list[str]:
    """The rows of a count: faces in use, and withdrawn ones of which the box still holds some."""
    usable = faces_in_use(currency=box.currency, at=at)
    return [face for face in FACES[box.currency] if face in usable or box.faces.get(face)]


def people_to_count(*, box: BoxView, moment: CountMoment, at: date) -> int:
    """How many count together, by the dated rule."""
    facts = {"kind": str(box.kind), "moment": str(moment), "claimed": box.custodian is not None}
    return int(org.decide(table="vault.count_people", facts=facts, at=at).outcome["people"])


def counted_pieces(*, typed: Typed, currency: str, usable: Collection[str], at: date) -> dict[str, int]:
    """Pieces by face of what was typed in bundles, straps, rolls and loose; what cannot be is refused."""
    return pieces_of(clean_typed(typed, currency, usable, SAYS), binding_on(at), SAYS)


def cash_count(id: int) -> CashCountView:
    """The count with this id."""
    found = queries.counts(Q(pk=id))
    if not found:
        raise UnknownCount(_("There is no such count."), count=id)
    return found[0]


def last_count(*, box: int, date: date, moment: CountMoment | None = None) -> CashCountView | None:
    """The newest count of a box on a day, of one moment of it or of any."""
    wanted = Q(box=box, business_date=date) & (Q(moment=moment) if moment else Q())
    return next(iter(queries.counts(wanted, limit=1)), None)


def counted_today(*, branch: int, date: date) -> list[CashCountView]:
    """The counts of a branch's boxes on a day, the newest first."""
    return queries.counts(Q(branch_id=branch, business_date=date))


def landed_since(*, count: CashCountView, opened: int) -> Sequence[StatementLine]:
    """The movements that were booked while somebody typed: after version ``opened``, up to the count's."""
    if not 0 <= opened < count.version:
        return ()
    page = ledger.statement(account=count.account, cursor=opened + 1, limit=100)
    return tuple(line for line in page.lines if line.version <= count.version)


@verb("vault.box.counted")
def count_box(
    *, box: int, moment: CountMoment, typed: Typed, by: Actor, second: Actor | None = None
) -> CashCountView:
    """Write down what was counted in a box 碰库; it is held against the stock of this very moment."""
    view = box_view(box)
    day = org.business_day(view.branch).date
    if moment is CountMoment.SURPRISE:
        raise CountPeople(_("A surprise check has its own page."), why=Why(rule="vault.count_people"))
    check_counters(view, moment, by, second, day)
    made, again = write_count(view=view, moment=moment, typed=typed, day=day, by=by, second=second)
    tell(
        Told(
            subject=f"box:{box}", branch=view.branch, business_date=day,
            data={"count": made.id, "moment": str(moment), "version": made.version, "second": made.second,
                  "agrees": made.agrees, "again": again},
        )
    )  # fmt: skip
    return made


def check_counters(view: BoxView, moment: CountMoment, by: Actor, second: Actor | None, day: date) -> None:
    """The custodian counts; with a second person where the rule says so, who is somebody else."""
    if view.custodian is not None and by.id != view.custodian:
        raise NotCustodian(
            _("This box is in somebody else's custody."), why=Why(helper=people.person(view.custodian).name)
        )
    for one in (by, *([second] if second else [])):
        if one.kind is not ActorKind.PERSON or not may_count(one.id, view.branch):
            people.check_actor(by=one, duty=Duty.CASH, branch=view.branch)
    if second is not None and second.id == by.id:
        raise CountPeople(_("The second person is somebody else."), why=Why(rule="vault.count_people"))
    if people_to_count(box=view, moment=moment, at=day) > 1 and second is None:
        raise CountPeople(
            _("Two people count this box together."),
            why=Why(rule="vault.count_people", remedy=str(_("A second person signs in at this screen."))),
            field="second_number",
        )  # fmt: skip


def may_count(person: int, branch: int) -> bool:
    return any(people.may(person=person, duty=duty, branch=branch) for duty in COUNTERS)


def write_count(
    *, view: BoxView, moment: CountMoment, typed: Typed, day: date, by: Actor, second: Actor | None
) -> tuple[CashCountView, bool]:
    """Lock the account, read version and faces, and keep the count beside them.

    Whoever posts to the box waits for this lock or was through before: it is one moment's truth. The
    same count of the same moment by the same people is the first one again.
    """
    version = ledger.lock_accounts([view.account])[view.account]
    row = Stock.objects.filter(box=view.id).first()
    if row is None:
        raise UnknownBox(_("There is no such box."), box=view.id)
    held = as_faces(row.counts, view.currency)
    usable = set(faces_in_use(currency=view.currency, at=day)) | {face for face, n in held.items() if n}
    clean = clean_typed(typed, view.currency, usable, SAYS)
    faces = pieces_of(clean, binding_on(day), SAYS)
    expected = {face: count for face, count in held.items() if count}
    found = queries.counts(
        Q(box=view.id, version=version, business_date=day, moment=moment, person_id=by.id, typed=clean,
          second_id=second.id if second else None),
        limit=1,
    )  # fmt: skip
    if found:
        return found[0], True
    made = CashCount.objects.create(
        box_id=view.id, branch_id=view.branch, business_date=day, moment=moment, person_id=by.id,
        second_id=second.id if second else None, version=version, currency=view.currency, typed=clean,
        faces=faces, expected_faces=expected, counted=faces_sum(faces), expected=faces_sum(expected),
    )  # fmt: skip
    made.refresh_from_db()
    return queries.count_view(made), False
