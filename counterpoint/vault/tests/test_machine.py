"""Any sequence of claims, transfers, postings and counts: notes and money are conserved, custody is one."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import closing_transfers, services, verify_custody
from counterpoint.vault.data import CountMoment, face_value
from counterpoint.vault.services.transfer_money import TRANSIT
from counterpoint.vault.tests.bank import BRANCH, build

VERB = "vault.test.cash"
FACES = ("10000", "5000", "100")
PEOPLE = ("wang", "li", "chen")
BOXES = ("safe", "mine", "other")

boxes = st.sampled_from(BOXES)
people = st.sampled_from(PEOPLE)
faces = st.dictionaries(st.sampled_from(FACES), st.integers(1, 400), min_size=1)


class Custodians(RuleBasedStateMachine):
    """The product beside a model that a child could keep with three purses."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        if VERB not in CATALOGUE:
            declare(VERB, summary="Cash in a test.", where=__name__)
        self.bank = build()
        self.day = org.business_day(BRANCH).date
        self.account = ledger.open_account(
            party=1, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=SYSTEM, name="张三"
        ).id
        self.number = {name: getattr(self.bank, name) for name in BOXES}
        self.stock = {name: dict(services.box(id).faces) for name, id in self.number.items()}
        self.holder = {"safe": None, "mine": "wang", "other": "li"}
        self.sent = {}
        self.astray = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def person(self, name):
        return getattr(self.bank, name)

    def refused(self, work):
        with pytest.raises(Refusal), transaction.atomic():
            work()

    def covers(self, box, notes):
        return all(self.stock[box][face] >= n for face, n in notes.items())

    def change(self, box, notes, sign):
        for face, n in notes.items():
            self.stock[box][face] += sign * n

    @rule(box=boxes, who=people)
    def claim(self, box, who):
        work = lambda: services.claim_box(  # noqa: E731
            box=self.number[box], by=self.person(who), second=self.bank.zhang
        )
        if self.holder[box] is not None or who in self.holder.values():
            self.refused(work)
        else:
            work()
            self.holder[box] = who

    @rule(box=boxes, who=people)
    def release(self, box, who):
        work = lambda: services.release_box(box=self.number[box], by=self.person(who))  # noqa: E731
        if self.holder[box] == who:
            work()
            self.holder[box] = None
        else:
            self.refused(work)

    @rule(box=boxes, notes=faces, sign=st.sampled_from([1, -1]), who=people)
    def cash(self, box, notes, sign, who):
        worth = sign * sum(face_value(face) * n for face, n in notes.items())
        payload = {
            "box": self.number[box], "faces": {face: sign * n for face, n in notes.items()},
            "person": self.person(who).id,
        }  # fmt: skip
        posting = Posting(
            key=new_key(), verb=VERB, branch=BRANCH, business_date=self.day, subject="test:1", by=SYSTEM,
            legs=(Leg(services.box(self.number[box]).account, worth), Leg(self.account, -worth)),
            effects=(Effect("vault.faces", payload),),
        )  # fmt: skip
        overdrawn = sign < 0 and -worth > -ledger.account(self.account).balance * -1
        if self.holder[box] != who or (sign < 0 and not self.covers(box, notes)) or overdrawn:
            self.refused(lambda: ledger.post_within(posting))
        else:
            ledger.post_within(posting)
            self.change(box, notes, sign)

    @rule(source=boxes, taker=boxes, notes=faces)
    def ask(self, source, taker, notes):
        by = self.person(self.holder[taker] or self.holder[source] or "wang")
        work = lambda: services.request_transfer(  # noqa: E731
            source=self.number[source], target=self.number[taker], faces=notes, by=by
        )
        if source == taker or not (self.holder[source] or self.holder[taker]):
            self.refused(work)
        else:
            self.sent[work().id] = [source, taker, notes, "requested"]

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), act=st.sampled_from(["issue", "receive", "guess", "reject", "cancel"]), who=people)
    def step(self, data, act, who):
        id = data.draw(st.sampled_from(sorted(self.sent)))
        source, target, notes, state = self.sent[id]
        by, gives, takes = self.person(who), self.holder[source] == who, self.holder[target] == who
        if act == "issue":
            work = lambda: services.issue_transfer(transfer=id, by=by, second=self.bank.zhang)  # noqa: E731
            may = state == "requested" and gives and self.covers(source, notes)
        elif act == "reject":
            work = lambda: services.reject_transfer(transfer=id, reason="torn", by=by)  # noqa: E731
            may = state == "issued" and takes
        elif act == "cancel":
            work = lambda: services.cancel_transfer(transfer=id, by=by)  # noqa: E731
            asked = services.transfer(id).requester == by.id
            may = (state == "requested" and (gives or asked)) or (state == "issued" and gives)
        else:
            typed = notes if act == "receive" else {**notes, "10000": notes.get("10000", 0) + 1}
            work = lambda: self.take_in(id, typed, by)  # noqa: E731
            may = state == "issued" and takes and act == "receive"
        if not may:
            self.refused(work)
            return
        work()
        ends = {"issue": "issued", "receive": "received", "reject": "rejected", "cancel": "cancelled"}
        if act == "issue":
            self.change(source, notes, -1)
        elif state == "issued":
            self.change(target if act == "receive" else source, notes, 1)
        self.sent[id][3] = ends[act]

    def take_in(self, id, typed, by):
        services.count_transfer(transfer=id, faces=typed, by=by)
        services.receive_transfer(transfer=id, by=by, second=self.bank.zhang)

    @rule(box=st.sampled_from(["mine", "other"]), off=st.integers(-3, 3), face=st.sampled_from(FACES))
    def count(self, box, off, face):
        """What is counted is true from then on; the difference stands on an account of its own."""
        holder = self.holder[box]
        if holder is None or self.stock[box][face] + off < 0:
            return
        there = {**self.stock[box], face: self.stock[box][face] + off}
        made = services.count_box(
            box=self.number[box], moment=CountMoment.MID, by=self.person(holder),
            typed={face: {"loose": n} for face, n in there.items() if n},
        )  # fmt: skip
        assert made.agrees == (off == 0)
        if off:
            services.open_difference(count=made.id, by=self.person(holder), approver=self.bank.zhang)
            self.stock[box] = there
            self.astray += off * face_value(face)

    @invariant()
    def notes_and_custody_are_the_models(self):
        for name, id in self.number.items():
            view = services.box(id)
            assert view.faces == self.stock[name]
            assert view.custodian == (self.person(self.holder[name]).id if self.holder[name] else None)

    @invariant()
    def money_is_conserved(self):
        assert services.faces_astray() == []
        transit = ledger.internal_account(branch=BRANCH, gl="1001", currency="CNY", label=TRANSIT)
        on_the_way = sum(
            face_value(face) * n
            for _source, _target, notes, state in self.sent.values() if state == "issued"
            for face, n in notes.items()
        )  # fmt: skip
        assert ledger.account(transit).balance == on_the_way
        assert list(verify_custody.check(connection.connection)) == []
        assert list(closing_transfers.check(connection.connection)) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_no_sequence_loses_a_note_or_gives_a_box_two_hands():
    run_state_machine_as_test(
        Custodians,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
