"""Verbs on holds 冻结/止付. They lock the account's row, so they stand in line with the posting engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import rules
from counterpoint.ledger.data import AccountClosed, AccountStatus
from counterpoint.ledger.models import Account, Agreement, Hold
from counterpoint.ledger.policy import hold_limit, today_of
from counterpoint.ledger.services.accounts import lock
from counterpoint.ledger.terms import HoldKind, HoldMalformed, HoldReleased, HoldView, UnknownHold

_HELD = """
UPDATE ledger_account a SET held = u.held, status = u.status
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS u (id, held, status) WHERE a.id = u.id
"""


def _view(row: Hold) -> HoldView:
    return HoldView(
        id=row.pk, account=row.account_id, kind=HoldKind(row.kind), amount=row.amount,
        authority=row.authority, instrument=row.instrument, officers=tuple(row.officers), reason=row.reason,
        starts=row.starts, expires=row.expires, placed_by=row.placed_by, placed_at=row.placed_at,
        released_by=row.released_by, released_at=row.released_at, release_reason=row.release_reason,
    )  # fmt: skip


def holds(account: int) -> list[HoldView]:
    """All holds of an account: the active ones in their order with what each covers 轮候, then the past."""
    rows = [_view(row) for row in Hold.objects.filter(account_id=account).order_by("id")]
    balance = Account.objects.values_list("balance", flat=True).get(pk=account) if rows else 0
    past = sorted((row for row in rows if not row.active), key=lambda row: -row.id)
    return [*rules.in_order(rows, balance), *past]


def hold(id: int) -> HoldView:
    """One hold. Raises ``UnknownHold``."""
    row = Hold.objects.filter(pk=id).first()
    if row is None:
        raise UnknownHold(_("There is no such hold."), hold=id)
    return _view(row)


def _refresh(accounts: Sequence[Account]) -> None:
    """Make held amount and status of locked accounts follow their active holds."""
    active: dict[int, list[Hold]] = {row.pk: [] for row in accounts}
    for row in Hold.objects.filter(account_id__in=list(active), released_at=None):
        active[row.account_id].append(row)
    asleep = set(
        Agreement.objects.filter(account_id__in=list(active), dormant__isnull=False).values_list(
            "pk", flat=True
        )
    )
    statuses = []
    for account in accounts:
        rest = AccountStatus.DORMANT if account.pk in asleep else AccountStatus.ACTIVE
        if account.status == AccountStatus.CLOSED:
            rest = AccountStatus.CLOSED
        statuses.append(str(rules.status_under([HoldKind(h.kind) for h in active[account.pk]], rest)))
    sums = [sum(h.amount or 0 for h in active[account.pk]) for account in accounts]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [[account.pk for account in accounts], sums, statuses])


@verb("ledger.hold.placed")
def place_hold(
    *, account: int, kind: HoldKind, authority: str, instrument: str, by: Actor,
    officers: Sequence[str] = (), reason: str = "", amount: int | None = None,
    starts: date | None = None, expires: date | None = None,
) -> HoldView:  # fmt: skip
    """Place a hold on an account 冻结/止付; a second one waits behind the first 轮候冻结."""
    row = lock(account)
    if row.status == AccountStatus.CLOSED:
        raise AccountClosed(_("The account is closed."), account=account)
    today = today_of(row.branch_id)
    starts = starts or today
    if starts > today:
        raise HoldMalformed(_("A hold starts today or earlier, never later."))
    latest, needed = hold_limit(authority=authority, starts=starts)
    expires = expires or latest
    rules.check_hold(
        kind=kind, amount=amount, authority=authority, instrument=instrument, officers=officers,
        starts=starts, expires=expires, latest=latest,
    )  # fmt: skip
    if len(officers) < needed:
        raise HoldMalformed(
            _("This authority sends %(needed)d officers; each is named.") % {"needed": needed}
        )
    made = Hold.objects.create(
        account_id=account, branch_id=row.branch_id, kind=kind, amount=amount, authority=authority,
        instrument=instrument, officers=list(officers), reason=reason, starts=starts, expires=expires,
        placed_by=by.key,
    )  # fmt: skip
    _refresh([row])
    tell(
        Told(
            subject=f"account:{account}", branch=row.branch_id, business_date=today,
            data={
                "hold": made.pk, "kind": kind, "amount": amount, "authority": authority,
                "instrument": instrument, "starts": starts, "expires": expires,
            },
            channels=(f"account:{account}",),
        )
    )  # fmt: skip
    made.refresh_from_db()
    return _view(made)


@verb("ledger.hold.released")
def release_hold(*, hold: int, reason: str, by: Actor) -> HoldView:
    """Release a hold 解冻/解除止付; the next in line takes its place."""
    account = Hold.objects.filter(pk=hold).values_list("account_id", flat=True).first()
    if account is None:
        raise UnknownHold(_("There is no such hold."), hold=hold)
    row = lock(account)
    held = Hold.objects.get(pk=hold)
    if held.released_at is not None:
        raise HoldReleased(_("This hold has been released already."), hold=hold)
    Hold.objects.filter(pk=hold).update(released_at=Now(), released_by=by.key, release_reason=reason)
    _refresh([row])
    tell(
        Told(
            subject=f"account:{account}", branch=row.branch_id,
            business_date=today_of(row.branch_id),
            data={"hold": hold, "reason": reason, "amount": held.amount, "kind": held.kind},
            channels=(f"account:{account}",),
        )
    )  # fmt: skip
    held.refresh_from_db()
    return _view(held)


@verb("ledger.holds.expired")
def expire_holds(*, branch: int, date: date, by: Actor) -> int:
    """Let holds lapse that nobody renewed in time 到期自动解除; part of the start of a day."""
    due = Hold.objects.filter(branch_id=branch, released_at=None, expires__lte=date)
    touched = sorted(set(due.values_list("account_id", flat=True)))
    rows = list(Account.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk"))
    ids = list(due.values_list("pk", flat=True))
    Hold.objects.filter(pk__in=ids).update(released_at=Now(), released_by=by.key, release_reason="expired")
    if rows:
        _refresh(rows)
    tell(Told(subject=f"branch:{branch}", branch=branch, business_date=date, data={"holds": ids}))
    return len(ids)
