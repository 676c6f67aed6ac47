"""The refusals of the lobby, a part of the door. No Django."""

from __future__ import annotations

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class UnknownTicket(NotFound):
    code = "ticket_unknown"


class UnknownService(NotFound):
    """The branch has no such service 无此业务."""

    code = "service_unknown"


class UnknownAppointment(NotFound):
    code = "appointment_unknown"


class LobbyMalformed(Malformed):
    """Something that was said of a ticket cannot be kept as it was said."""

    code = "lobby_malformed"


class TokenRefused(NotFound):
    """The code of a phone page or a rating is forged, expired or used; which one is not said."""

    code = "lobby_token_refused"


class OtherDay(Refusal):
    """The ticket is of another business day 非当日号."""

    code = "ticket_other_day"


class TicketMoved(Refusal):
    """The ticket stands otherwise than this step needs 状态不符: somebody was faster, or it has ended."""

    code = "ticket_moved"


class TicketElsewhere(NotAllowed):
    """Another desk has called or serves this ticket 他柜已叫."""

    code = "ticket_elsewhere"


class KeyReused(Refusal):
    """The client's key was used for another ticket."""

    code = "ticket_key_reused"


class NobodyServes(Refusal):
    """Nobody on duty may do this service 无人可办; the refusal says when and where instead."""

    code = "nobody_serves"


class NobodyWaits(Refusal):
    """Nobody waits whom this desk may serve 无可叫之号."""

    code = "nobody_waits"


class DeskBusy(Refusal):
    """The desk has a ticket under way 窗口占用."""

    code = "desk_busy"


class NoWindow(Refusal):
    """The desk serves nothing now: its window is not open 窗口未开."""

    code = "window_not_open"


class WindowOpen(AlreadyDone):
    code = "window_open"


class NotEligible(Refusal):
    """This desk may not serve this ticket 不可办理, and why."""

    code = "ticket_not_eligible"


class TooEarly(Refusal):
    """Not called often enough, or not long enough ago, to be a no-show 尚未过号."""

    code = "no_show_too_early"


class GraceOver(Refusal):
    """The customer came back too late to keep the place 已过宽限."""

    code = "grace_over"


class TooManyNumbers(Refusal):
    """One kiosk or one address has taken as many numbers as it may for now 取号过频."""

    code = "too_many_numbers"
    status = 429


class SlotFull(Refusal):
    """No place is left in this slot 预约已满; ``details["next"]`` is the next with one."""

    code = "slot_full"


class AppointmentEnded(AlreadyDone):
    code = "appointment_ended"


class TooLate(Refusal):
    """Later than the bank tolerates 迟到: a number may be taken like anybody else."""

    code = "appointment_too_late"


class NotToday(Refusal):
    """The appointment is for another day or branch."""

    code = "appointment_not_today"


class RatingUsed(AlreadyDone):
    """The invitation was answered already 已评价."""

    code = "rating_used"


class TooFewWaits(Refusal):
    """A branch does not know enough waits to learn promises from 样本不足."""

    code = "promise_too_few_waits"
