"""Every verb is in the catalogue of events, and the written catalogue is the true one."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from counterpoint.site import catalogue
from tests.house.source import none

# In a process of its own: other tests declare verbs, and the demo's, which are nobody's room.
TELL = """
import json
import django
from dataclasses import asdict
django.setup()
from counterpoint.site import catalogue
catalogue.load()
print(json.dumps({"document": catalogue.document(), "entries": [asdict(e) for e in catalogue.entries()]}))
"""


@dataclass
class Entry:
    name: str
    summary: str
    where: str


@pytest.fixture(scope="module")
def told():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TELL], capture_output=True, text=True, timeout=120, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def entries(told):
    return [Entry(**entry) for entry in told["entries"]]


def test_the_written_catalogue_is_up_to_date(told):
    assert catalogue.DOCUMENT.read_text() == told["document"], (
        "docs/events.md is stale: run  python -m counterpoint.site.catalogue"
    )


def test_a_verb_bears_the_name_of_its_room(entries):
    assert len(entries) > 50
    none(
        [
            f"{entry.name} lives in {entry.where}"
            for entry in entries
            if not entry.where.startswith(f"counterpoint.{entry.name.partition('.')[0]}.")
        ]
    )


def test_a_verb_says_what_happens(entries):
    none([entry.name for entry in entries if len(entry.summary) < 8])
