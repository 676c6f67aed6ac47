"""The door of visits, cases 协同事项: what outlives the visit, for whom, and by when. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal
from counterpoint.people.data import Duty

#: Whoever serves customers, answers for those who do, or examines them, has to do with cases.
CASE_DUTIES = (
    Duty.CUSTOMER_VIEW, Duty.CASH, Duty.LOANS, Duty.LOBBY, Duty.ACCOUNTS, Duty.AUTHORIZE, Duty.BOARD,
    Duty.AUDIT,
)  # fmt: skip


class CaseState(StrEnum):
    """How a case stands 事项状态."""

    NEW = "new"
    DOING = "doing"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_OTHER = "waiting_other"
    DONE = "done"
    CANCELLED = "cancelled"


class PaperStatus(StrEnum):
    """How a required paper stands 资料状态."""

    MISSING = "missing"
    PRESENT = "present"
    REFUSED = "refused"
    WAIVED = "waived"


#: States in which somebody still has to act.
OPEN_STATES = (CaseState.NEW, CaseState.DOING, CaseState.WAITING_CUSTOMER, CaseState.WAITING_OTHER)


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """A line of a kind's checklist 检查清单."""

    key: str
    zh: str
    en: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class PaperSpec:
    """A paper that a kind of case asks for 应收资料. ``shows`` is how the room of papers sorts it."""

    kind: str
    zh: str
    en: str
    required: bool = True
    shows: str = "proof"


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of case 事项类型, as the dated rule describes it.

    ``target`` is in minutes of working time; in the states of ``pauses`` the clock stands. A ``confined``
    kind is for its team and those whom it concerns, not for the whole branch.
    """

    key: str
    zh: str
    en: str
    team: str
    target: int
    pauses: frozenset[CaseState] = frozenset()
    confined: bool = False
    task: bool = False
    items: tuple[ItemSpec, ...] = ()
    papers: tuple[PaperSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team 团队: those who hold its duty at its branch. Branch 0 is the whole bank."""

    id: int
    key: str
    branch: int
    name: str
    duty: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case 协同事项 as lists, boards and other rooms see it. The customer's name is masked.

    ``due`` is ``None`` while the clock stands; ``since`` is when the case came into its state.
    """

    id: int
    kind: str
    kind_name: str
    branch: int
    state: CaseState
    since: datetime
    title: str
    about: str
    team: TeamView
    owner: int | None
    owner_name: str
    opener: int | None
    opener_name: str
    at: datetime
    due: datetime | None
    target: int | None
    party: int | None
    party_name: str
    visit: int | None
    version: int
    task: str = ""
    day: date | None = None
    items: int = 0
    ticked: int = 0
    lacking: int = 0

    @property
    def number(self) -> str:
        """How people name it."""
        return f"C{self.id:06d}"

    @property
    def subject(self) -> str:
        return f"case:{self.id}"

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES

    def late(self, at: datetime) -> bool:
        """Past its due time, or ended after it."""
        return self.due is not None and (at if self.open else self.since) > self.due


@dataclass(frozen=True, slots=True)
class CaseRights:
    """What somebody may do with a case: take it, work on it, answer for it."""

    member: bool
    works: bool
    supervises: bool


@dataclass(frozen=True, slots=True)
class CaseItemView:
    """A line of the checklist, with who ticked it last."""

    id: int
    key: str
    text: str
    required: bool
    ticked: bool
    person: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CasePaperRowView:
    """One thing that happened to a required paper: came, was refused, was waived."""

    status: PaperStatus
    paper: int | None
    person: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class CasePaperView:
    """A required paper with its status 应收资料; ``papers`` are those that count now."""

    id: int
    kind: str
    name: str
    required: bool
    status: PaperStatus
    shows: str
    papers: tuple[int, ...] = ()
    rows: tuple[CasePaperRowView, ...] = ()

    @property
    def lacking(self) -> bool:
        return self.required and self.status in (PaperStatus.MISSING, PaperStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody whom a comment names."""

    person: int
    number: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment 留言. One that was withdrawn shows no words."""

    id: int
    case: int
    person: int
    name: str
    words: str
    at: datetime
    mentions: tuple[Mentioned, ...] = ()
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommentPage:
    """Comments, the newest first; ``next`` is the cursor of older ones."""

    lines: tuple[CommentView, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class LinkLabel:
    """What a linked thing is called and where it opens; no address where the reader may not open it."""

    label: str
    url: str = ""
    icon: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class CaseLinkView:
    """Something that a case has to do with, such as ``entry:812``."""

    id: int
    subject: str
    label: LinkLabel


@dataclass(frozen=True, slots=True)
class CaseMoment:
    """One line of a case's history: a state, a hand-over, a tick, a paper."""

    at: datetime
    what: str
    code: str
    person: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A recurring task 例行任务: which kind, for which team, when it falls due.

    ``weekday`` (0 is Monday) or ``monthday`` for one that does not come every day.
    """

    key: str
    kind: str
    due: int
    team: str = ""
    weekday: int | None = None
    monthday: int | None = None


@dataclass(frozen=True, slots=True)
class TaskSpawn:
    """What a day's spawning made 任务派生."""

    made: int
    known: int
    left: tuple[str, ...] = field(default=())


class UnknownCase(NotFound):
    code = "case_unknown"


class UnknownTeam(NotFound):
    code = "team_unknown"


class CaseMalformed(Malformed):
    """Something of a case cannot be as it is entered; ``details["field"]`` names it."""

    code = "case_malformed"


class CaseRuleMalformed(Refusal):
    """A dated rule about cases cannot be read 规则有误."""

    code = "case_rule_malformed"


class NotYourCase(NotAllowed):
    """Only the team, the owner or the supervisor works on it."""

    code = "case_not_yours"


class CaseTaken(Refusal):
    """A colleague was quicker 已被认领."""

    code = "case_taken"


class CaseEnded(AlreadyDone):
    code = "case_ended"


class CaseChanged(Refusal):
    """Somebody has changed the case since it was read 已被他人修改."""

    code = "case_changed"


class CaseIncomplete(Refusal):
    """A required line is not ticked or a required paper is missing; ``details`` name them."""

    code = "case_incomplete"


class ReopenTooLate(Refusal):
    code = "case_reopen_too_late"


class PaperStands(AlreadyDone):
    """The paper has this status already, or one that this does not follow."""

    code = "case_paper_stands"


class ItemStands(AlreadyDone):
    code = "case_item_stands"


class TooManyPapers(Refusal):
    code = "case_too_many_papers"


class WaiverNotAllowed(NotAllowed):
    """A required paper is waived by who may authorize."""

    code = "case_waiver_not_allowed"


class UnknownMention(Malformed):
    """A comment names somebody who is not there, or who may not see the case."""

    code = "mention_unknown"


class UnknownComment(NotFound):
    code = "comment_unknown"


class CommentWithdrawn(AlreadyDone):
    code = "comment_withdrawn"


class NotYourComment(NotAllowed):
    code = "comment_not_yours"


class UnknownLink(NotFound):
    """There is no such thing to link, or none that the actor may know of."""

    code = "case_link_unknown"


class LinkStands(AlreadyDone):
    code = "case_link_stands"


class TeamKnown(Refusal):
    """The branch has a team of this key."""

    code = "team_known"
