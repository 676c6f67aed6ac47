"""The refusals of visits, a part of the door. No Django."""

from __future__ import annotations

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class UnknownVisit(NotFound):
    code = "visit_unknown"


class UnknownHandOff(NotFound):
    code = "hand_off_unknown"


class UnknownHelpCall(NotFound):
    code = "help_unknown"


class UnknownDraft(NotFound):
    code = "draft_unknown"


class PassRefused(NotFound):
    """The pass is forged, expired, used up or revoked; which one is not said."""

    code = "pass_refused"


class NoDesk(Refusal):
    """Who calls customers works at a desk 未在柜."""

    code = "visit_no_desk"


class NotCalled(Refusal):
    """Nobody is called to this desk 未叫号."""

    code = "visit_not_called"


class VisitMalformed(Malformed):
    """Something said about a visit cannot be kept as it was said."""

    code = "visit_malformed"


class VisitIdentified(Refusal):
    """The visit is another customer's already, and something of theirs lies with it."""

    code = "visit_identified"


class NotReceiver(NotAllowed):
    """The hand-off is for somebody else."""

    code = "not_receiver"


class VisitEnded(AlreadyDone):
    code = "visit_ended"


class VisitBusy(Refusal):
    """Somebody else serves this visit now."""

    code = "visit_busy"


class AlreadyServing(Refusal):
    """One person serves one visit at a time."""

    code = "already_serving"


class NotServing(NotAllowed):
    """Only who serves the visit may do this."""

    code = "visit_not_serving"


class HandOffEnded(AlreadyDone):
    code = "hand_off_ended"


class HandOffOpen(Refusal):
    """The visit is on its way to somebody already."""

    code = "hand_off_open"


class ReceiverGone(Refusal):
    """Nobody who could take it is there: the person left, the desk is empty, the duty is nobody's."""

    code = "receiver_gone"


class HelpEnded(AlreadyDone):
    code = "help_ended"


class HelpTaken(Refusal):
    """A colleague was quicker."""

    code = "help_taken"


class DraftChanged(Refusal):
    """Somebody else has changed the draft since it was read; ``details`` name the fields."""

    code = "draft_changed"


class DraftRefused(Malformed):
    code = "draft_refused"


class NoteNeeded(Malformed):
    code = "note_needed"


class DraftUnconfirmed(Refusal):
    """Critical fields of a draft came from the customer or the lobby, and no teller has confirmed them."""

    code = "draft_unconfirmed"
