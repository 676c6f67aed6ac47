"""Who may open the desk and the board."""

from counterpoint.people.data import Duty
from counterpoint.people.services import has_duty, signed_in

at_the_counter = has_duty(Duty.CASH)
watches_the_branch = has_duty(Duty.BOARD)

__all__ = ["at_the_counter", "signed_in", "watches_the_branch"]
