"""Approvals at the maker's desk: who may, what for, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from counterpoint.approvals import rules
from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import (
    ApprovalExpired,
    ApprovalUsed,
    MakerApproves,
    PayloadAltered,
    RekeyDiffers,
    UnknownApproval,
)
from counterpoint.approvals.models import Approval, ApprovalUse
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, AlreadyDone, NotAllowed
from counterpoint.kit.keys import new_key

from .conftest import AT_BRANCH, HASH, MAKER, SUPERVISOR, matter


def grant(who, by=SUPERVISOR, maker=MAKER, payload_hash=HASH, need=AT_BRANCH, **more):
    made = matter(who, maker=maker, payload_hash=payload_hash, need=need)
    return approvals.grant(matter=made, by=who[by], **more)


def use(approval, payload_hash=HASH, branch=3):
    return approvals.consume(approval=approval.id, payload_hash=payload_hash, branch=branch, key=new_key())


def test_a_supervisor_approves_and_it_is_used_once(who):
    made = grant(who)
    assert [one.id for one in approvals.approvals_for(payload_hash=HASH)] == [made.id]
    use(made)
    assert approvals.approvals_for(payload_hash=HASH) == []
    assert approvals.approval(made.id).used
    with pytest.raises(ApprovalUsed):
        use(made)


def test_the_maker_never_approves_whatever_the_rights(who):
    get_user_model().objects.filter(username=SUPERVISOR).update(is_superuser=True)
    with pytest.raises(MakerApproves):
        grant(who, maker=SUPERVISOR)
    assert not Approval.objects.exists()


def test_the_database_itself_knows_no_maker_who_approves(who):
    maker = who[MAKER].id
    row = {"branch_id": 3, "payload_hash": HASH, "payload": {}, "duty": "authorize", "rule_key": "r"}
    row |= {"rule_version": 1, "reason": "", "expires": clock.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(maker_id=maker, approver_id=maker, **row)


def test_only_a_person_approves(who):
    with pytest.raises(NotAllowed):
        approvals.grant(matter=matter(who), by=SYSTEM)


def test_the_duty_is_needed_at_that_branch(who):
    with pytest.raises(NotAllowed):
        grant(who, by="080102")
    elsewhere = matter(who, branch=4)
    with pytest.raises(NotAllowed):
        approvals.grant(matter=elsewhere, by=replace(who[SUPERVISOR], branch=4))


def test_another_payload_and_another_branch_are_refused(who):
    made = grant(who)
    with pytest.raises(PayloadAltered):
        use(made, payload_hash="b" * 64)
    with pytest.raises(UnknownApproval):
        use(made, branch=4)
    assert not ApprovalUse.objects.exists()


def test_it_expires(who, monkeypatch):
    made = grant(who)
    later = clock.now() + rules.LIFETIME
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(ApprovalExpired):
        use(made)
    assert approvals.approvals_for(payload_hash=HASH) == []


def test_it_never_lives_longer_than_its_quote(who):
    soon = clock.now() + timedelta(minutes=1)
    assert grant(who, expires=soon).expires == soon


def test_one_person_counts_once(who):
    grant(who)
    with pytest.raises(AlreadyDone):
        grant(who)


def test_what_has_to_be_typed_again_has_to_be_right(who):
    need = replace(AT_BRANCH, rekey=("amount",))
    for typed in ({}, {"amount": "50000.01"}, {"amount": "5000000"}):
        with pytest.raises(RekeyDiffers):
            grant(who, need=need, rekey=typed)
    assert grant(who, need=need, rekey={"amount": "50,000"})


def test_the_database_itself_refuses_a_second_use(who):
    made = grant(who)
    use(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalUse.objects.create(approval_id=made.id, key=new_key())
