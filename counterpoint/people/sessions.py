"""The session engine: a row a browser, that knows its person, its last activity and its lock."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's database sessions over ``LoginSession``; ``row`` is the row as it was loaded."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from counterpoint.people.models import LoginSession

        return LoginSession

    def _get_session_from_db(self) -> Any:
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        instance: Any = super().create_model_instance(data)
        person = data.get(SESSION_KEY)
        instance.person_id = int(person) if person else None
        return instance
