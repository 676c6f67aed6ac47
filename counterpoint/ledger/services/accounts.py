"""Verbs on accounts 账户: open, close, change status; and how an account is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit.data import SYSTEM, Actor, Told, Why
from counterpoint.kit.money import EXPONENTS
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import chart, rules
from counterpoint.ledger.data import (
    AccountKind,
    AccountStatus,
    AccountView,
    UnknownAccount,
    WrongCurrency,
)
from counterpoint.ledger.models import Account, Agreement, Hold
from counterpoint.ledger.policy import interest_rule, today_of
from counterpoint.ledger.rules_interest import maturity
from counterpoint.ledger.terms import Agreement as AgreementView
from counterpoint.ledger.terms import (
    HoldKind,
    NewAccount,
    NotClosable,
    Product,
    StatusRefused,
    TermMalformed,
)

_COLUMNS = (
    "a.id, a.number, a.name, a.kind, a.gl, a.currency, a.sign, a.status, a.balance, a.held, a.floor,"
    " a.branch_id, a.version, g.opened"
)
_FROM = "FROM ledger_account a LEFT JOIN ledger_agreement g ON g.account_id = a.id"

TAKE_NUMBERS = """
INSERT INTO ledger_sequence (branch_id, product, next) VALUES (%s, %s, 1 + %s)
ON CONFLICT (branch_id, product) DO UPDATE SET next = ledger_sequence.next + %s
RETURNING next - %s
"""


def _view(row: Sequence[Any]) -> AccountView:
    (id, number, name, kind, gl, currency, sign, status, balance, held, floor, branch, version, opened) = row
    return AccountView(
        id=id, number=number, name=name or chart.subject(gl).name, kind=AccountKind(kind), gl=gl,
        currency=currency, sign=sign, status=AccountStatus(status), balance=balance, held=held, floor=floor,
        branch=branch, version=version, opened=opened,
    )  # fmt: skip


def _views(where: str, parameters: Sequence[Any]) -> list[AccountView]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY a.id", parameters)
        return [_view(row) for row in cursor.fetchall()]


def account(id: int) -> AccountView:
    """The account with ``id``. Raises ``UnknownAccount``."""
    found = _views("a.id = %s", [id])
    if not found:
        raise UnknownAccount(_("There is no such account."), account=id)
    return found[0]


def accounts(ids: Sequence[int]) -> dict[int, AccountView]:
    """Several accounts in one query, by id; unknown ones are missing."""
    return {view.id: view for view in _views("a.id = ANY(%s)", [list(ids)])}


def account_by_number(number: str) -> AccountView:
    """The account with this typed number; blanks are allowed. A wrong check digit is said as such."""
    found = _views("a.number = %s", [rules.clean_number(number)])
    if not found:
        raise UnknownAccount(_("No account has this number."))
    return found[0]


def accounts_of(party: int) -> list[AccountView]:
    """The accounts that were opened for ``party``."""
    return _views("g.party = %s", [party])


def accounts_by_reference(references: Sequence[str]) -> dict[str, int]:
    """Ids of accounts that an import opened, by its own references."""
    rows = Agreement.objects.filter(reference__in=list(references)).values_list("reference", "account_id")
    return {str(reference): id for reference, id in rows}


def agreement(account: int) -> AgreementView | None:
    """The terms of an account; ``None`` for one without."""
    row = Agreement.objects.filter(account_id=account).first()
    if row is None:
        return None
    return AgreementView(
        account=account, party=row.party, product=row.product, opened=row.opened, closed=row.closed,
        rate=row.rate, term_months=row.term_months, matures=row.matures, principal=row.principal,
        data=row.data,
    )  # fmt: skip


def _numbers(branch: int, product: str, count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [branch, product, count, count, count])
        first: int = cursor.fetchone()[0]
    return [
        rules.make_number(branch=branch, product=product, sequence=n) for n in range(first, first + count)
    ]


def _write(branch: int, gls: Sequence[str], new: Sequence[NewAccount], today: date) -> list[int]:
    """Insert accounts with their agreements, set-wise, numbered in order."""
    numbers: dict[str, list[str]] = {}
    for product in sorted({line.product for line in new}):
        count = sum(line.product == product for line in new)
        numbers[product] = _numbers(branch, product, count)[::-1]
    rows = Account.objects.bulk_create(
        Account(
            branch_id=branch, number=numbers[line.product].pop(), kind=line.kind, gl=gl,
            currency=line.currency, sign=chart.subject(gl).sign, floor=line.floor, name=line.name,
            status=AccountStatus.ACTIVE,
        )
        for line, gl in zip(new, gls, strict=True)
    )  # fmt: skip
    Agreement.objects.bulk_create(
        Agreement(
            account_id=row.id, party=line.party, product=line.product, opened=line.opened or today,
            rate=line.rate, term_months=line.term_months, reference=line.reference, data=dict(line.data),
            matures=maturity(line.opened or today, line.term_months) if line.term_months else None,
        )
        for row, line in zip(rows, new, strict=True)
    )  # fmt: skip
    return [row.id for row in rows]


def _checked(line: NewAccount) -> str:
    """The subject of a new customer account; refuses what cannot be one."""
    kind = AccountKind(line.kind)
    if line.currency not in EXPONENTS:
        raise WrongCurrency(_("This bank keeps no accounts in %(currency)s.") % {"currency": line.currency})
    if kind is AccountKind.INTERNAL:
        raise TermMalformed(_("Internal accounts are opened on demand, not for customers."))
    if (kind is AccountKind.TERM) != (line.term_months is not None) and kind is not AccountKind.LOAN:
        raise TermMalformed(_("A term belongs to a term deposit, and only to it."))
    if line.rate is not None and not 0 <= line.rate <= 1_000_000:
        raise TermMalformed(_("A yearly rate lies between 0 and 100 %."))
    return rules.GL_OF[kind]


@verb("ledger.account.opened")
def open_account(
    *, party: int | None, kind: AccountKind, currency: str, branch: int, by: Actor,
    product: str | None = None, name: str = "", floor: int | None = 0,
    term_months: int | None = None, rate: int | None = None,
) -> AccountView:  # fmt: skip
    """Open an account 开户: demand 活期, term 定期 with months and a fixed rate, or loan 贷款."""
    today = today_of(branch)
    if kind is AccountKind.TERM and rate is None:
        # A term deposit keeps for its whole life the rate of the day on which it was opened.
        rule, _hit = interest_rule(kind=kind, currency=currency, at=today, term_months=term_months or 0)
        rate = rule.rate
    line = NewAccount(
        name=name, kind=kind, product=product or rules.product_for(kind), currency=currency, party=party,
        floor=floor, rate=rate, term_months=term_months,
    )  # fmt: skip
    ids = _write(branch, [_checked(line)], [line], today)
    opened = account(ids[0])
    tell(
        Told(
            subject=f"account:{opened.id}", branch=branch, business_date=today,
            data={
                "number": opened.number, "kind": kind, "currency": currency, "party": party,
                "product": line.product, "rate": rate, "term_months": term_months,
            },
            channels=(f"account:{opened.id}",),
        )
    )  # fmt: skip
    return opened


@verb("ledger.accounts.opened")
def open_accounts(*, branch: int, accounts: Sequence[NewAccount], by: Actor) -> dict[str, int]:
    """Open many accounts at once 批量开户, each once by its reference; returns all ids by reference."""
    wanted = [line.reference for line in accounts]
    if None in wanted or len(set(wanted)) != len(wanted):
        raise TermMalformed(_("Accounts opened in bulk need a reference each."))
    known = accounts_by_reference([str(reference) for reference in wanted])
    new = [line for line in accounts if line.reference not in known]
    today = today_of(branch)
    ids = _write(branch, [_checked(line) for line in new], new, today)
    known |= {str(line.reference): id for line, id in zip(new, ids, strict=True)}
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch, business_date=today,
            data={
                "opened": len(ids), "known": len(accounts) - len(ids),
                "ids": [min(ids), max(ids)] if ids else [],
            },
        )
    )  # fmt: skip
    return known


def internal_reference(branch: int, gl: str, currency: str, label: str = "") -> str:
    return f"internal:{branch}:{gl}:{currency}:{label}"


def internal_account(*, branch: int, gl: str, currency: str, label: str = "", by: Actor = SYSTEM) -> int:
    """The bank's own account 内部户 of a branch, subject and currency; made when it is first asked for.

    ``label`` tells several of one subject apart, such as the cash accounts of the boxes.
    """
    reference = internal_reference(branch, gl, currency, label)
    found = Agreement.objects.filter(reference=reference).values_list("account_id", flat=True).first()
    return found or _open_internal(branch=branch, gl=gl, currency=currency, label=label, by=by)


@verb("ledger.internal.opened")
def _open_internal(*, branch: int, gl: str, currency: str, label: str, by: Actor) -> int:
    """Open an internal account 内部户 on first use."""
    subject = chart.subject(gl)
    if currency not in EXPONENTS:
        raise WrongCurrency(_("This bank keeps no accounts in %(currency)s.") % {"currency": currency})
    reference = internal_reference(branch, gl, currency, label)
    with connection.cursor() as cursor:
        # Two callers may be first at once: the second waits here and then finds it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [reference])
    id = Agreement.objects.filter(reference=reference).values_list("account_id", flat=True).first()
    made = id is None
    today = today_of(branch)
    if id is None:
        line = NewAccount(
            name=label, kind=AccountKind.INTERNAL, product=Product.INTERNAL, currency=currency, floor=None,
            reference=reference,
        )  # fmt: skip
        id = _write(branch, [subject.code], [line], today)[0]
    tell(
        Told(
            subject=f"account:{id}", branch=branch, business_date=today,
            data={"gl": gl, "currency": currency, "label": label, "made": made},
        )
    )  # fmt: skip
    return id


def lock(id: int) -> Account:
    """The account's row, locked as the posting engine locks it."""
    row = Account.objects.select_for_update(no_key=True).filter(pk=id).first()
    if row is None:
        raise UnknownAccount(_("There is no such account."), account=id)
    return row


