import pytest
from django.db import DatabaseError, connection

from counterpoint.kit import verbs
from counterpoint.kit.data import SYSTEM, Told
from counterpoint.kit.models import Event
from counterpoint.kit.verbs import tell, verb

pytestmark = pytest.mark.django_db


@verb("kit.test.happened")
def happen(*, times: int, by) -> None:
    """Tell as often as asked."""
    for _ in range(times):
        tell(Told(subject="test:1", branch=7, data={"times": times}))


def test_a_verb_leaves_one_event_row_that_says_who_and_what():
    happen(times=1, by=SYSTEM)
    event = Event.objects.get(verb="kit.test.happened")
    assert (event.branch_id, event.subject, event.actor) == (7, "test:1", "system:0")
    assert event.data == {"times": 1}


@pytest.mark.parametrize("times", [0, 2])
def test_a_verb_that_does_not_tell_exactly_once_changes_nothing(times):
    with pytest.raises(RuntimeError, match="told"):
        happen(times=times, by=SYSTEM)
    assert not Event.objects.exists()


def test_a_verb_is_keyword_only_and_takes_by():
    with pytest.raises(TypeError, match="keyword-only"):
        verb("kit.test.refused")(lambda times: None)
    assert "kit.test.refused" not in verbs.CATALOGUE


@pytest.mark.parametrize(
    "statement", ["UPDATE kit_event SET verb = 'x'", "DELETE FROM kit_event", "TRUNCATE kit_event"]
)
def test_even_the_owner_cannot_change_an_event(statement):
    happen(times=1, by=SYSTEM)
    with pytest.raises(DatabaseError, match="only added"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_running_product_has_no_right_to_change_an_event():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE counterpoint_app")
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute("DELETE FROM kit_event")
