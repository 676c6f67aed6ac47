"""Posting within a transaction: what is refused, what is repeated, what stands afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.ledger import effects
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.ledger.engine import wire
from counterpoint.ledger.models import Account
from counterpoint.ledger.models import Leg as LegRow
from counterpoint.ledger.tests import books

pytestmark = pytest.mark.django_db


class Till(effects.EffectKind):
    """Counts pieces in a table of its own; never below zero."""

    name = "test.till"

    def load(self, payloads):
        tills = sorted({p["till"] for p in payloads})
        return [
            (
                "SELECT id, pieces FROM till WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
                (tills,),
            )
        ]

    def read(self, rows, carried):
        return dict(rows[0])

    def decide(self, state, payload, posting):
        pieces = state[payload["till"]] + payload["pieces"]
        if pieces < 0:
            raise Refusal("not enough pieces")
        return payload["till"], payload["pieces"], pieces

    def fold(self, state, change):
        state[change[0]] += change[1]

    def apply(self, state):
        sql = (
            "UPDATE till AS t SET pieces = u.p"
            " FROM unnest($1::bigint[], $2::bigint[]) AS u(i, p) WHERE t.id = u.i"
        )
        return [(sql, (list(state), list(state.values())))]

    def answer(self, change):
        return {"left": change[2]}


class Purse(effects.EffectKind):
    """Keeps its pieces with an account, as the only number that it carries; never below zero."""

    name = "test.purse"

    def load(self, payloads):
        return []

    def read(self, rows, carried):
        return {account: numbers for account, (currency, numbers) in carried.items() if currency == "CNY"}

    def decide(self, state, payload, posting):
        if state[payload["account"]][0] + payload["pieces"] < 0:
            raise Refusal("not enough pieces")
        return payload

    def fold(self, state, change):
        state[change["account"]][0] += change["pieces"]

    def apply(self, state):
        return []

    def carry(self, state):
        return state


@pytest.fixture
def purse(account):
    if "test.purse" not in effects._kinds:
        effects.register_effect(Purse())
    Account.objects.filter(id=account.id).update(carried=[10])
    return lambda pieces: Effect("test.purse", {"account": account.id, "pieces": pieces})


@pytest.fixture
def till():
    if "test.till" not in effects._kinds:
        effects.register_effect(Till())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE till (id bigint PRIMARY KEY, pieces bigint NOT NULL) ON COMMIT DROP"
        )
        cursor.execute("INSERT INTO till VALUES (1, 10), (2, 0)")

    def pieces(number: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pieces FROM till WHERE id = %s", [number])
            return cursor.fetchone()[0]

    return pieces


@pytest.fixture
def branch():
    return books.branch()


@pytest.fixture
def account(branch):
    account = books.customer(branch)
    books.deposit(branch, account.id, 100_00)
    return account


@pytest.fixture
def posting(branch, account):
    return Posting(
        key=new_key(), verb=books.VERB, branch=branch, business_date=books.DAY,
        legs=(Leg(account.id, 30_00), Leg(books.cash(branch), -30_00)), by=books.TELLER,
        subject=f"account:{account.id}", summary="取款", data={"operation": "1102"},
    )  # fmt: skip


def refused(posting: Posting) -> str:
    before = Event.objects.count(), LegRow.objects.count(), list(Account.objects.order_by("id").values())
    with pytest.raises(Refusal) as refusal:
        ledger.post(posting)
    assert before == (
        Event.objects.count(),
        LegRow.objects.count(),
        list(Account.objects.order_by("id").values()),
    )
    return refusal.value.code


def test_an_entry_is_an_event_with_its_legs(posting, account, branch):
    posted = ledger.post(posting)
    event = Event.objects.get(id=posted.entry)
    cash = Account.objects.get(id=posting.legs[1].account)
    assert (event.verb, event.branch_id, event.actor, event.key) == (
        books.VERB,
        branch,
        "person:7",
        posting.key,
    )
    assert event.data["legs"] == [[account.id, 3000, 2, 70_00], [cash.id, -3000, cash.version, cash.balance]]
    assert event.data["summary"] == "取款"
    assert event.data["operation"] == "1102"
    assert posted.balances == {account.id: 70_00, cash.id: cash.balance}
    assert posted.at == event.at
    line = LegRow.objects.get(account_id=account.id, version=2)
    assert (line.entry_id, line.amount, line.balance) == (posted.entry, 30_00, 70_00)


def test_the_same_key_gives_the_first_answer_even_when_the_money_is_gone(posting, account, branch):
    first = ledger.post(posting)
    books.withdraw(branch, account.id, 70_00)
    again = ledger.post(posting)
    assert again.repeated
    assert not first.repeated
    assert (again.entry, again.balances, again.at) == (first.entry, first.balances, first.at)
    assert ledger.posted_by_key(posting.key) == again
    assert Account.objects.get(id=account.id).balance == 0


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "另"}, {"subject": "account:0"}, {"data": {"operation": "1101"}},
        {"by": Actor(ActorKind.PERSON, 8, "李娜")}, {"correlation": UUID(int=1)}, {"reverses": 5},
    ],
)  # fmt: skip
def test_a_key_with_another_payload_is_refused(posting, change):
    ledger.post(posting)
    assert refused(posting._replace(**change)) == "key_reused"


def test_no_key_no_answer():
    assert ledger.posted_by_key(new_key()) is None


def leg_cases(account: int, cash: int) -> dict[str, tuple[tuple[Leg, ...], str]]:
    return {
        "one leg": ((Leg(account, 5),), "posting_malformed"),
        "no legs": ((), "posting_malformed"),
        "unbalanced": ((Leg(account, 5), Leg(cash, -6)), "unbalanced"),
        "zero": ((Leg(account, 0), Leg(cash, 0)), "posting_malformed"),
        "a float": ((Leg(account, 5.0), Leg(cash, -5.0)), "posting_malformed"),
        "a bool": ((Leg(account, True), Leg(cash, -1)), "posting_malformed"),
        "too large": ((Leg(account, -(2**63)), Leg(cash, 2**63)), "amount_too_large"),
        "sum too large": ((Leg(account, -(2**63 - 1)), Leg(cash, 2**63 - 1)), "amount_too_large"),
        "unknown account": ((Leg(account, 5), Leg(999_999_999, -5)), "unknown_account"),
        "negative account": ((Leg(account, 5), Leg(-1, -5)), "amount_too_large"),
        "other currency": ((Leg(account, 5, "USD"), Leg(cash, -5)), "wrong_currency"),
        "too much": ((Leg(account, 100_01), Leg(cash, -100_01)), "insufficient_funds"),
        "201 legs": ((Leg(account, 200), *[Leg(cash, -1)] * 200), "posting_malformed"),
    }


@pytest.mark.parametrize("case", leg_cases(1, 2))
def test_wrong_legs_write_nothing(posting, account, case):
    legs, code = leg_cases(account.id, posting.legs[1].account)[case]
    assert refused(posting._replace(legs=legs)) == code


def test_two_currencies_need_two_balances(posting, branch, account):
    dollars = books.customer(branch, currency="USD")
    assert refused(posting._replace(legs=(Leg(account.id, 5), Leg(dollars.id, -5)))) == "unbalanced"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": "7"}, "posting_malformed"), ({"branch": 0}, "posting_malformed"),
        ({"branch": 2**31}, "posting_malformed"), ({"correlation": "7"}, "posting_malformed"),
        ({"branch": 77_777}, "date_closed"), ({"business_date": date(2026, 11, 23)}, "date_closed"),
        ({"business_date": datetime(2026, 11, 24, tzinfo=UTC)}, "posting_malformed"),
        ({"summary": "a\0b"}, "posting_malformed"), ({"summary": "字\0"}, "posting_malformed"),
        ({"summary": "长" * 501}, "posting_malformed"), ({"data": {"x": "a\0b"}}, "posting_malformed"),
        ({"data": {"x": "\ud800"}}, "posting_malformed"), ({"data": {"x": object()}}, "posting_malformed"),
        ({"data": {"legs": []}}, "posting_malformed"), ({"data": {"x": 2**70}}, "posting_malformed"),
        ({"data": {"x": "长" * 30_000}}, "posting_malformed"), ({"reverses": "5"}, "posting_malformed"),
        ({"subject": "\ud800"}, "posting_malformed"),
    ],
)  # fmt: skip
def test_a_wrong_frame_writes_nothing(posting, change, code):
    assert refused(posting._replace(**change)) == code


def test_an_undeclared_verb_is_a_programming_error(posting):
    with pytest.raises(ValueError, match="not declared"):
        ledger.post(posting._replace(verb="ledger.nobody.knows"))


@pytest.mark.parametrize(
    ("status", "out", "into"),
    [
        ("debit_frozen", "account_frozen", None), ("dormant", "account_frozen", None),
        ("frozen", "account_frozen", "account_frozen"), ("closed", "account_closed", "account_closed"),
    ],
)  # fmt: skip
def test_a_status_says_which_way_money_may_go(posting, account, status, out, into):
    Account.objects.filter(id=account.id).update(status=status)
    assert refused(posting) == out
    back = posting._replace(key=new_key(), legs=tuple(Leg(leg.account, -leg.amount) for leg in posting.legs))
    if into:
        assert refused(back) == into
    else:
        assert ledger.post(back).balances[account.id] == 130_00


def test_held_money_does_not_move(posting, account):
    Account.objects.filter(id=account.id).update(held=70_01)
    assert refused(posting) == "insufficient_funds"
    Account.objects.filter(id=account.id).update(held=70_00)
    assert ledger.post(posting).balances[account.id] == 70_00


def test_what_an_account_carries_moves_with_its_balance(posting, account, purse):
    ledger.post(posting._replace(effects=(purse(-3),)))
    moved = Account.objects.get(id=account.id)
    assert (moved.carried, moved.balance) == ([7], 70_00)
    ledger.post(
        posting._replace(key=new_key(), legs=(Leg(account.id, 1), posting.legs[1]._replace(amount=-1)))
    )
    assert Account.objects.get(id=account.id).carried == [7]
    assert refused(posting._replace(key=new_key(), effects=(purse(-8),))) == "refused"


def test_an_account_that_the_posting_does_not_move_cannot_carry_anything_else(
    posting, account, purse, branch
):
    other = books.customer(branch)
    ledger.post(posting)
    Account.objects.filter(id=other.id).update(carried=[1])
    with pytest.raises(KeyError):
        ledger.post(
            posting._replace(
                key=new_key(), effects=(Effect("test.purse", {"account": other.id, "pieces": 1}),)
            )
        )
    assert Account.objects.get(id=other.id).carried == [1]


def test_an_effect_moves_with_the_money(posting, till):
    moved = posting._replace(effects=(Effect("test.till", {"till": 1, "pieces": -3}),))
    posted = ledger.post(moved)
    assert till(1) == 7
    assert posted.data["left"] == 7
    assert Event.objects.get(id=posted.entry).data["effects"] == [["test.till", {"till": 1, "pieces": -3}]]
    assert ledger.post(moved).data["left"] == 7
    assert till(1) == 7


def test_a_refused_effect_keeps_the_money_where_it_is(posting, till):
    assert refused(posting._replace(effects=(Effect("test.till", {"till": 2, "pieces": -1}),))) == "refused"
    assert till(2) == 0


def test_two_effects_of_one_kind_see_each_other_and_fall_together(posting, till):
    both = (Effect("test.till", {"till": 1, "pieces": -6}), Effect("test.till", {"till": 1, "pieces": -6}))
    assert refused(posting._replace(effects=both)) == "refused"
    ledger.post(posting._replace(effects=(both[0], Effect("test.till", {"till": 1, "pieces": -4}))))
    assert till(1) == 0


def test_posting_within_belongs_to_the_transaction_around_it(posting, account):
    with transaction.atomic():
        assert ledger.post_within(posting).entry
        transaction.set_rollback(True)
    assert ledger.posted_by_key(posting.key) is None
    assert Account.objects.get(id=account.id).balance == 100_00


@pytest.mark.parametrize(
    "value",
    [
        [], ["a", "b"], ["account:1", "entry:22"], ["null", "x"], ["Null"], ["", "a"], ["a,b", "c"],
        ['q"', "\\"], [None, "a"], ["a", None], [None, None], ["字", " "], ["{", "}"], ["a "],
        ["-", "a-"],
    ],
)  # fmt: skip
def test_the_engines_line_sends_texts_as_they_are(value):
    with connection.cursor() as cursor:
        text, form = wire.encode(value)
        line = connection.connection.pgconn
        result = line.exec_params(b"SELECT to_json($1::text[])::text", [text], param_formats=[form])
        assert result.get_value(0, 0) is not None, result.error_message
        cursor.execute("SELECT to_json(%s::text[])::text", [value])
        assert result.get_value(0, 0).decode() == cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("bigint[]", [1, -(2**62)]), ("bigint[]", [1, None]), ("boolean[]", [True, False]),
        ("uuid[]", [UUID(int=5)]), ("bytea[]", [b"\x00\xff", b""]), ("jsonb", {"a": [1, "字"]}),
        ("date", date(2026, 1, 5)),
        ("boolean", True), ("bytea", b"\x00"), ("text", None), ("bigint[]", []), ("int[]", [None, None]),
    ],
)  # fmt: skip
def test_the_engines_line_brings_values_back(sql, value):
    with connection.cursor():
        text, form = wire.encode(value)
        wished = "to_json" if sql in ("boolean[]", "uuid[]", "bytea[]") else ""
        result = connection.connection.pgconn.exec_params(
            f"SELECT {wished}($1::{sql})".encode(), [text], param_formats=[form]
        )
        got = wire.decode(result)[0][0]
    expected = {
        "boolean[]": [True, False], "uuid[]": [str(UUID(int=5))], "bytea[]": ["\\x00ff", "\\x"],
    }.get(sql, value)  # fmt: skip
    assert got == expected
