"""Names of kinds of boxes, of stops and of states against limits, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data import BoxKind, LimitState, Stop

KINDS: dict[BoxKind, StrOrPromise] = {
    BoxKind.VAULT: _("Vault"),
    BoxKind.TELLER: _("Teller's box"),
    BoxKind.RECYCLER: _("Machine cassette"),
}
STOPS: dict[Stop, tuple[StrOrPromise, str, str]] = {
    Stop.PAUSED: (_("paused"), "attention", "player-pause"),
    Stop.FROZEN: (_("frozen"), "danger", "snowflake"),
}
LIMIT_STATES: dict[LimitState, tuple[StrOrPromise, str]] = {
    LimitState.WITHIN: (_("within limits"), "success"),
    LimitState.OVER: (_("over the limit"), "attention"),
    LimitState.HARD: (_("over the hard limit"), "danger"),
}
