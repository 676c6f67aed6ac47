"""The lobby of the demo branch in a world of tests: tellers at their desks with their tills."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from django.contrib.auth import get_user_model

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketChannel, TicketView
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault

BRANCH, OTHER = 3, 4
KIOSK = lobby.self_service(BRANCH)
NAMES = {
    "wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301", "zhao": "080401",
}  # fmt: skip


def build() -> SimpleNamespace:
    """Wang Fang, Li Na and Chen Jing sit at cash desks; no window is open yet."""
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    staff = {row.username: people.actor_of(row) for row in get_user_model().objects.all()}
    bank = SimpleNamespace(**{name: staff[number] for name, number in NAMES.items()})
    bank.desks = [desk.id for desk in org.desks(BRANCH)]
    for name, desk in zip(("wang", "li", "chen"), bank.desks, strict=False):
        setattr(bank, name, seated(getattr(bank, name), desk))
    bank.customer = customers.register_party(
        kind=PartyKind.NATURAL, branch=BRANCH, by=bank.wang, name_zh="张三丰",
        document=DocumentInput(DocumentKind.RESIDENT_ID, "11010519491231002X"),
    ).id  # fmt: skip
    return bank


def seated(who: Actor, desk: int) -> Actor:
    """Somebody at a desk, with the desk's till."""
    org.claim_desk(desk=desk, by=who)
    box = vault.free_box_of_desk(desk=desk)
    assert box is not None
    vault.claim_box(box=box.id, by=who)
    return replace(who, desk=desk)


def open_windows(bank: SimpleNamespace, *names: str, services: tuple[str, ...] | None = None) -> None:
    for name in names or ("wang", "li", "chen"):
        who = getattr(bank, name)
        lobby.open_window(desk=who.desk, services=services, by=who)


def take(service: str = "cash", **more: object) -> TicketView:
    """A number from the kiosk."""
    return lobby.take_ticket(
        branch=BRANCH, service=service, channel=TicketChannel.KIOSK, by=KIOSK, **more
    ).ticket  # type: ignore[arg-type]


def served(who: Actor) -> TicketView:
    """The next one, at this person's desk."""
    called = lobby.call_next(desk=who.desk or 0, by=who).ticket
    return lobby.begin_serving(ticket=called.key, by=who)