def lock_accounts(ids: Sequence[int]) -> dict[int, int]:
    """Lock accounts as the posting engine does, in its order, until the transaction ends; their versions.

    For a verb that reads a moment of an account and may then post to it: whoever locks something of its
    own first and posts afterwards waits in a circle with the engine.
    """
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return dict(rows.values_list("pk", "version"))


@verb("ledger.account.closed")
def close_account(*, account: int, by: Actor) -> AccountView:
    """Close an account 销户: nothing on it, nothing held, no interest owed."""
    from counterpoint.ledger.services.interest import closing_interest

    row = lock(account)
    today = today_of(row.branch_id)
    if not rules.ACCOUNT.may(row.status, AccountStatus.CLOSED):
        raise StatusRefused(
            _("An account that is %(status)s cannot be closed.") % {"status": row.status}, status=row.status
        )
    if row.balance or row.held or Hold.objects.filter(account_id=account, released_at=None).exists():
        raise NotClosable(
            _("An account is closed when nothing is on it and nothing is held."),
            why=Why(remedy=str(_("Pay the balance out and release the holds first."))),
            balance=row.balance, held=row.held,
        )  # fmt: skip
    owed = closing_interest(account=account, on=today)
    if owed:
        raise NotClosable(
            _("Interest is still owed on this account."),
            why=Why(remedy=str(_("Settle the interest first."))), interest=owed,
        )  # fmt: skip
    before = row.status
    Account.objects.filter(pk=account).update(status=AccountStatus.CLOSED)
    Agreement.objects.filter(account_id=account).update(closed=today)
    tell(
        Told(
            subject=f"account:{account}", branch=row.branch_id, business_date=today,
            before={"status": before}, after={"status": AccountStatus.CLOSED},
            channels=(f"account:{account}",),
        )
    )  # fmt: skip
    return _views("a.id = %s", [account])[0]


