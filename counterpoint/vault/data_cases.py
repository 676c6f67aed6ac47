"""The door of the vault, cash promised, notes that are damaged, and money that is none. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from counterpoint.kit.data import Malformed, NotAllowed, NotFound, Refusal
from counterpoint.vault.data_cash import BookingState, CounterfeitState, DamageOutcome

#: Bookings whose customer may still come.
ACTIVE_BOOKINGS = (BookingState.BOOKED, BookingState.PROMISED)
#: Parts per million in one hundredth: a damaged note's area is kept in hundredths, the rule asks in ppm.
PPM_IN_PERCENT = 10_000


class CounterfeitKind(StrEnum):
    """Kinds of counterfeit money 假币种类, as the rule on the procedure tells them apart."""

    CNY_NOTE = "cny_note"
    CNY_COIN = "cny_coin"
    FOREIGN_NOTE = "foreign_note"
    FOREIGN_COIN = "foreign_coin"


class Making(StrEnum):
    """How a counterfeit was made 制作方式: forged in one of these ways 伪造币, or altered 变造币."""

    MACHINE = "machine"
    COPIED = "copied"
    DRAWN = "drawn"
    PIECED = "pieced"
    OTHER = "other"


class CaseStep(StrEnum):
    """What is written down about a counterfeit case besides its states."""

    KEY = "key"
    PRINTED = "printed"
    REPORTED = "reported"
    NOTIFIED = "notified"
    GENUINE = "genuine"
    PAID = "paid"
    BATCH = "batch"


class UnknownBooking(NotFound):
    code = "booking_unknown"


class BookingRefused(Malformed):
    """A booking that could not be kept: its day, its account or its amount is wrong 预约要素有误."""

    code = "booking_refused"


class BookingTooSoon(Refusal):
    """Not far enough ahead 提前天数不足; ``details["earliest"]`` is the next day on which it works."""

    code = "booking_too_soon"


class BookingExists(Refusal):
    code = "booking_exists"


class BookingEnded(Refusal):
    """Paid, missed or cancelled before 预约已结束."""

    code = "booking_ended"


class BookingNotCovered(Refusal):
    """The vault does not hold the notes free 库存不足备付."""

    code = "booking_not_covered"


class SecondPersonNeeded(NotAllowed):
    """Two people are needed, and they are two 双人办理."""

    code = "second_person_needed"


class UnknownExchange(NotFound):
    code = "exchange_unknown"


class DamagedMalformed(Malformed):
    """A damaged note that cannot be as it is entered 残损币要素有误."""

    code = "damaged_malformed"


class NothingToHandIn(Refusal):
    code = "nothing_to_hand_in"


class UnknownCase(NotFound):
    code = "counterfeit_unknown"


class CounterfeitMalformed(Malformed):
    """Something of the case cannot be as it is entered 假币要素有误."""

    code = "counterfeit_malformed"


class AppraisalTooLate(Refusal):
    """The time to apply for appraisal is over 已过鉴定申请期限."""

    code = "appraisal_too_late"


class AppraisalStillPossible(Refusal):
    """The holder may still apply for appraisal 鉴定申请期限未满."""

    code = "appraisal_still_possible"


class NotReportable(Refusal):
    code = "report_not_due"


@dataclass(frozen=True, slots=True)
class BookingView:
    """A large withdrawal that was announced. ``lacking``: faces that the vault does not hold free now."""

    id: int
    number: str
    branch: int
    vault: int
    party: int
    account: int
    account_number: str
    name: str
    currency: str
    amount: int
    faces: dict[str, int]
    day: date
    purpose: str
    state: BookingState
    booker: int
    at: datetime
    ended: datetime | None
    entry: int | None
    reason: str

    @property
    def active(self) -> bool:
        return self.state in ACTIVE_BOOKINGS

    @property
    def to_order(self) -> bool:
        """Its notes still have to come from the central bank."""
        return self.state is BookingState.BOOKED


@dataclass(frozen=True, slots=True)
class FaceNeed:
    """One face of a day: what is booked, what the vault holds fit beside other days' promises."""

    face: str
    wanted: int
    free: int

    @property
    def lacking(self) -> int:
        return max(0, self.wanted - self.free)


