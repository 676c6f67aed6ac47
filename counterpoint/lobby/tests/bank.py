"""The lobby of the demo branch, in a world of tests: three windows, their tills, a lobby manager."""

from datetime import timedelta
from types import SimpleNamespace

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketChannel
from counterpoint.org import services as org
from counterpoint.vault.tests import bank as vault_bank

BRANCH, OTHER = 3, 4
KIOSK = lobby.self_service(BRANCH)
