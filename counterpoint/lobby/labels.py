"""What states, channels and appointments are called on screens, with the meaning and icon of each state."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from counterpoint.lobby.data import (
    AppointmentState,
    PromiseBasis,
    RatingState,
    SlipState,
    SlipTrouble,
    TicketChannel,
    TicketState,
)

S = TicketState

#: Words, meaning, icon.
TICKET_STATES: dict[TicketState, tuple[Promise, str, str]] = {
    S.WAITING: (pgettext_lazy("ticket", "waiting"), "attention", "hourglass"),
    S.PREWORK: (pgettext_lazy("ticket", "fills in forms"), "information", "forms"),
    S.TRANSFERRED: (pgettext_lazy("ticket", "transferred"), "attention", "arrow-right"),
    S.RETURNED: (pgettext_lazy("ticket", "back in the line"), "attention", "arrow-back-up"),
    S.CALLED: (pgettext_lazy("ticket", "called"), "accent", "speakerphone"),
    S.RECALLED: (pgettext_lazy("ticket", "called again"), "accent", "speakerphone"),
    S.SERVING: (pgettext_lazy("ticket", "being served"), "accent", "user-check"),
    S.PARKED: (pgettext_lazy("ticket", "parked"), "neutral", "player-pause"),
    S.HANDED_OVER: (pgettext_lazy("ticket", "handed on"), "information", "send"),
    S.NO_SHOW: (pgettext_lazy("ticket", "did not come"), "neutral", "x"),
    S.LEFT: (pgettext_lazy("ticket", "left"), "neutral", "x"),
    S.SERVED: (pgettext_lazy("ticket", "served"), "success", "circle-check"),
    S.VOIDED: (pgettext_lazy("ticket", "void"), "neutral", "x"),
}

TICKET_CHANNELS: dict[TicketChannel, Promise] = {
    TicketChannel.KIOSK: pgettext_lazy("channel of a ticket", "at the kiosk"),
    TicketChannel.LOBBY: pgettext_lazy("channel of a ticket", "in the lobby"),
    TicketChannel.PHONE: pgettext_lazy("channel of a ticket", "by phone"),
    TicketChannel.APPOINTMENT: pgettext_lazy("channel of a ticket", "by appointment"),
}

APPOINTMENT_STATES: dict[AppointmentState, tuple[Promise, str, str]] = {
    AppointmentState.BOOKED: (pgettext_lazy("appointment", "booked"), "information", "clock"),
    AppointmentState.CHECKED_IN: (pgettext_lazy("appointment", "checked in"), "success", "check"),
    AppointmentState.MISSED: (pgettext_lazy("appointment", "did not come"), "neutral", "x"),
    AppointmentState.CANCELLED: (pgettext_lazy("appointment", "cancelled"), "neutral", "x"),
}

RATING_STATES: dict[RatingState, Promise] = {
    RatingState.INVITED: pgettext_lazy("rating", "not answered yet"),
    RatingState.GIVEN: pgettext_lazy("rating", "answered"),
    RatingState.SKIPPED: pgettext_lazy("rating", "passed over"),
}

#: Words, meaning, icon of a print.
SLIP_STATES: dict[SlipState, tuple[Promise, str, str]] = {
    SlipState.SENDING: (pgettext_lazy("print", "under way"), "information", "printer"),
    SlipState.PRINTED: (pgettext_lazy("print", "printed"), "success", "check"),
    SlipState.FAILED: (pgettext_lazy("print", "not printed"), "danger", "alert-triangle"),
}

SLIP_TROUBLES: dict[SlipTrouble, Promise] = {
    SlipTrouble.NO_PRINTER: pgettext_lazy("print", "this kiosk has no printer"),
    SlipTrouble.UNREACHABLE: pgettext_lazy("print", "the printer does not answer"),
    SlipTrouble.PAPER_OUT: pgettext_lazy("print", "no paper"),
    SlipTrouble.OFFLINE: pgettext_lazy("print", "the printer is off line or open"),
    SlipTrouble.CUT_OFF: pgettext_lazy("print", "the line broke under it"),
}

#: Who makes the promises, and why not the model: words, meaning, icon.
PROMISE_BASES: dict[PromiseBasis, tuple[Promise, str, str]] = {
    PromiseBasis.MODEL: (
        pgettext_lazy("promises", "learned from this branch's own waits"), "success", "check",
    ),
    PromiseBasis.NOTHING_LEARNED: (
        pgettext_lazy("promises", "made by the rule: nothing was learned here yet"), "neutral", "clock",
    ),
    PromiseBasis.OLD: (
        pgettext_lazy("promises", "made by the rule: what was learned is too old"),
        "attention", "alert-triangle",
    ),
    PromiseBasis.OTHER_ROUTING: (
        pgettext_lazy("promises", "made by the rule: the routing has changed since it was learned"),
        "attention", "alert-triangle",
    ),
    PromiseBasis.OTHER_FEATURES: (
        pgettext_lazy("promises", "made by the rule: the services have changed since it was learned"),
        "attention", "alert-triangle",
    ),
    PromiseBasis.BROKEN: (
        pgettext_lazy("promises", "made by the rule: the stored model is damaged"),
        "danger", "alert-triangle",
    ),
}  # fmt: skip
