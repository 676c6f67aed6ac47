"""The verbs and reads of the lobby, for every room above."""

from counterpoint.lobby.rules.router import choose as choose
from counterpoint.lobby.rules.router import desk_for as desk_for
from counterpoint.lobby.rules.router import desks_in_order as desks_in_order
from counterpoint.lobby.rules.router import pick as pick
