"""The demo's meetings 示范会议: the briefing each working day, Fridays' review, yesterday's minutes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import Audience, Kind, Plan
from counterpoint.org import services as org
from counterpoint.people import services as people

WANG, LI, CHEN, BOSS, LOBBY = "080101", "080102", "080103", "080201", "080301"
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
MORNING, EVENING = time(8, 30), time(17, 30)
SAID = (
    "一、昨日上午十点至十一点排队集中，二号窗口延迟开窗八分钟，已说明原因。\n"
    "二、学习大额取款核对要点，明日抽查。\n"
    "三、李娜反映三号柜点钞机卡钞，今日报修。"
)


def write() -> None:
    """Call what is missing; once there is a meeting, nothing is added."""
    today = clock.today()
    if any(meetings.week(today + timedelta(days=7 * n), by=_actor(BOSS)) for n in range(2)):
        return
    boss = _actor(BOSS)
    briefing = meetings.call(plan=_plan(Kind.MORNING, "网点晨会", MORNING, 15, WORKDAYS), by=boss)
    meetings.call(plan=_plan(Kind.EVENING, "周五夕会", EVENING, 30, "FREQ=WEEKLY;BYDAY=FR"), by=boss)
    _yesterday(briefing)
    _next(boss)


def _plan(kind: Kind, title: str, at: time, minutes: int, rule: str) -> Plan:
    start = datetime.combine(clock.today(), at, clock.CHINA)
    return Plan(
        kind=kind, title=title, start=start, minutes=minutes, place="营业厅", rule=rule,
        working_days=True, audience=Audience(whole_branch=True),
    )  # fmt: skip


def _yesterday(series: int) -> None:
    """The last briefing: its minutes are final, and one action is open."""
    before = org.last_working_day(clock.today() - timedelta(days=1))
    ids = {number: _actor(number).id for number in (WANG, LI, CHEN, BOSS, LOBBY)}
    meetings.take_over_held(
        series=series, start=datetime.combine(before, MORNING, clock.CHINA), text=SAID,
        decisions=["二号窗口午间由陈静顶岗，不再停窗。"],
        actions=[
            ("三号柜点钞机报修，跟进到修好", ids[LI], org.add_working_days(before, 3)),
            ("大额取款核对要点抽查三人", ids[BOSS], org.add_working_days(before, 1)),
        ],
        present=list(ids.values()), by=SYSTEM,
    )  # fmt: skip


def _next(boss: Actor) -> None:
    """The next briefing has its agenda, and an item that somebody put there."""
    for day in range(14):
        found = [
            one for one in meetings.my_day(boss.id, clock.today() + timedelta(days=day))
            if one.start > clock.now() and one.kind is Kind.MORNING
        ]  # fmt: skip
        if found:
            meetings.fill(meeting=found[0].id, by=boss)
            meetings.add_item(
                meeting=found[0].id, title="年末残损币集中兑换怎么分工", minutes=5,
                text="客户多在上午来，建议单设一窗。", by=_actor(WANG),
            )  # fmt: skip
            return


def _actor(number: str) -> Actor:
    found = people.person_by_number(number)
    if found is None:
        raise LookupError(f"the demo has nobody with the number {number}")
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)
