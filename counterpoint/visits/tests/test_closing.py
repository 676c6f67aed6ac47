"""Open visits at the day's end and in a hand-over package: nobody is forgotten."""

import pytest

from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.visits import closing, services
from counterpoint.visits.tests.bank import BRANCH, OTHER, handed, served

pytestmark = pytest.mark.django_db


def test_open_visits_are_named_before_the_day_closes(bank):
    assert closing.open_gate(BRANCH, clock.today()) == []
    made = handed(bank)
    served(bank, by=bank.li, party=bank.other)
    parked = services.open_visit(branch=BRANCH, by=bank.chen).id
    services.serve(visit=parked, by=bank.chen)
    services.park(visit=parked, reason="other", by=bank.chen)
    services.open_visit(branch=BRANCH, by=bank.liu)
    services.open_visit(branch=OTHER, by=bank.far)
    found = closing.open_gate(BRANCH, clock.today())
    assert len(found) == 4
    assert bank.wang.name in found[0].words
    assert found[0].link.endswith(f"/{made.visit}/")
    gate = next(one for one in org.gates() if one.key == "visits.open")
    assert not gate.blocks(BRANCH, clock.today())


def test_what_a_giver_leaves_open_goes_over_with_the_package(bank):
    def package(person):
        parts = vault.package_of(person=person, branch=BRANCH)
        return [line[1] for part in parts if part["key"] == "visits" for line in part["lines"]]

    assert package(bank.wang.id) == []
    visit = served(bank)
    number = services.visit(visit).number
    assert package(bank.wang.id) == [f"Visit {number} (being served)"]
    made = services.hand_off(visit=visit, target="desk", desk=bank.li.desk, note="x", by=bank.wang)
    assert package(bank.wang.id) == [f"Visit {number} (handed on)"]
    services.return_(hand_off=made.id, words="不属本柜", by=bank.li)
    assert package(bank.wang.id) == [f"Visit {number} (waiting)"]
    services.serve(visit=visit, by=bank.li)
    services.park(visit=visit, reason="other", by=bank.li)
    assert package(bank.wang.id) == []
    assert package(bank.li.id) == [f"Visit {number} (parked)"]
