"""Words for vouchers, seals and hand-overs, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data_vouchers import (
    CountMoment,
    HandOverState,
    Part,
    SealKind,
    VoucherAct,
    VoucherState,
)

#: State → words, meaning, icon of its badge.
STATES: dict[VoucherState, tuple[StrOrPromise, str, str]] = {
    VoucherState.HELD: (pgettext_lazy("voucher", "In stock"), "success", "archive"),
    VoucherState.SKIPPED: (pgettext_lazy("voucher", "Skipped"), "attention", "chevron-down"),
    VoucherState.USED: (pgettext_lazy("voucher", "Used"), "neutral", "check"),
    VoucherState.VOID: (pgettext_lazy("voucher", "Void"), "danger", "ban"),
    VoucherState.LOST: (pgettext_lazy("voucher", "Lost"), "danger", "alert-triangle"),
    VoucherState.RETURNED: (pgettext_lazy("voucher", "Handed in"), "neutral", "arrow-up-right"),
    VoucherState.DESTROYED: (pgettext_lazy("voucher", "Destroyed"), "neutral", "trash"),
}

ACTS: dict[VoucherAct, StrOrPromise] = {
    VoucherAct.RECEIVE: pgettext_lazy("voucher act", "Receive"),
    VoucherAct.MOVE: pgettext_lazy("voucher act", "Move"),
    VoucherAct.USE: pgettext_lazy("voucher act", "Use"),
    VoucherAct.SKIP: pgettext_lazy("voucher act", "Skip"),
    VoucherAct.RESTORE: pgettext_lazy("voucher act", "Put back"),
    VoucherAct.VOID: pgettext_lazy("voucher act", "Make void"),
    VoucherAct.LOSE: pgettext_lazy("voucher act", "Report lost"),
    VoucherAct.FIND: pgettext_lazy("voucher act", "Found again"),
    VoucherAct.RETURN: pgettext_lazy("voucher act", "Hand in"),
    VoucherAct.DESTROY: pgettext_lazy("voucher act", "Destroy"),
}

MOMENTS: dict[CountMoment, StrOrPromise] = {
    CountMoment.START: _("Start of day"),
    CountMoment.MID: _("During the day"),
    CountMoment.END: _("End of day"),
}

SEAL_KINDS: dict[SealKind, tuple[StrOrPromise, str]] = {
    SealKind.SEAL: (_("Seal"), "rubber-stamp"),
    SealKind.KEY: (_("Key"), "key"),
    SealKind.CODE_MACHINE: (_("Code machine"), "calculator"),
    SealKind.COMBINATION: (_("Combination"), "lock"),
}

PARTS: dict[Part, StrOrPromise] = {
    Part.NONE: "",
    Part.SEAL: pgettext_lazy("part of three", "seal"),
    Part.CODE: pgettext_lazy("part of three", "code"),
    Part.VOUCHER: pgettext_lazy("part of three", "vouchers"),
    Part.KEY: pgettext_lazy("part of three", "key"),
    Part.COMBINATION: pgettext_lazy("part of three", "combination"),
}

HAND_OVER_STATES: dict[HandOverState, tuple[StrOrPromise, str, str]] = {
    HandOverState.PROPOSED: (_("Awaiting the receiver"), "attention", "hourglass"),
    HandOverState.ACCEPTED: (_("Handed over"), "success", "check"),
    HandOverState.REFUSED: (pgettext_lazy("hand-over", "Refused"), "danger", "x"),
    HandOverState.CANCELLED: (pgettext_lazy("hand-over", "Taken back"), "neutral", "arrow-back-up"),
}
