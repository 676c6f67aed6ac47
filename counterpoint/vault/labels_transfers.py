"""Names of the states of a transfer, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data_cash import TransferState as T

TRANSFER_STATES: dict[T, tuple[StrOrPromise, str]] = {
    T.REQUESTED: (_("requested"), "information"),
    T.ISSUED: (_("issued"), "attention"),
    T.IN_TRANSIT: (_("in transit"), "attention"),
    T.RECEIVED: (_("received"), "success"),
    T.REJECTED: (_("rejected"), "danger"),
    T.CANCELLED: (_("cancelled"), "neutral"),
}
