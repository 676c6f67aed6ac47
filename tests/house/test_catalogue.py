"""Every verb is in the catalogue of events, and the written catalogue is the true one."""

from counterpoint.site import catalogue
from tests.house.source import none


def test_the_written_catalogue_is_up_to_date():
    catalogue.load()
    assert catalogue.DOCUMENT.read_text() == catalogue.document(), (
        "docs/events.md is stale: run  python -m counterpoint.site.catalogue"
    )


def test_a_verb_bears_the_name_of_its_room():
    catalogue.load()
    none(
        [
            f"{entry.name} lives in {entry.where}"
            for entry in catalogue.entries()
            if not entry.where.startswith(f"counterpoint.{entry.name.partition('.')[0]}.")
        ]
    )


def test_a_verb_says_what_happens():
    catalogue.load()
    none([entry.name for entry in catalogue.entries() if len(entry.summary) < 8])
