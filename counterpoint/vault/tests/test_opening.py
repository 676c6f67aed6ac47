"""What the opened day still wants: the vault opened by somebody today, and every box in a hand counted."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.org.data import Phase
from counterpoint.vault import services as vault
from counterpoint.vault.data import CountMoment
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def wanted():
    day = org.business_day(BRANCH).date
    gates = org.check_gates(branch=BRANCH, date=day, phase=Phase.OPEN)
    assert not any(gate.blocking for gate in gates)
    return {gate.key: [one.link for one in gate.findings] for gate in gates}


def test_the_vault_is_wanted_until_somebody_opened_it_today(bank):
    assert wanted()["vault.opened"] == [f"/vault/boxes/{bank.safe}/"]
    vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
    assert wanted()["vault.opened"] == []


def test_each_box_in_a_hand_is_counted_and_links_to_its_count(bank):
    assert len(wanted()["vault.counted_first"]) == 2
    held = {face: {"loose": n} for face, n in vault.box(bank.mine).faces.items() if n}
    vault.count_box(box=bank.mine, moment=CountMoment.START, typed=held, by=bank.wang)
    assert wanted()["vault.counted_first"] == [f"/vault/counts/{bank.other}/new/?moment=start"]
    vault.release_box(box=bank.other, by=bank.li)
    assert wanted()["vault.counted_first"] == []
