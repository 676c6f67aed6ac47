"""Customers and accounts: who owns, who acts, who may sign 账户关系与支取授权."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.customers.data import (
    AccountLinkView,
    AlreadyLinked,
    MandateInvalid,
    MandateMode,
    MandateRevoked,
    MandateScope,
    MandateView,
    OwnerExists,
    PartyView,
    Relation,
    UnknownPart,
)
from counterpoint.customers.models import AccountLink, Mandate
from counterpoint.customers.queries import parties as reads
from counterpoint.customers.rules import keys
from counterpoint.customers.services.keys import add_keys, drop_keys
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger


def _account_number(account: int) -> str:
    """The number of an account that exists."""
    return ledger.account(account).number


def parties_of_account(account: int) -> list[tuple[PartyView, Relation]]:
    """Who the account belongs to and who acts for it, the owner first; masked."""
    order = list(Relation)
    links = sorted(reads.links_of(account=account), key=lambda link: (order.index(link.relation), link.id))
    today = clock.today()
    return [(reads.party_view(link.party, today=today), link.relation) for link in links]


def links_of_party(party: int) -> list[AccountLinkView]:
    """The accounts that the party has to do with."""
    return reads.links_of(party=party)


@verb("customers.account.linked")
def link_account(
    *, account: int, party: int, relation: Relation, by: Actor, card: str = ""
) -> AccountLinkView:
    """Say what a customer is to an account; from then on its number finds the customer."""
    row = reads.party_row(party, lock=True)
    number = _account_number(account)
    relation = Relation(relation)
    now = AccountLink.objects.filter(account=account, until=None)
    if now.filter(party=party, relation=relation).exists():
        raise AlreadyLinked(_("The customer is linked to this account already."))
    try:
        with transaction.atomic():
            link = AccountLink.objects.create(
                party=row,
                account_id=account,
                relation=relation,
                number=number,
                card=keys.digits(card),
                since_by=by.key,
            )
    except IntegrityError:
        raise OwnerExists(
            _("The account has an owner already."),
            why=Why(rule=_("One owner an account"), remedy=_("Link the customer as a joint holder.")),
        ) from None
    said = keys.hint(row.name_zh, row.name_latin)
    add_keys(party, keys.account_keys(link.number, link.card, said=said))
    data = {"account": account, "relation": str(relation), "link": link.id}
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data=data))
    return reads.links_of(pk=link.id)[0]


@verb("customers.account.unlinked")
def unlink_account(*, account: int, party: int, relation: Relation, by: Actor) -> None:
    """End what a customer was to an account."""
    row = reads.party_row(party, lock=True)
    link = AccountLink.objects.filter(account=account, party=party, relation=relation, until=None).first()
    if link is None:
        raise UnknownPart
    AccountLink.objects.filter(pk=link.id).update(until=Now(), until_by=by.key)
    kept = [n for other in reads.links_of(party=party) for n in (other.number, other.card)]
    drop_keys(party, keys.account_keys(link.number, link.card) - keys.account_keys(*kept))
    data = {"account": account, "relation": str(relation), "link": link.id}
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data=data))


def mandates_of(account: int, *, on: date | None = None) -> list[MandateView]:
    """The mandates that hold on the account on a day, today's by default."""
    return reads.mandates(account=account, current_on=on or clock.today())


def mandates_of_party(party: int) -> list[MandateView]:
    """Every mandate the party was given, ended ones too."""
    return reads.mandates(party=party)


@verb("customers.mandate.granted")
def grant_mandate(
    *,
    account: int,
    party: int,
    mode: MandateMode,
    scope: Collection[MandateScope],
    valid_from: date,
    by: Actor,
    valid_to: date | None = None,
    limit: int | None = None,
    currency: str = "CNY",
) -> MandateView:
    """Let a customer dispose of an account, alone or jointly, within a scope, a limit and a time."""
    row = reads.party_row(party, lock=True)
    _account_number(account)
    scopes = sorted({str(MandateScope(s)) for s in scope})
    if not scopes:
        raise MandateInvalid(_("A mandate says what for."), field="scope")
    if limit is not None and not 0 < limit < 2**63:
        raise MandateInvalid(_("A mandate's limit is more than nothing."), field="limit")
    if valid_to is not None and valid_to < max(valid_from, clock.today()):
        raise MandateInvalid(_("The mandate would be over before it begins."), field="valid_to")
    mandate = Mandate.objects.create(
        account_id=account,
        party=row,
        mode=MandateMode(mode),
        scope=scopes,
        limit_minor=limit,
        currency=currency,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=by.key,
    )
    data = {"account": account, "mandate": mandate.id, "mode": str(mode), "scope": scopes}
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data=data))
    return reads.mandate_view(mandate)


@verb("customers.mandate.revoked")
def revoke_mandate(*, mandate: int, by: Actor) -> MandateView:
    """End a mandate from now on."""
    row = Mandate.objects.select_for_update(of=("self",)).select_related("party").filter(pk=mandate).first()
    if row is None:
        raise UnknownPart
    if row.revoked_at is not None:
        raise MandateRevoked(_("The mandate was revoked before."))
    Mandate.objects.filter(pk=mandate).update(revoked_at=Now(), revoked_by=by.key)
    row.refresh_from_db()
    data = {"account": row.account_id, "mandate": row.id}
    tell(Told(subject=f"party:{row.party_id}", branch=by.branch or row.party.branch, data=data))
    return reads.mandate_view(row)