@dataclass(frozen=True, slots=True)
class Damage:
    """What a customer hands in: pieces of one face, what is left of each in hundredths of its area."""

    face: str
    pieces: int
    left: int
    cross: bool = False
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """A damage with what the rule says that it is worth."""

    damage: Damage
    outcome: DamageOutcome
    worth: int
    reason_zh: str = ""
    reason_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DamagedNoteView:
    id: int
    exchange: int
    face: str
    pieces: int
    left: int
    cross: bool
    outcome: DamageOutcome
    worth: int
    serial: str


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """Damaged notes of one customer, taken in and paid for. Name and document are masked."""

    id: int
    number: str
    box: int
    branch: int
    business_date: date
    at: datetime
    person: int
    second: int
    customer: str
    identity: str
    currency: str
    paid: int
    faces: dict[str, int]
    entry: int | None
    notes: tuple[DamagedNoteView, ...] = ()
    repeated: bool = False

    def worth(self, outcome: DamageOutcome) -> int:
        return sum(note.worth for note in self.notes if note.outcome is outcome)

    @property
    def pieces(self) -> int:
        return sum(note.pieces for note in self.notes)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who had the counterfeit money 持有人. The document is checked by its own rule."""

    name: str
    identity_kind: str = ""
    identity: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Seized:
    """One counterfeit note, or coins of one kind, as entered."""

    currency: str
    kind: str
    face: str
    serial: str = ""
    pieces: int = 1
    edition: str = ""
    making: str = ""
    bag: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rule on reports asks besides the pieces."""

    new_technique: bool = False
    leads: bool = False
    uncooperative: bool = False


@dataclass(frozen=True, slots=True)
class Seizure:
    """What a seizure would be, before the second person signs."""

    holder: Holder
    notes: tuple[tuple[Seized, bool], ...]
    duty: ReportDuty
    seen: tuple[SerialHit, ...]


@dataclass(frozen=True, slots=True)
class SerialHit:
    """The same serial number in another case."""

    serial: str
    case: int
    number: str
    branch: int
    business_date: date


@dataclass(frozen=True, slots=True)
class CounterfeitNoteView:
    id: int
    case: int
    currency: str
    kind: CounterfeitKind
    face: str
    edition: str
    serial: str
    pieces: int
    making: str
    stamped: bool
    bag: str


@dataclass(frozen=True, slots=True)
class StepView:
    at: datetime
    person: int
    state: CounterfeitState
    what: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A counterfeit case. Name, document and phone are masked; the certificate has them in clear."""

    id: int
    number: str
    branch: int
    business_date: date
    at: datetime
    seizer: int
    second: int
    holder: str
    identity_kind: str
    identity: str
    phone: str
    state: CounterfeitState
    appraisal_until: date
    surrender_until: date
    appraiser: str
    appraised_until: date | None
    reported: datetime | None
    must_report: bool
    facts: tuple[str, ...]
    prints: int
    notes: tuple[CounterfeitNoteView, ...] = ()
    steps: tuple[StepView, ...] = ()
    repeated: bool = False

    @property
    def pieces(self) -> int:
        return sum(note.pieces for note in self.notes)

    def step(self, what: CaseStep) -> StepView | None:
        """The last step of a kind."""
        return next((one for one in reversed(self.steps) if one.what == what), None)

    @property
    def genuine(self) -> frozenset[int]:
        """Notes that the appraisal found to be money."""
        found = self.step(CaseStep.GENUINE)
        return frozenset(int(part) for part in found.note.split(",")) if found and found.note else frozenset()

    @property
    def batch(self) -> str:
        found = self.step(CaseStep.BATCH)
        return found.note if found else ""

    @property
    def entry(self) -> int | None:
        found = self.step(CaseStep.PAID)
        return int(found.note) if found else None


@dataclass(frozen=True, slots=True)
class Clock:
    """A term of a case: until when, and whether it was met."""

    key: str
    until: date
    rule: str
    done: bool = False
    late: bool = False
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """Whether, why and to whom a case is reported at once."""

    due: bool
    reasons: tuple[tuple[str, str], ...] = ()
    call: tuple[tuple[str, str], ...] = ()
    source: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
