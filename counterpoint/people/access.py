"""Rules for ``@allows`` on this room's views; other rooms take them from ``people.services``."""

from counterpoint.people.services.gate import can, has_duty, recently, require_recent, signed_in

__all__ = ["can", "has_duty", "recently", "require_recent", "signed_in"]
