"""The demo branch at work: three tellers at desks, the loan desk's manager signed in, two customers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.visits import services as visits

BRANCH, OTHER = 3, 4
NAMES = {
    "wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301", "zhao": "080401",
    "auditor": "090201", "far": "070901",
}  # fmt: skip


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    far = people.add_staff(
        number="070901", name_zh="远在", name_en="Far Away", branch=OTHER, by=SYSTEM
    ).person
    day = org.business_day(OTHER).date
    people.assign_role(person=far.id, role=Role.TELLER, branch=OTHER, valid_from=day, by=SYSTEM)
    staff = {row.username: people.actor_of(row) for row in get_user_model().objects.all()}
    bank = SimpleNamespace(**{name: staff[number] for name, number in NAMES.items()})
    desks = org.desks(BRANCH)
    for name, desk in zip(("wang", "li", "chen"), desks, strict=False):
        setattr(bank, name, seated(getattr(bank, name), desk.id))
    bank.far = seated(bank.far, org.desks(OTHER)[0].id)
    bank.desks = [desk.id for desk in desks]
    bank.customer, bank.other = (
        customers.register_party(
            kind=PartyKind.NATURAL, branch=BRANCH, by=bank.wang, name_zh=name,
            document=DocumentInput(DocumentKind.RESIDENT_ID, number),
        ).id
        for name, number in (("张三丰", "11010519491231002X"), ("李小龙", "120103198806018241"))
    )  # fmt: skip
    return bank


def seated(who: Actor, desk: int) -> Actor:
    org.claim_desk(desk=desk, by=who)
    return replace(who, desk=desk)


def stand_up(who: Actor) -> None:
    org.release_desk(desk=who.desk, by=who)


def sign_in(who: Actor) -> Client:
    """A session in use, of somebody without a desk."""
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def served(bank: SimpleNamespace, by: Actor | None = None, party: int | None = None) -> int:
    """A visit that somebody serves."""
    return visits.serve_party(party=party or bank.customer, by=by or bank.wang).id


def handed(bank: SimpleNamespace, **to: object):
    """A visit on its way from Wang Fang, to Li Na's desk if nothing else is said."""
    to = to or {"target": "desk", "desk": bank.li.desk}
    return visits.hand_off(visit=served(bank), note="贷款意向，草稿已填", by=bank.wang, **to)
