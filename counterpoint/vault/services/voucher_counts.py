"""Counting vouchers 凭证碰库: blind, by two people, and never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_vouchers as queries
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault.data import BoxView
from counterpoint.vault.data_vouchers import (
    BOOKED,
    CountMoment,
    CountView,
    SecondPersonMissing,
    UnknownVoucherKind,
)
from counterpoint.vault.models_vouchers import VoucherCount, VoucherStock
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.boxes import boxes_of

PEOPLE_RULE = "vouchers.daily_check_people"


def expected_vouchers(box: int) -> dict[str, rules.Spans]:
    """The blank forms that lie in a box, by kind: what a count is held against."""
    found: dict[str, rules.Spans] = {}
    for one in queries.voucher_runs(Q(box=box), states=BOOKED):
        found.setdefault(one.kind.code, []).append((one.run.first, one.run.last))
    return {code: rules.joined(spans) for code, spans in found.items()}


def people_to_count_vouchers(moment: CountMoment) -> int:
    """At the end of the day as many as the rule says 每日双人核对; at other times one."""
    return int(org.value(key=PEOPLE_RULE, at=clock.today())) if moment is CountMoment.END else 1


@verb("vault.vouchers.counted")
def record_voucher_count(
    *, box: int, moment: CountMoment, counted: Mapping[str, rules.Spans], by: Actor,
    second: Actor | None = None,
) -> CountView:  # fmt: skip
    """Write down what was counted 碰库. The stock is looked at now, with its rows locked."""
    view = box_view(box)
    if by.kind is not ActorKind.SYSTEM and not people.may(
        person=by.id, duty=Duty.AUTHORIZE, branch=view.branch
    ):
        people.check_may(person=by.id, duty=Duty.CASH, branch=view.branch)
    if people_to_count_vouchers(moment) > 1 and (second is None or second.id == by.id):
        raise SecondPersonMissing(
            _("Two people count together."),
            why=Why(rule="vault.vouchers", remedy=str(_("A second person signs in at this screen."))),
        )
    known = {kind.code for kind in queries.kinds()}
    if unknown := sorted(set(counted) - known):
        raise UnknownVoucherKind(_("There is no such kind of form."), kinds=unknown)
    stocks = VoucherStock.objects.select_for_update(no_key=True).filter(box=box).order_by("pk")
    versions = {str(row.pk): row.version for row in stocks}
    clean = {code: rules.joined(spans) for code, spans in counted.items() if spans}
    missing, extra = rules.differences(expected_vouchers(box), clean)
    row = VoucherCount.objects.create(
        box_id=box, branch_id=view.branch, business_date=org.business_day(view.branch).date, moment=moment,
        person_id=by.id, second_id=second.id if second else None, counted=clean, missing=missing,
        extra=extra, versions=versions,
    )  # fmt: skip
    row.refresh_from_db()
    tell(
        Told(
            subject=f"box:{box}", branch=view.branch, business_date=row.business_date,
            data={"count": row.pk, "moment": str(moment), "agrees": not missing and not extra,
                  "second": row.second_id},
        )
    )  # fmt: skip
    return queries.count_view(row)


def last_voucher_count(*, box: int, day: date) -> CountView | None:
    row = queries.last_count(box=box, day=day)
    return queries.count_view(row) if row is not None else None


def uncounted_vouchers(*, branch: int, day: date) -> list[BoxView]:
    """Boxes with forms whose last count at the day's end is missing, differs, or is older than a move."""
    left = []
    for view in boxes_of(branch=branch):
        stocks = dict(VoucherStock.objects.filter(box=view.id).values_list("pk", "version"))
        if not VoucherStock.objects.filter(box=view.id, held__gt=0).exists():
            continue
        row = queries.last_count(box=view.id, day=day, moment=CountMoment.END)
        now = {str(id): version for id, version in stocks.items()}
        if row is None or row.missing or row.extra or row.versions != now:
            left.append(view)
    return left
