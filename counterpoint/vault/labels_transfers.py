"""Names of the states and steps of a transfer, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data_cash import TransferState as T

#: Words, meaning, icon.
TRANSFER_STATES: dict[T, tuple[StrOrPromise, str, str]] = {
    T.REQUESTED: (_("requested"), "information", "send"),
    T.ISSUED: (_("issued"), "attention", "package-export"),
    T.IN_TRANSIT: (_("in transit"), "attention", "truck"),
    T.RECEIVED: (_("received"), "success", "package-import"),
    T.REJECTED: (_("rejected"), "danger", "arrow-back-up"),
    T.CANCELLED: (_("cancelled"), "neutral", "x"),
}
QUALITIES: dict[str, StrOrPromise] = {"fit": _("Fit"), "unfit": _("Unfit"), "damaged": _("Damaged")}
