"""What states, reasons and fields are called on screens, with the meaning and the icon of each state."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.visits.data import Channel, DraftSource, HandOffState, HelpState, ParkReason, VisitState

#: Why people come 来访事由. The expected time of a service asks for these words.
REASONS: dict[str, Promise] = {
    "cash": pgettext_lazy("reason of a visit", "Cash"),
    "transfer": pgettext_lazy("reason of a visit", "Transfer"),
    "account": pgettext_lazy("reason of a visit", "Account or card"),
    "query": pgettext_lazy("reason of a visit", "Enquiry"),
    "loan": pgettext_lazy("reason of a visit", "Loan"),
    "other": pgettext_lazy("reason of a visit", "Something else"),
}

#: Words, meaning, icon.
VISIT_STATES: dict[VisitState, tuple[Promise, str, str]] = {
    VisitState.WAITING: (pgettext_lazy("visit", "waiting"), "attention", "hourglass"),
    VisitState.SERVING: (pgettext_lazy("visit", "being served"), "accent", "user-check"),
    VisitState.PARKED: (pgettext_lazy("visit", "parked"), "neutral", "player-pause"),
    VisitState.HANDED: (pgettext_lazy("visit", "handed on"), "information", "send"),
    VisitState.ENDED: (pgettext_lazy("visit", "ended"), "success", "circle-check"),
}

HAND_OFF_STATES: dict[HandOffState, tuple[Promise, str, str]] = {
    HandOffState.OPEN: (pgettext_lazy("hand-off", "waits to be accepted"), "attention", "hourglass"),
    HandOffState.ACCEPTED: (pgettext_lazy("hand-off", "accepted"), "success", "check"),
    HandOffState.RETURNED: (pgettext_lazy("hand-off", "returned"), "attention", "arrow-back-up"),
    HandOffState.LAPSED: (pgettext_lazy("hand-off", "not accepted in time"), "attention", "clock"),
    HandOffState.WITHDRAWN: (pgettext_lazy("hand-off", "taken back"), "neutral", "x"),
}

HELP_STATES: dict[HelpState, tuple[Promise, str, str]] = {
    HelpState.CALLED: (pgettext_lazy("help", "called"), "attention", "lifebuoy"),
    HelpState.JOINED: (pgettext_lazy("help", "a colleague is there"), "information", "eye"),
    HelpState.ENDED: (pgettext_lazy("help", "done"), "success", "circle-check"),
    HelpState.WITHDRAWN: (pgettext_lazy("help", "withdrawn"), "neutral", "x"),
}

PARK_REASONS: dict[ParkReason, Promise] = {
    ParkReason.MISSING_PAPER: _("A paper is missing"),
    ParkReason.DECISION: _("A decision is awaited"),
    ParkReason.CUSTOMER_AWAY: _("The customer stepped away"),
    ParkReason.OTHER: pgettext_lazy("reason to park a visit", "Another reason"),
}

#: Papers that customers most often have to fetch. What is kept is the key.
MISSING_PAPERS: dict[str, Promise] = {
    "id_card": _("Identity document"),
    "household": _("Household register"),
    "passbook": _("Passbook or card"),
    "marriage": _("Marriage certificate"),
    "authority": _("Letter of authority"),
    "licence": _("Business licence"),
    "income": _("Proof of income"),
    "address": _("Proof of address"),
}

CHANNELS: dict[Channel, Promise] = {
    Channel.COUNTER: pgettext_lazy("channel of a visit", "at the counter"),
    Channel.LOBBY: pgettext_lazy("channel of a visit", "in the lobby"),
    Channel.APPOINTMENT: pgettext_lazy("channel of a visit", "by appointment"),
    Channel.PHONE: pgettext_lazy("channel of a visit", "by phone"),
}

SOURCES: dict[DraftSource, Promise] = {
    DraftSource.TELLER: pgettext_lazy("source of a draft", "typed at the counter"),
    DraftSource.LOBBY: pgettext_lazy("source of a draft", "filled in in the lobby"),
    DraftSource.CUSTOMER: pgettext_lazy("source of a draft", "filled in by the customer"),
}


def reason(code: str) -> str:
    """A reason in words; one that is no code was written by hand and stays as it is."""
    return str(REASONS.get(code, code))


def parked_for(code: str) -> str:
    """What a parked visit waits for, in words."""
    try:
        return str(PARK_REASONS[ParkReason(code)])
    except ValueError:
        return code


def missing_paper(code: str) -> str:
    return str(MISSING_PAPERS.get(code, code))
