"""A superuser alters the books with the guards off; verify finds each alteration and names its place."""

import pytest
from django.db import connection

from counterpoint.kit import sealer
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.ledger.tests import books

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(settings, tmp_path):
    """A branch with two accounts and three entries, sealed and sound."""
    settings.DATA = tmp_path
    branch = books.branch()
    one, other = books.customer(branch).id, books.customer(branch).id
    entries = [
        books.deposit(branch, one, 10_000).entry,
        books.move(branch, one, other, 4_000).entry,
        books.withdraw(branch, other, 1_500).entry,
    ]
    sealer.seal_once()
    report = sealer.examine()
    assert report.ok, report.findings
    assert report.entries == 3
    yield {"branch": branch, "one": one, "other": other, "entries": entries}
    stop_engine()


def tamper(statement, *arguments):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(statement, arguments)
            assert cursor.rowcount
        finally:
            cursor.execute("SET session_replication_role = origin")


def places():
    return [(f.code, f.table, f.row, f.event, f.columns) for f in sealer.examine().findings]


def test_an_altered_balance_is_found(scene):
    tamper("UPDATE ledger_account SET balance = balance + 100 WHERE id = %s", scene["one"])
    found = places()
    assert ("ledger.balance", "ledger_account", scene["one"], None, ("balance",)) in found


def test_an_altered_leg_is_found(scene):
    entry = scene["entries"][1]
    tamper(
        "UPDATE ledger_leg SET amount = amount + 100 WHERE entry_id = %s AND account_id = %s",
        entry,
        scene["one"],
    )
    found = [(code, table, row, event) for code, table, row, event, _ in places()]
    assert ("ledger.leg", "ledger_leg", scene["one"], entry) in found


def test_a_deleted_leg_is_found(scene):
    entry = scene["entries"][2]
    tamper("DELETE FROM ledger_leg WHERE entry_id = %s AND account_id = %s", entry, scene["other"])
    found = [(code, table, row, event) for code, table, row, event, _ in places()]
    assert ("ledger.leg", "ledger_leg", scene["other"], entry) in found


def test_leg_balance_and_entry_altered_to_fit_each_other_are_found_by_the_seal(scene):
    """Whoever makes every sum fit still cannot make the sealed row fit."""
    entry, other = scene["entries"][1], scene["entries"][0]
    tamper("UPDATE kit_event SET data = data || jsonb_build_object('summary', 'x') WHERE id = %s", entry)
    tamper("UPDATE kit_event SET actor = 'person:99' WHERE id = %s", other)
    found = places()
    assert ("event.altered", "kit_event", None, entry, ("data",)) in found
    assert ("event.altered", "kit_event", None, other, ("actor",)) in found


def test_an_entry_deleted_with_its_legs_is_found(scene):
    entry = scene["entries"][2]
    tamper("DELETE FROM ledger_leg WHERE entry_id = %s", entry)
    tamper("DELETE FROM kit_event WHERE id = %s", entry)
    assert ("event.deleted", "kit_event", None, entry, ()) in places()


def test_an_entry_made_unreadable_is_found_and_does_not_stop_the_verification(scene):
    entry = scene["entries"][0]
    tamper("""UPDATE kit_event SET data = '{"legs": [["x", "y", "z", "w"]]}' WHERE id = %s""", entry)
    found = places()
    assert ("event.altered", "kit_event", None, entry, ("data",)) in found
    assert "check.failed" in [code for code, *_ in found]


def test_a_freeze_lifted_by_hand_is_found(scene):
    tamper("UPDATE ledger_account SET held = 500 WHERE id = %s", scene["one"])
    assert ("ledger.held", "ledger_account", scene["one"], None, ("held",)) in places()
