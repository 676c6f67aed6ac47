"""The door of the lobby: nouns, states, views, refusals. No Django."""

from __future__ import annotations

from counterpoint.lobby.data_router import *  # noqa: F403
