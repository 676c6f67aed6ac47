from pathlib import Path

import pytest
from django.db import connection

from counterpoint.kit import states
from counterpoint.ledger import rules
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import HoldKind
from counterpoint.ledger.tests.books import TELLER, branch, customer, deposit, findings

ROOT = Path(__file__).resolve().parents[3]

# Each line alters one row as a superuser could; the finding must name the place.
ALTERED = [
    ("UPDATE ledger_account SET balance = balance + 1 WHERE id = {mine}", "ledger.balance", "row {mine}"),
    ("UPDATE ledger_account SET version = version + 1 WHERE id = {mine}", "ledger.version", "row {mine}"),
    ("UPDATE ledger_account SET held = held + 1 WHERE id = {mine}", "ledger.held", "row {mine}"),
    ("UPDATE ledger_account SET status = 'frozen' WHERE id = {mine}", "ledger.status", "row {mine}"),
    ("UPDATE ledger_account SET status = 'closed' WHERE id = {mine}", "ledger.closed", "row {mine}"),
    ("UPDATE ledger_account SET floor = 10000 WHERE id = {mine}", "ledger.floor", "row {mine}"),
    ("UPDATE ledger_account SET sign = -sign WHERE id = {mine}", "ledger.trial_balance", "ledger_account"),
    (
        "UPDATE ledger_leg SET amount = amount - 1 WHERE account_id = {mine} AND version = 1",
        "ledger.leg",
        "row {mine}",
    ),
    (
        "UPDATE ledger_leg SET balance = 7 WHERE account_id = {mine} AND version = 1",
        "ledger.leg_balance",
        "row {mine}",
    ),
    ("DELETE FROM ledger_leg WHERE account_id = {mine} AND version = 1", "ledger.leg", "row {mine}"),
    ("DELETE FROM ledger_leg WHERE account_id = {mine} AND version = 2", "ledger.version", "row {mine}"),
    (
        "UPDATE kit_event SET data = jsonb_set(data, '{{legs,0,1}}', '9') WHERE id = {entry}",
        "ledger.unbalanced",
        "event {entry}",
    ),
    ("DELETE FROM ledger_hold WHERE account_id = {mine}", "ledger.held", "row {mine}"),
    ("UPDATE ledger_reversal SET original = {entry}", "ledger.reversal", "ledger_reversal"),
    ("DELETE FROM ledger_reversal", "ledger.reversal", "event {back}"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("sql", "code", "place"), ALTERED)
def test_an_altered_row_is_found_and_its_place_is_named(sql: str, code: str, place: str) -> None:
    at = branch()
    mine = customer(at).id
    names = {"mine": mine, "entry": deposit(at, mine, 100).entry}
    deposit(at, mine, 50)
    wrong = deposit(at, mine, 5).entry
    names["back"] = ledger.reverse(
        entry=wrong, key=_key(), kind=ledger.reversible(entry=wrong)[0], reason="-", by=TELLER
    ).entry
    ledger.place_hold(
        account=mine, kind=HoldKind.AMOUNT, amount=5, authority="bank", instrument="1", by=TELLER
    )
    assert findings() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql.format(**names))
        assert cursor.rowcount == 1
        cursor.execute("SET session_replication_role = origin")
    found = findings()
    assert any(line.startswith(code + " ") and place.format(**names) in line for line in found), found


def _key() -> object:
    from counterpoint.kit.keys import new_key

    return new_key()


def test_the_checks_of_the_ledger_are_run_by_verify() -> None:
    from counterpoint.kit.verifier import CHECKS

    assert {"ledger: balances", "ledger: trial balance", "ledger: reversals"} <= set(CHECKS)


def test_the_picture_of_the_statuses_is_the_tables() -> None:
    assert (ROOT / "docs" / "states" / "account.md").read_text("utf-8") == states.document(rules.ACCOUNT)


def test_a_machine_with_a_missing_or_double_state_is_refused() -> None:
    one, two = states.State("a", "a"), states.State("b", "b")
    with pytest.raises(ValueError, match="missing"):
        states.Machine("x", "x", (one,), "a", (states.Move("a", "b", "-"),))
    with pytest.raises(ValueError, match="twice"):
        states.Machine("x", "x", (one, two), "a", (states.Move("a", "b", "-"),) * 2)


def test_stale_pictures_are_named_and_written(tmp_path: Path) -> None:
    assert "account" in states.write(tmp_path, check=True)
    assert not (tmp_path / "account.md").exists()
    states.write(tmp_path)
    assert states.write(tmp_path, check=True) == []