@verb("ledger.account.status_set")
def set_status(*, account: int, status: AccountStatus, reason: str, by: Actor) -> AccountView:
    """Let an account sleep or wake it 转睡眠/激活. What freezes it is always a hold, never a mere flag."""
    row = lock(account)
    if status not in (AccountStatus.ACTIVE, AccountStatus.DORMANT):
        raise StatusRefused(
            _("An account is frozen by a hold and closed by closing it."),
            why=Why(remedy=str(_("Place a hold that names its authority and instrument."))),
            status=row.status,
        )  # fmt: skip
    frozen = Hold.objects.filter(account_id=account, released_at=None).exclude(kind=HoldKind.AMOUNT).exists()
    if frozen or not rules.ACCOUNT.may(row.status, status):
        raise StatusRefused(
            _("An account cannot go from %(start)s to %(end)s.") % {"start": row.status, "end": status},
            status=row.status,
        )
    today = today_of(row.branch_id)
    Account.objects.filter(pk=account).update(status=status)
    Agreement.objects.filter(account_id=account).update(
        dormant=today if status is AccountStatus.DORMANT else None
    )
    tell(
        Told(
            subject=f"account:{account}", branch=row.branch_id, data={"reason": reason}, business_date=today,
            before={"status": row.status}, after={"status": status}, channels=(f"account:{account}",),
        )
    )  # fmt: skip
    return _views("a.id = %s", [account])[0]
