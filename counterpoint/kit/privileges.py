"""What the running product may do to its own tables: least privilege, kept by the server.

The product connects as the owner only to migrate. Everything else runs as ``APP_ROLE``, which may
add to an append-only table and read it, and nothing more; a trigger stops the owner as well.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, migrations

APP_ROLE = "counterpoint_app"

GUARD = """
CREATE OR REPLACE FUNCTION kit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not possible: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def append_only(table: str) -> migrations.RunSQL:
    """A migration step that lets rows of ``table`` be added and nothing else."""
    trigger = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kit_append_only()"
    )
    return migrations.RunSQL(
        # Rooms are migrated in any order, so each brings the function with it.
        [GUARD, trigger],
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


def grant(using: str, **_: Any) -> None:
    """Make the role when it is missing and give it exactly its rights. Runs after every migrate."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
            if not row or not row[0]:
                raise ImproperlyConfigured(
                    f"The role {APP_ROLE} is missing and this user may not create it. Ask for: "
                    f"CREATE ROLE {APP_ROLE} NOLOGIN; GRANT {APP_ROLE} TO CURRENT_USER;"
                )
            cursor.execute(f"CREATE ROLE {APP_ROLE} NOLOGIN")
        cursor.execute(
            "SELECT pg_has_role(current_user, %s, 'MEMBER')"
            " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
            [APP_ROLE],
        )
        member = cursor.fetchone()
        if member and not member[0]:
            cursor.execute(f"GRANT {APP_ROLE} TO CURRENT_USER")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        # A room may be migrated alone, before the tables of the others are there.
        present = set(connections[using].introspection.table_names(cursor))
        for model in apps.get_models():
            if getattr(model, "append_only", False) and model._meta.db_table in present:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {model._meta.db_table} FROM {APP_ROLE}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}")
