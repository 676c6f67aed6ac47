"""The door of the vault, cash on its way and cash that is counted. No Django."""

from __future__ import annotations

from enum import StrEnum


class Stop(StrEnum):
    """Why nothing may move in a box: paused 暂离封存, or frozen while it is examined 查库封存."""

    NONE = ""
    PAUSED = "paused"
    FROZEN = "frozen"


class TransferState(StrEnum):
    """A transfer of cash 调拨: requested 申请, issued 出库, in transit 在途, received 入库."""

    REQUESTED = "requested"
    ISSUED = "issued"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """Where a transfer begins or ends: a box of ours, another branch, the central bank 人民银行发行库."""

    BOX = "box"
    CENTRAL_BANK = "central_bank"


class DifferenceState(StrEnum):
    """A cash difference 长短款: open 待查, explained 已查明, resolved 已处理 by an entry of its own."""

    OPEN = "open"
    EXPLAINED = "explained"
    RESOLVED = "resolved"


class CheckState(StrEnum):
    """A surprise check 查库: planned 计划, started 进行中 with the box frozen, finished 已完成, cancelled."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """A large-cash booking 大额预约: booked 已登记, promised 已备付 (its notes are there), paid 已支取."""

    BOOKED = "booked"
    PROMISED = "promised"
    PAID = "paid"
    MISSED = "missed"
    CANCELLED = "cancelled"


class DamageOutcome(StrEnum):
    """What a damaged note is worth 残损币兑换: in full 全额, half 半额, nothing 不予兑换."""

    FULL = "full"
    HALF = "half"
    NONE = "none"


class CounterfeitState(StrEnum):
    """A counterfeit case 假币: seized 收缴, under appraisal 鉴定中, found false 鉴定为假 or true 鉴定为真,
    sent to the central bank 上缴人民银行."""

    SEIZED = "seized"
    APPRAISING = "appraising"
    FOUND_FALSE = "found_false"
    FOUND_TRUE = "found_true"
    SURRENDERED = "surrendered"
