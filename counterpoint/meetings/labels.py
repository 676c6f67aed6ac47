"""Names of kinds and states, with the badge's meaning and icon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.meetings.data import ActionState, ItemKind, Kind, MeetingState, Presence, Reply
from counterpoint.ui.data import Shown

KINDS: dict[Kind, Shown] = {
    Kind.MORNING: Shown(_("Morning briefing"), "accent", "sunrise"),
    Kind.EVENING: Shown(_("Evening review"), "information", "history"),
    Kind.OTHER: Shown(pgettext_lazy("meeting", "Meeting"), "neutral", "users"),
}
STATES: dict[MeetingState, Shown] = {
    MeetingState.PLANNED: Shown(pgettext_lazy("meeting", "Planned"), "neutral", "calendar"),
    MeetingState.RUNNING: Shown(pgettext_lazy("meeting", "Running"), "attention", "player-play"),
    MeetingState.FINALISED: Shown(pgettext_lazy("meeting", "Minutes final"), "success", "lock"),
    MeetingState.REOPENED: Shown(pgettext_lazy("meeting", "Minutes reopened"), "attention", "lock-open"),
    MeetingState.CANCELLED: Shown(pgettext_lazy("meeting", "Cancelled"), "danger", "ban"),
    MeetingState.REPLACED: Shown(pgettext_lazy("meeting", "Replaced"), "neutral", "arrows-exchange"),
}
ACTIONS: dict[ActionState, Shown] = {
    ActionState.OPEN: Shown(pgettext_lazy("meeting action", "Open"), "attention", "circle"),
    ActionState.DONE: Shown(pgettext_lazy("meeting action", "Done"), "success", "circle-check"),
    ActionState.DROPPED: Shown(pgettext_lazy("meeting action", "Dropped"), "neutral", "x"),
}
REPLIES: dict[Reply, Shown] = {
    Reply.NEEDS_ACTION: Shown(pgettext_lazy("meeting", "Not answered"), "neutral", "help"),
    Reply.ACCEPTED: Shown(pgettext_lazy("meeting", "Accepted"), "success", "check"),
    Reply.TENTATIVE: Shown(pgettext_lazy("meeting", "Perhaps"), "information", "help"),
    Reply.DECLINED: Shown(pgettext_lazy("meeting", "Declined"), "danger", "x"),
}
PRESENCES: dict[Presence, Shown] = {
    Presence.PRESENT: Shown(pgettext_lazy("meeting", "Present"), "success", "check"),
    Presence.LATE: Shown(pgettext_lazy("meeting", "Late"), "attention", "clock"),
    Presence.ABSENT: Shown(pgettext_lazy("meeting", "Absent"), "danger", "x"),
}
ITEMS: dict[ItemKind, Shown] = {
    ItemKind.NOTICE: Shown(pgettext_lazy("meeting", "Must read"), "accent", "bell"),
    ItemKind.FIGURES: Shown(_("Yesterday in figures"), "information", "chart-bar"),
    ItemKind.STAFFING: Shown(_("Who is here today"), "information", "users"),
    ItemKind.ACTIONS: Shown(_("Open actions"), "attention", "list-check"),
    ItemKind.FEEDBACK: Shown(_("Reports that are late"), "attention", "message"),
    ItemKind.OWN: Shown(_("Own item"), "neutral", "edit"),
}
