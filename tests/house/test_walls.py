"""The walls between rooms: import-linter's contracts hold, and they would notice."""

import configparser
import subprocess
import sys

import grimp
import pytest

from tests.house.front_door import FrontDoor
from tests.house.source import ROOMS, ROOT


def test_every_contract_is_kept():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_no_contract_has_an_exception():
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".importlinter")
    for name in settings.sections():
        assert not {"ignore_imports", "exhaustive_ignores"} & set(settings[name]), name


def test_the_contracts_list_every_room():
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".importlinter")
    listed = settings["importlinter:contract:rooms"]["layers"].split()
    assert listed == ["site", *ROOMS]
    inside = settings["importlinter:contract:inside"]["containers"].split()
    assert inside == [f"counterpoint.{room}" for room in ROOMS if room != "kit"]


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("counterpoint.teller.services", "counterpoint.ledger.services", True),
        ("counterpoint.teller.services", "counterpoint.ledger.data", True),
        ("counterpoint.ledger.services", "counterpoint.ledger.models", True),
        ("counterpoint.teller.services", "counterpoint.kit.money", True),
        ("counterpoint.site.urls", "counterpoint.ledger.api", True),
        ("counterpoint.teller.services", "counterpoint.ledger.models", False),
        ("counterpoint.teller.services", "counterpoint.ledger.services.accounts", False),
        ("counterpoint.teller.tests.test_services", "counterpoint.ledger.models", False),
        ("counterpoint.site.cli", "counterpoint.ledger.models", False),
        ("demo.branch", "counterpoint.ledger.queries", False),
        ("demo.branch", "counterpoint.ledger.services", True),
    ],
)
def test_the_front_door_lets_in_what_it_should(importer, imported, allowed):
    graph = grimp.ImportGraph()
    for module in (importer, imported):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported, line_number=7, line_contents="import")
    contract = FrontDoor(
        name="front door", session_options={}, contract_options={
            "package": "counterpoint", "open": ["kit"], "assembly": "site"
        },
    )  # fmt: skip
    check = contract.check(graph, verbose=False)
    assert check.kept is allowed
    assert check.metadata["found"] == ([] if allowed else [(importer, imported, [7])])
