"""Names of kinds and states, with the badge's meaning and icon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.feedback.data import ItemState, Kind, PostKind
from counterpoint.feedback.data_compensation import CompensationState
from counterpoint.feedback.data_complaints import Channel, ComplaintState, Finding, Stage
from counterpoint.ui.data import Shown

KINDS: dict[Kind, Shown] = {
    Kind.PROBLEM: Shown(pgettext_lazy("feedback", "Problem"), "attention", "alert-circle"),
    Kind.IDEA: Shown(pgettext_lazy("feedback", "Idea"), "information", "bulb"),
}
STATES: dict[ItemState, Shown] = {
    ItemState.REPORTED: Shown(pgettext_lazy("feedback", "Reported"), "attention", "inbox"),
    ItemState.TRIAGED: Shown(pgettext_lazy("feedback", "Being looked into"), "information", "user-check"),
    ItemState.WAITING: Shown(pgettext_lazy("feedback", "Waits for the reporter"), "neutral", "player-pause"),
    ItemState.PLANNED: Shown(pgettext_lazy("feedback", "Planned"), "accent", "calendar-check"),
    ItemState.ANSWERED: Shown(pgettext_lazy("feedback", "Answered"), "success", "message"),
    ItemState.CLOSED: Shown(pgettext_lazy("feedback", "Closed"), "success", "circle-check"),
    ItemState.DUPLICATE: Shown(pgettext_lazy("feedback", "Merged"), "neutral", "arrows-exchange"),
}
POSTS: dict[PostKind, Shown] = {
    PostKind.QUESTION: Shown(_("Question to the reporter"), "attention", "help"),
    PostKind.REPLY: Shown(_("Reply"), "neutral", "arrow-back-up"),
    PostKind.ANSWER: Shown(pgettext_lazy("feedback", "Answer"), "success", "message"),
    PostKind.NOTE: Shown(_("Note of the department"), "neutral", "lock"),
}
COMPLAINT_STATES: dict[ComplaintState, Shown] = {
    ComplaintState.RECEIVED: Shown(pgettext_lazy("complaint", "Received"), "attention", "inbox"),
    ComplaintState.INVESTIGATING: Shown(_("Being investigated"), "information", "search"),
    ComplaintState.ANSWERED: Shown(_("Answered in writing"), "success", "file-text"),
    ComplaintState.CLOSED: Shown(pgettext_lazy("complaint", "Closed"), "success", "circle-check"),
    ComplaintState.WITHDRAWN: Shown(_("Withdrawn by the customer"), "neutral", "arrow-back-up"),
}
CHANNELS: dict[Channel, StrOrPromise] = {
    Channel.COUNTER: _("At the counter"),
    Channel.PHONE: _("By phone"),
    Channel.LETTER: _("By letter"),
    Channel.ONLINE: _("Online"),
    Channel.REGULATOR: _("Through the regulator"),
}
STAGES: dict[Stage, StrOrPromise] = {
    Stage.SIMPLE: _("As usual"),
    Stage.COMPLEX: _("Extended: complex"),
    Stage.SPECIAL: _("Extended again, with approval"),
}
FINDINGS: dict[Finding, Shown] = {
    Finding.UPHELD: Shown(_("Upheld"), "attention", "check"),
    Finding.PARTLY: Shown(_("Partly upheld"), "attention", "minus"),
    Finding.REJECTED: Shown(_("Not upheld"), "neutral", "x"),
}
COMPENSATION_STATES: dict[CompensationState, Shown] = {
    CompensationState.PROPOSED: Shown(
        pgettext_lazy("compensation", "Waits for approval"), "information", "hourglass"
    ),
    CompensationState.APPROVED: Shown(pgettext_lazy("compensation", "Approved"), "attention", "shield-check"),
    CompensationState.PAID: Shown(pgettext_lazy("compensation", "Paid"), "success", "circle-check"),
    CompensationState.RETURNED: Shown(
        pgettext_lazy("compensation", "Returned"), "attention", "arrow-back-up"
    ),
    CompensationState.REFUSED: Shown(pgettext_lazy("compensation", "Refused"), "danger", "ban"),
    CompensationState.LAPSED: Shown(pgettext_lazy("compensation", "Lapsed"), "neutral", "clock"),
    CompensationState.WITHDRAWN: Shown(pgettext_lazy("compensation", "Withdrawn"), "neutral", "x"),
}
