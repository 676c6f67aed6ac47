"""The bank of ``counterpoint bench lobby-calls``: one branch made by the verbs, the others copied from it.

A copy is one statement a table: each row as JSON, with its ids moved on. So a thousand branches stand in
seconds.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.lobby import bench
from counterpoint.lobby import services as lobby
from counterpoint.org import services as org
from counterpoint.org.data import Equipment, UnitKind
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.vault import services as vault

type Desk = tuple[int, int, str, int]

FIRST_BRANCH, FIRST_NUMBER = 1001, 100_001
WINDOWS = 2
#: How far the ids of one copy lie from those of the next.
APART = 100
EQUIPMENT = (Equipment.CASH, Equipment.ID_READER, Equipment.SCANNER, Equipment.PRINTER, Equipment.PINPAD)

#: By table, what picks the rows of the first branch, and what moves on in a copy.
COPIED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("org_unit", "id = %(branch)s", {"id": "n", "code": "'B' || id + n"}),
    ("org_business_day", "branch_id = %(branch)s", {"branch_id": "n"}),
    (
        "people_staff", "branch_id = %(branch)s",
        {"id": "far", "branch_id": "n", "username": f"(username::int + n * {WINDOWS})::text"},
    ),
    ("people_roleassignment", "branch_id = %(branch)s", {"id": "far", "branch_id": "n", "person_id": "far"}),
    ("people_qualification", "person_id = ANY(%(people)s)", {"id": "far", "person_id": "far"}),
    ("org_desk", "branch_id = %(branch)s", {"id": "far", "branch_id": "n"}),
    ("org_deskclaim", "desk_id = ANY(%(desks)s)", {"id": "far", "desk_id": "far", "person_id": "far"}),
    (
        "vault_box", "desk_id = ANY(%(desks)s)",
        {"id": "far", "branch_id": "n", "desk_id": "far", "account_id": "far",
         "number": "branch_id + n || right(number, 3)"},
    ),
    (
        "ledger_account", "id IN (SELECT account_id FROM vault_box WHERE desk_id = ANY(%(desks)s))",
        {"id": "far", "branch_id": "n", "number": "number || '-' || n",
         "carried": f"ARRAY[carried[1] + n * {APART}] || carried[2:]"},
    ),
    (
        "vault_custody", "person_id = ANY(%(people)s) AND until IS NULL",
        {"id": "far", "box_id": "far", "person_id": "far"},
    ),
    (
        "lobby_window", "branch_id = %(branch)s",
        {"id": "far", "branch_id": "n", "desk_id": "far", "person_id": "far"},
    ),
)  # fmt: skip


COPY = """
INSERT INTO {table}
SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object({changes}))).*
FROM {table} t, generate_series(1, %(copies)s) AS n
WHERE {where}
"""


def make_bank(branches: int) -> list[Desk]:
    """The bank, its people at their windows, and a day of tickets; returns who calls where."""
    # Nobody signs in here: a password that is dear to check would take longest of all.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_reference(by=SYSTEM)
    first = _first_branch()
    known: dict[str, Any] = {
        "branch": FIRST_BRANCH, "copies": branches - 1, "desks": [one[0] for one in first],
        "people": [one[1] for one in first],
    }  # fmt: skip
    with connection.cursor() as cursor:
        for table, where, moved in COPIED:
            cursor.execute(COPY.format(table=table, where=where, changes=_changes(moved)), known)
        day = org.business_day(FIRST_BRANCH).date
        ids = list(range(FIRST_BRANCH, FIRST_BRANCH + branches))
        cursor.execute(bench.TICKETS, {"day": day, "branches": ids})
        for statement in (bench.PERIODS, bench.LEARNED, *bench.PEER):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    return [
        (desk + at * APART, person + at * APART, name, branch + at)
        for at in range(branches)
        for desk, person, name, branch in first
    ]


def _changes(moved: dict[str, str]) -> str:
    steps = {"n": "{0} + n", "far": f"{{0}} + n * {APART}"}
    return ", ".join(f"'{name}', {steps.get(how, how).format(name)}" for name, how in moved.items())


def _first_branch() -> list[Desk]:
    """A branch with an open day and its tellers, each at an open window with a box of cash."""
    org.add_unit(
        kind=UnitKind.BRANCH, code=f"B{FIRST_BRANCH}", name_zh="网点", name_en="", parent=2, by=SYSTEM,
        id=FIRST_BRANCH,
    )  # fmt: skip
    org.open_day(branch=FIRST_BRANCH, date=org.proposed_day(FIRST_BRANCH), by=SYSTEM)
    found = dict(map(_teller, range(WINDOWS)))
    vault.ensure_demo_boxes(by=SYSTEM)
    for box in vault.boxes_of(branch=FIRST_BRANCH):
        if box.desk is not None:
            vault.claim_box(box=box.id, by=found[box.desk])
            lobby.open_window(desk=box.desk, by=SYSTEM)
    return [(desk, one.id, one.name, FIRST_BRANCH) for desk, one in found.items()]


def _teller(at: int) -> tuple[int, Actor]:
    person = people.add_staff(
        number=f"{FIRST_NUMBER + at}", name_zh=f"柜员{at}", branch=FIRST_BRANCH, by=SYSTEM
    ).person
    people.assign_role(person=person.id, role=Role.TELLER, branch=FIRST_BRANCH, by=SYSTEM)
    people.grant_qualification(person=person.id, kind="anti_counterfeit", evidence="bench", by=SYSTEM)
    desk = org.add_desk(
        branch=FIRST_BRANCH, number=f"{at + 1:02d}", name_zh="柜台", name_en="Desk", equipment=EQUIPMENT,
        by=SYSTEM,
    ).id  # fmt: skip
    who = Actor(ActorKind.PERSON, person.id, person.name, FIRST_BRANCH, desk)
    org.claim_desk(desk=desk, by=who)
    return desk, who
