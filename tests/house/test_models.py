"""Tables: keys point downward, who and when go together, and append-only is kept by the server."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.house.source import ROOMS, none

HEIGHT = {room: len(ROOMS) - place for place, room in enumerate(ROOMS)}


def ours():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in HEIGHT]


def test_a_foreign_key_points_into_its_own_room_or_downward():
    found = []
    for model in ours():
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and field.concrete else None
            if target is None or target._meta.app_label not in HEIGHT:
                continue
            if HEIGHT[target._meta.app_label] > HEIGHT[model._meta.app_label]:
                found.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    none(found)


def test_a_foreign_key_to_another_room_has_no_reverse_name():
    found = []
    for model in ours():
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            target = field.related_model if field.is_relation else None
            if target is None or target._meta.app_label not in HEIGHT or model._meta.auto_created:
                continue
            if target._meta.app_label != model._meta.app_label and not field.remote_field.hidden:
                found.append(f"{model._meta.label}.{field.name}")
    none(found, 'say related_name="+": the lower room must not know the upper one')


def _fields_of(check):
    """Names of the fields that a constraint's condition mentions."""
    if isinstance(check, tuple):
        return {check[0].partition("__")[0]}
    if isinstance(check, models.F):
        return {check.name}
    parts = getattr(check, "children", None)
    if parts is None:
        parts = check.get_source_expressions() if hasattr(check, "get_source_expressions") else []
    return set().union(*(_fields_of(part) for part in parts)) if parts else set()


def test_who_and_when_are_set_together_or_not_at_all():
    """An ``x_by`` has its ``x_at`` (or plain ``x``); where they may be empty, a constraint ties both."""
    found = []
    for model in ours():
        fields = {field.name: field for field in model._meta.local_fields}
        for name, who in fields.items():
            if not name.endswith("_by"):
                continue
            stem = name.removesuffix("_by")
            when = fields.get(f"{stem}_at", fields.get(stem))
            if when is None:
                found.append(f"{model._meta.label}.{name} has no {stem}_at")
            elif who.null or when.null:
                tied = any(
                    {name, when.name} <= _fields_of(constraint.condition)
                    for constraint in model._meta.constraints
                    if isinstance(constraint, models.CheckConstraint)
                )
                if not tied:
                    found.append(f"{model._meta.label}: no constraint ties {name} and {when.name}")
    none(found)


def test_the_fields_of_a_constraint_are_recognised():
    both = models.Q(closed_by=None, closed_at=None) | models.Q(
        closed_by__isnull=False, closed_at__isnull=False
    )
    assert _fields_of(both) == {"closed_by", "closed_at"}


def test_every_unique_key_has_no_hole():
    """A unique key over a column that may be NULL guards nothing, unless it says what NULL means."""
    found = []
    for model in ours():
        fields = {field.name: field for field in model._meta.local_fields}
        for constraint in model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or constraint.condition is not None:
                continue
            empty = [name for name in constraint.fields if fields[name].null]
            if empty and constraint.nulls_distinct is None:
                found.append(f"{model._meta.label} {constraint.name}: {', '.join(empty)}")
    none(found)


def append_only():
    return [model for model in ours() if getattr(model, "append_only", False)]


def test_the_journal_is_append_only():
    assert {"kit_event", "kit_block"} <= {model._meta.db_table for model in append_only()}


@pytest.mark.django_db
def test_every_append_only_table_has_its_trigger():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'kit_append_only' AND t.tgenabled = 'O'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    assert {model._meta.db_table for model in append_only()} - guarded == set()
    marked = {model._meta.db_table for model in append_only()}
    assert guarded - marked == set(), "the trigger is there, but the model does not say append_only"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "answer"), [("counterpoint_app", "permission denied"), ("NONE", "only added")]
)
def test_neither_the_product_nor_the_owner_can_change_an_append_only_table(role, answer):
    found = []
    for model in append_only():
        table, column = model._meta.db_table, model._meta.local_concrete_fields[0].column
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            said = _refusal(role, statement)
            if answer not in said:
                found.append(f"{statement} as {role}: {said or 'done'}")
    none(found)


def _refusal(role, statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


@pytest.mark.django_db
def test_the_product_owns_no_table_and_may_not_migrate():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'counterpoint_app'"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles"
            " WHERE rolname = 'counterpoint_app'"
        )
        assert cursor.fetchall() == [(False, False, False, False)]
        cursor.execute("SET LOCAL ROLE counterpoint_app")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("CREATE TABLE sneaky (id int)")
