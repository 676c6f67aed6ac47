"""Plans of transfers: inside the bank, and to another one through clearing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.customers.data import MandateScope
from counterpoint.kit.data import Malformed
from counterpoint.teller.data import Charge, Line, SameAccount
from counterpoint.teller.models import Remittance
from counterpoint.teller.services import consult, money
from counterpoint.teller.services.consult import Consultation
from counterpoint.teller.services.context import Context, Plan, amount_in, demand_only, owned
from counterpoint.teller.services.people_at_counter import check_agent, check_mandate


def transfer(facts: dict[str, Any], ctx: Context) -> Plan:
    """1201 行内转账; between branches it goes through 系统内往来, so that each balances by itself."""
    payer, payee, amount = owned(facts["payer"]), owned(facts["payee"]), amount_in(facts)
    if payer.account.id == payee.account.id:
        raise SameAccount(_("Both accounts are the same."), field="payee")
    demand_only(payer.account)
    demand_only(payee.account)
    currency = money.check_currency(facts, payer.account, payee.account)
    agent = check_agent(facts, payer)
    remarks = check_mandate(ctx, payer, agent, scope=MandateScope.TRANSFER, amount=amount)
    money.check_out(payer, amount)
    money.check_in(payee)
    said = Consultation()
    consult.approval(
        ctx, said, amount=amount, currency=currency, owned=payer, agent=bool(agent), out_of=payer.account.id
    )
    consult.identity(ctx, said, facts, amount=amount, currency=currency, owned=payer, agent=bool(agent))
    consult.class_limit(ctx, said, payer.account, amount=amount, direction="out")
    consult.class_limit(ctx, said, payee.account, amount=amount, direction="in")
    own = payer.party is not None and payer.party == payee.party
    consult.large_value(ctx, said, kind="transfer", amount=amount, currency=currency, owned=payer, exempt=own)
    lines = [
        Line(payer.account.id, amount, payer.account.branch, "transfer_out"),
        Line(payee.account.id, -amount, payee.account.branch, "transfer_in"),
    ]
    return Plan(
        subject=f"account:{payer.account.id}", summary=facts.get("narrative") or "行内转账",
        currency=currency,
        amount=amount, facts=facts, lines=money.closed(ctx, lines, currency), shown=(payer.account,),
        party=payer.party, notes=remarks, **said.parts(),
    )  # fmt: skip


def other_bank(facts: dict[str, Any], ctx: Context) -> Plan:
    """1202 跨行转账: through 清算资金往来 (3001), with its charge."""
    payer, amount = owned(facts["payer"]), amount_in(facts)
    demand_only(payer.account)
    currency = money.check_currency(facts, payer.account)
    if not Remittance.objects.filter(pk=int(facts.get("remittance") or 0)).exists():
        raise Malformed(_("The payee's bank, account and name are needed."), field="payee_number")
    agent = check_agent(facts, payer)
    said = Consultation()
    fee = consult.charge(ctx, said, amount=amount, currency=currency)
    remarks = check_mandate(ctx, payer, agent, scope=MandateScope.TRANSFER, amount=amount)
    money.check_out(payer, amount + fee)
    consult.approval(
        ctx, said, amount=amount, currency=currency, owned=payer, agent=bool(agent), out_of=payer.account.id
    )
    consult.identity(ctx, said, facts, amount=amount, currency=currency, owned=payer, agent=bool(agent))
    consult.class_limit(ctx, said, payer.account, amount=amount, direction="out")
    consult.large_value(ctx, said, kind="transfer", amount=amount, currency=currency, owned=payer)
    lines = [
        Line(payer.account.id, amount, payer.account.branch, "transfer_out"),
        Line(ctx.internal(ctx.branch, "3001", currency), -amount, ctx.branch, "clearing"),
    ]
    if fee:
        lines += [
            Line(payer.account.id, fee, payer.account.branch, "fee"),
            Line(ctx.internal(ctx.branch, "6021", currency), -fee, ctx.branch, "fee_income"),
        ]
    return Plan(
        subject=f"account:{payer.account.id}", summary=facts.get("narrative") or "跨行转账",
        currency=currency,
        amount=amount, facts=facts, lines=money.closed(ctx, lines, currency), shown=(payer.account,),
        charges=(Charge("teller.charges", fee, payer.account.id),) if fee else (), party=payer.party,
        notes=remarks, **said.parts(),
    )  # fmt: skip
