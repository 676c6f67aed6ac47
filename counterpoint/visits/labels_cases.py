"""Names of what cases can be, in the reader's language, with the badge's meaning and icon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.ui.data import Shown
from counterpoint.visits.data_cases import CaseState, PaperStatus

STATES: dict[CaseState, Shown] = {
    CaseState.NEW: Shown(_("To be taken"), "attention", icon="inbox"),
    CaseState.DOING: Shown(_("In hand"), "accent", icon="player-play"),
    CaseState.WAITING_CUSTOMER: Shown(_("With the customer"), "information", icon="user-pause"),
    CaseState.WAITING_OTHER: Shown(_("With others"), "information", icon="hourglass"),
    CaseState.DONE: Shown(_("Completed"), "success", icon="circle-check"),
    CaseState.CANCELLED: Shown(_("Given up"), "neutral", icon="ban"),
}
#: What the button says that moves a case into the state, and what is said when it has.
MOVES: dict[CaseState, tuple[StrOrPromise, StrOrPromise]] = {
    CaseState.NEW: (_("Give back to the team"), _("It waits for somebody of the team again.")),
    CaseState.DOING: (_("Go on with it"), _("It is being worked on.")),
    CaseState.WAITING_CUSTOMER: (_("Wait for the customer"), _("It waits for the customer.")),
    CaseState.WAITING_OTHER: (_("Wait for others"), _("It waits for others.")),
    CaseState.DONE: (_("Complete it"), _("The case is completed.")),
    CaseState.CANCELLED: (_("Give the case up"), _("The case is given up.")),
}
TAKE, REOPEN = _("Take it up"), _("Reopen it")
PAPERS: dict[PaperStatus, Shown] = {
    PaperStatus.MISSING: Shown(_("Not there yet"), "attention", icon="file-off"),
    PaperStatus.PRESENT: Shown(_("Received"), "success", icon="file-check"),
    PaperStatus.REFUSED: Shown(_("Does not do"), "danger", icon="file-x"),
    PaperStatus.WAIVED: Shown(_("Waived"), "neutral", icon="file-minus"),
}
#: What a line of the history says; the words of a state stand for themselves.
HAPPENED: dict[str, Shown] = {
    "owner": Shown(_("Given to %(what)s"), "accent", icon="user-check"),
    "team": Shown(_("With the team %(what)s"), "information", icon="users"),
    "ticked": Shown(_("Checked: %(what)s"), "success", icon="check"),
    "unticked": Shown(_("Check taken back: %(what)s"), "attention", icon="minus"),
    "paper_present": Shown(_("Paper handed in: %(what)s"), "success", icon="file-check"),
    "paper_refused": Shown(_("Paper does not do: %(what)s"), "danger", icon="file-x"),
    "paper_waived": Shown(_("Paper waived: %(what)s"), "neutral", icon="file-minus"),
    "paper_missing": Shown(_("Paper asked for: %(what)s"), "attention", icon="file-plus"),
}


def move_words(before: CaseState, after: CaseState) -> StrOrPromise:
    """What the button says that moves a case on."""
    if after is CaseState.DOING and before is CaseState.NEW:
        return TAKE
    if after is CaseState.DOING and before is CaseState.DONE:
        return REOPEN
    return MOVES[after][0]
