"""Who works at the branch that ``bench live`` looks at: the demo's tellers, and more for its desks."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoint.site.bench_served import DEMO_WORD

#: The demo's tellers; whoever is added has a number behind these.
TELLERS = ("080101", "080102", "080103")
FIRST_NUMBER = 89_001


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch, the numbers of its tellers with a desk for each, and its natural customers."""

    id: int
    tellers: tuple[tuple[str, int], ...]
    #: Account number by customer.
    customers: dict[int, str]


def fill(branch_desks: int) -> Branch:
    """The first branch of the demo with so many tellers, each of whom has a desk and a box."""
    from counterpoint.customers import services as customers
    from counterpoint.customers.data import PartyKind
    from counterpoint.kit.data import SYSTEM
    from counterpoint.ledger import services as ledger
    from counterpoint.org import services as org

    branch = org.branches()[0].id
    desks = [desk.id for desk in org.desks(branch)]
    tellers = list(zip(TELLERS, desks, strict=False))[:branch_desks]
    tellers += [_add(branch, at) for at in range(branch_desks - len(tellers))]
    everybody = customers.ensure_demo_customers(branch=branch, part=slice(0, 150), by=SYSTEM)
    natural = [one for one in everybody if customers.party(one).kind is PartyKind.NATURAL]
    return Branch(branch, tuple(tellers), {one: ledger.accounts_of(one)[0].number for one in natural})


def _add(branch: int, at: int) -> tuple[str, int]:
    """One more teller, who knows the password, may touch cash and has a desk with a box."""
    from counterpoint.kit.data import SYSTEM, Actor, ActorKind
    from counterpoint.org import services as org
    from counterpoint.people import services as people
    from counterpoint.people.data import Role
    from counterpoint.vault import services as vault
    from counterpoint.vault.data import BoxKind

    number = f"{FIRST_NUMBER + at:06d}"
    person = people.add_staff(number=number, name_zh=f"柜员{at}", branch=branch, by=SYSTEM).person
    people.assign_role(person=person.id, role=Role.TELLER, branch=branch, by=SYSTEM)
    people.grant_qualification(person=person.id, kind="anti_counterfeit", evidence="bench", by=SYSTEM)
    who = Actor(ActorKind.PERSON, person.id, person.name, branch)
    people.change_password(person=person.id, password=DEMO_WORD, by=who)
    desk = org.add_desk(branch=branch, number=f"9{at:03d}", name_zh="柜台", name_en="Desk", by=SYSTEM)
    box = vault.make_box(number=f"L{at:04d}", branch=branch, kind=BoxKind.TELLER, currency="CNY", by=SYSTEM)
    vault.claim_box(box=box.id, by=who)
    return number, desk.id
