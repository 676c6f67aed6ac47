"""Names of counts, causes and endings of differences, and states of checks, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data_cash import CheckState, DifferenceState
from counterpoint.vault.data_counts import Cause, PieceUnit, Resolution
from counterpoint.vault.data_vouchers import CountMoment

MOMENTS: dict[CountMoment, StrOrPromise] = {
    CountMoment.START: _("Start of the day"),
    CountMoment.MID: _("During the day"),
    CountMoment.END: _("End of the day"),
    CountMoment.SURPRISE: _("Surprise check"),
}
UNITS: dict[PieceUnit, StrOrPromise] = {
    PieceUnit.BUNDLES: _("Bundles"),
    PieceUnit.STRAPS: _("Straps"),
    PieceUnit.ROLLS: _("Rolls"),
    PieceUnit.LOOSE: _("Loose"),
}
DIFFERENCE_STATES: dict[DifferenceState, tuple[StrOrPromise, str]] = {
    DifferenceState.OPEN: (_("being searched"), "attention"),
    DifferenceState.EXPLAINED: (_("explained"), "information"),
    DifferenceState.RESOLVED: (_("resolved"), "success"),
}
CHECK_STATES: dict[CheckState, tuple[StrOrPromise, str]] = {
    CheckState.PLANNED: (_("planned"), "information"),
    CheckState.STARTED: (_("box frozen"), "attention"),
    CheckState.FINISHED: (_("finished"), "success"),
    CheckState.CANCELLED: (_("cancelled"), "neutral"),
}
CAUSES: dict[Cause, StrOrPromise] = {
    Cause.TRANSPOSED: _("Two digits changed places"),
    Cause.MIRROR: _("The opposite difference in another box"),
    Cause.DOUBLED: _("Booked once too often"),
    Cause.MISSING: _("Done and not booked"),
    Cause.WRONG_SIDE: _("Booked on the wrong side"),
    Cause.UNIT: _("A bundle counted by another unit"),
    Cause.FACE: _("One face taken for another"),
    Cause.EXCHANGED: _("Notes changed and not booked"),
    Cause.ZEROS: _("A zero too many or too few"),
    Cause.CUSTOMER: _("Paid wrongly to or by a customer"),
    Cause.OTHER: _("Something else"),
}
RESOLUTIONS: dict[Resolution, StrOrPromise] = {
    Resolution.FOUND: _("Found again"),
    Resolution.RETURNED: _("Returned to the customer"),
    Resolution.MADE_GOOD: _("Made good by who answers for it"),
    Resolution.INCOME: _("To non-operating income"),
    Resolution.EXPENSE: _("To non-operating expense"),
}
