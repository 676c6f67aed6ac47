"""The whole API as it is mounted: a machine with a token, a teller with a session, accounts with money."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, Leg, Posting
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.vault import services as vault

BRANCH = 3
MONEY = 1_000_000


@dataclass
class Answer:
    status: int
    type: str
    body: Any
    headers: Any


class Caller:
    """Asks the API in one way: with a token, with a session, or with nothing."""

    def __init__(self, token: str | None = None, client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str):
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.generic(
            method, f"/api/v1{path}", content, content_type="application/json", headers=given
        )
        kind = answer.headers.get("Content-Type", "")
        read = json.loads(answer.content) if "json" in kind and answer.content else answer.content
        return Answer(answer.status_code, kind, read, answer.headers)


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    wang = get_user_model().objects.get(username="080101")
    desk = org.desks(BRANCH)[0].id
    teller = replace(people.actor_of(wang), desk=desk)
    vault.claim_box(box=vault.box_of(desk=desk).id, by=teller)
    accounts = [
        ledger.open_account(
            party=number, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=teller, name="张三"
        )
        for number in (1, 2)
    ]
    clearing = ledger.internal_account(branch=BRANCH, gl="3001", currency="CNY", by=SYSTEM)
    ledger.post(
        Posting(
            key=new_key(), verb="ledger.entry.posted", branch=BRANCH, by=SYSTEM, summary="test",
            business_date=org.business_day(BRANCH).date, subject=f"account:{accounts[0].id}",
            legs=(Leg(clearing, MONEY, "CNY"), Leg(accounts[0].id, -MONEY, "CNY")),
        )
    )  # fmt: skip
    machine = people.add_machine(number="990001", name="Core", branch=BRANCH, by=SYSTEM)
    for role in (Role.BACK_OFFICE, Role.LOBBY_MANAGER):
        people.assign_role(person=machine.id, role=role, branch=BRANCH, by=SYSTEM)
    token = people.issue_token(machine=machine.id, name="core", branch=BRANCH, days=1, by=SYSTEM)
    idle = people.add_machine(number="990002", name="Idle", branch=BRANCH, by=SYSTEM)
    bare = people.issue_token(machine=idle.id, name="idle", branch=BRANCH, days=1, by=SYSTEM)
    client = Client()
    client.force_login(wang, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["desk"], session["branch"] = desk, BRANCH
    session.save()
    return SimpleNamespace(
        machine=Caller(token.secret), token=token, idle=Caller(bare.secret), nobody=Caller(),
        teller=Caller(client=client),
        idle_id=idle.id, by=teller, one=accounts[0], other=accounts[1], clearing=clearing,
    )  # fmt: skip


world = once(build)


@pytest.fixture
def bank(world, db, settings):
    settings.DEMO = True
    return world()
