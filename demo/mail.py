"""The demo's mailboxes 示范邮箱: one a person, by staff number, at a domain that does not exist."""

from __future__ import annotations

from counterpoint.kit.data import SYSTEM
from counterpoint.mail import services as mail
from counterpoint.people import services as people

DOMAIN = "bank.example"


def write() -> None:
    """Give a mailbox to everybody who has none."""
    found = {one.id: f"{one.number}@{DOMAIN}" for one in people.staff_of()}
    missing = {person: email for person, email in found.items() if not mail.address_of(person).email}
    if missing:
        mail.set_addresses(addresses=missing, by=SYSTEM)
