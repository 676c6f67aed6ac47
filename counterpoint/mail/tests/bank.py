"""The demo branch with mailboxes, a real SMTP server on a socket, and a clock that stands where it is put."""

from __future__ import annotations

import email
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.mail import services as mail
from counterpoint.org import services as org
from counterpoint.people import services as people

BRANCH = 3
NAMES = {"wang": "080101", "li": "080102", "zhang": "080201", "wu": "090301", "auditor": "090201"}
#: A Friday that is a working day: 10:00, 21:00 in China.
MORNING = datetime(2026, 11, 27, 2, tzinfo=UTC)
EVENING = datetime(2026, 11, 27, 13, tzinfo=UTC)


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    rows = list(get_user_model().objects.all())
    get_user_model().objects.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    mail.set_addresses(addresses={row.pk: f"{row.username}@bank.example" for row in rows}, by=SYSTEM)
    return SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})


class Server:
    """A real SMTP server that answers as it is told; ``taken`` is what it accepted."""

    def __init__(self) -> None:
        self.taken: list[email.message.EmailMessage] = []
        self.to: list[str] = []
        #: What it answers to each step; ``drop`` closes the line instead.
        self.says = {"rcpt": "", "data": ""}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._running = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.says["rcpt"] == "drop":
            server.transport.abort()
            return "421 gone"
        if self.says["rcpt"]:
            return self.says["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = self.says["data"]
        if said and said != "take and drop" and said != "drop":
            return said
        if said != "drop":
            self.taken.append(email.message_from_bytes(envelope.content, policy=default))
            self.to.extend(envelope.rcpt_tos)
        if "drop" in said:
            server.transport.abort()
        return "250 OK"

    def start(self) -> None:
        self._running = Controller(self, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None


def at(monkeypatch, moment: datetime) -> None:
    """Let the product's clock stand there."""
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


def posted(to: list[Actor], *, key: str = "notice:1", title: str = "大额取款新规", **more) -> int:
    """A letter about a notice."""
    data = {"title": title, "title_en": "Large withdrawals", "name": "N00001"}
    given = {"template": "notices.published", "link": "/notices/versions/1/", "about": "notice:1"} | more
    return mail.post(to=[one.id for one in to], data=data, key=key, by=SYSTEM, **given)


def browser(who: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client
