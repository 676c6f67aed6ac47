"""Agents, mandates and passwords: who stands at the counter, and what that person may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import (
    DocumentInput,
    DocumentKind,
    DuplicatesLikely,
    MandateMode,
    MandateScope,
    PartyExists,
    PartyKind,
)
from counterpoint.kit.data import Actor, Malformed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.teller import models, rules
from counterpoint.teller.data import AgentIsOwner, NoMandate, PasswordLocked, WeakPassword, WrongPassword
from counterpoint.teller.services.context import Context, Owned

#: Wrong passwords in a row before the account's password is locked.
TRIES = 3


def agent_reference(given: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """The agent 代办人 as a reference to a customer record, made when there was none.

    Whoever acts for another is identified like a customer; entries then hold the number of the
    record and never the document.
    """
    try:
        document = DocumentInput(DocumentKind(given["document_kind"]), str(given["document_number"]).strip())
    except (KeyError, ValueError) as error:
        raise Malformed(_("An agent needs name, document and relation."), field="agent") from error
    name = str(given.get("name", "")).strip()
    details: dict[str, Any] = {
        "kind": PartyKind.NATURAL,
        "branch": by.branch or 0,
        "by": by,
        "document": document,
    }
    latin = name.isascii()
    details |= {"name_latin": name} if latin else {"name_zh": name}
    try:
        party = customers.register_party(**details).id
    except PartyExists as error:
        party = int(error.details["party"])
    except DuplicatesLikely as error:
        # The document is another one, so it is another person as far as this counter can tell.
        others = [suggestion.party.id for suggestion in error.suggestions]
        party = customers.register_party(**details, confirmed_not_duplicate_of=others).id
    return {"party": party, "relation": str(given.get("relation", ""))[:40]}


def check_agent(facts: Mapping[str, Any], *owners: Owned) -> int | None:
    """The agent's party id. An agent is another person than the owner."""
    agent = facts.get("agent")
    if not agent:
        return None
    party = int(agent["party"])
    if any(owned.party == party for owned in owners):
        raise AgentIsOwner(
            _("The agent is the owner."),
            why=Why(remedy=str(_("Leave the agent's fields empty."))),
            field="agent",
        )
    return party


def check_mandate(
    ctx: Context, owned: Owned, agent: int | None, *, scope: MandateScope, amount: int
) -> tuple[str, ...]:
    """What the account's mandates 支取授权 say to this person and amount; notes for the quote."""
    mandates = [m for m in customers.mandates_of(owned.account.id, on=ctx.day) if m.valid_on(ctx.day)]
    wide = [m for m in mandates if scope in m.scope or MandateScope.ALL in m.scope]
    legal = owned.owner is not None and owned.owner.kind is PartyKind.LEGAL
    who = agent or owned.party
    mine = [m for m in wide if m.party == who]
    if legal and not mine:
        raise NoMandate(
            _("This person has no mandate for the account."),
            why=Why(remedy=str(_("Enter the person who acts, and record the mandate first."))),
        )
    limits = [m.limit for m in mine if m.limit is not None and m.currency == owned.account.currency]
    if mine and len(limits) == len(mine) and amount > max(limits):
        raise NoMandate(_("The amount is above the limit of the mandate."), limit=max(limits))
    return ("joint_mandate",) if any(m.mode is MandateMode.JOINT for m in mine) else ()


def new_secret(digits: object) -> int:
    """A new password, hashed at once; the quote holds only the number of this row."""
    text = str(digits or "")
    if rules.weak_password(text):
        raise WeakPassword(_("A password is six figures that are not easily guessed."), field="password")
    return models.Secret.objects.create(hash=make_password(text)).pk


def use_secret(secret: int, account: int) -> None:
    """Make the hashed password the account's own. Inside the caller's transaction."""
    row = models.Secret.objects.select_for_update().filter(pk=secret).first()
    if row is None:
        raise Malformed(_("The password was used already. Enter it again."))
    models.Password.objects.update_or_create(account_id=account, defaults={"hash": row.hash, "failures": 0})
    row.delete()


def check_account_password(account: int, digits: str | None, by: Actor) -> bool:
    """Check the customer's password. Failures count, and stay counted whatever happens next.

    An account without a password (an imported one) has nothing to check.
    """
    row = models.Password.objects.filter(account_id=account).first()
    if row is None:
        return False
    if row.failures >= TRIES:
        raise PasswordLocked(
            _("The password is locked after too many failures."),
            why=Why(remedy=str(_("The owner resets the password in person: operation 1602."))),
        )
    if digits and check_password(digits, row.hash):
        models.Password.objects.filter(account_id=account).update(failures=0)
        return True
    if not digits:
        raise WrongPassword(_("The customer's password is needed."), field="password")
    note_wrong_password(account=account, by=by)
    raise WrongPassword(_("The customer's password is wrong."), field="password")


@verb("teller.password.failed")
def note_wrong_password(*, account: int, by: Actor) -> None:
    """Count a wrong password of an account."""
    with transaction.atomic():
        models.Password.objects.filter(account_id=account).update(failures=F("failures") + 1)
    tell(Told(subject=f"account:{account}", branch=by.branch or 0))
