"""Who may open the counter's pages. Each operation asks for its own duty again when it is quoted."""

from __future__ import annotations

from counterpoint.people.data import Duty
from counterpoint.people.services import has_any

at_the_counter = has_any(
    Duty.CASH, Duty.ACCOUNTS, Duty.TRANSFER, Duty.HOLDS, Duty.REVERSAL, Duty.CUSTOMER_VIEW
)
