"""Who may look at customers and who may change them."""

from __future__ import annotations

from counterpoint.people.data import Duty
from counterpoint.people.services import has_duty

may_view = has_duty(Duty.CUSTOMER_VIEW)
may_edit = has_duty(Duty.CUSTOMER_EDIT)
