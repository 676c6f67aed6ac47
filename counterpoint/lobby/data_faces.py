"""What the customer's faces show, a part of the door: offers, devices, slips. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from counterpoint.kit.data import AlreadyDone, NotFound, Refusal


class DeviceKind(StrEnum):
    """Which screen of the lobby a device is 设备种类."""

    KIOSK = "kiosk"
    DISPLAY = "display"


class SlipState(StrEnum):
    """How a print of a number stands 出票状态."""

    SENDING = "sending"
    PRINTED = "printed"
    FAILED = "failed"


class SlipTrouble(StrEnum):
    """Why nothing was printed 出票失败原因. After ``cut_off`` a part of it may lie in the tray."""

    NO_PRINTER = "no_printer"
    UNREACHABLE = "unreachable"
    PAPER_OUT = "paper_out"
    OFFLINE = "offline"
    CUT_OFF = "cut_off"


class DeviceRefused(NotFound):
    """This browser is not paired as that screen of the branch 设备未绑定, or no longer."""

    code = "device_refused"


class DeviceEnded(AlreadyDone):
    code = "device_ended"


class SlipUnderWay(AlreadyDone):
    """The number is being printed, or was, since it was looked at 正在出票."""

    code = "slip_under_way"


class SlipNotNow(Refusal):
    """The number has ended; nothing is printed for it."""

    code = "slip_not_now"


class JoinRefused(NotFound):
    """The code for taking a number by phone is forged or of an earlier hour 扫码取号已失效."""

    code = "join_refused"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A kiosk or a display 自助设备 and, at a kiosk, the address of its printer."""

    id: int
    branch: int
    kind: DeviceKind
    name: str
    printer: str
    paired_by: str
    paired_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SlipView:
    """One print of a number 出票. ``copy`` 2 and more are marked as such 补打."""

    id: int
    ticket: UUID
    label: str
    copy: int
    state: SlipState
    trouble: SlipTrouble | None
    device: int
    at: datetime
    #: Tried again by the clock 自动重试.
    by_clock: bool = False

    @property
    def unsure(self) -> bool:
        """Whether it may lie in somebody's hand: then it is printed only where somebody asks for a copy."""
        return self.state is SlipState.SENDING or self.trouble is SlipTrouble.CUT_OFF


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at the kiosk 可取业务: how many wait, what would be promised; or why not now.

    ``low``, ``mid`` and ``high`` are seconds. ``bar`` is why nobody does it now, ``remedy`` when and where.
    """

    code: str
    name: str
    papers: tuple[str, ...]
    queue: int
    low: int
    mid: int
    high: int
    bar: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PhonePart:
    """Something that another room offers on the customer's page 手机页附加项."""

    words: str
    url: str
    icon: str
    hint: str = ""
