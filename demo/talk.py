"""The demo's talk 示范消息: the branch, a group, two people, and a thread beside a notice."""

from __future__ import annotations

from uuid import uuid4

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.notices import services as notices
from counterpoint.people import services as people
from counterpoint.talk import services as talk
from counterpoint.talk.data import Kind, SubjectKind

WANG, LI, CHEN, BOSS, LOBBY = "080101", "080102", "080103", "080201", "080301"
BRANCH = 3


def write() -> None:
    """Say what is missing; once the branch has talked, nothing is added."""
    for number in (BOSS, WANG, LI, CHEN, LOBBY):
        talk.settle(person=_actor(number).id, branch=BRANCH)
    lines = talk.lines(by=_actor(BOSS)).lines
    hall = next(one for one in lines if one.kind is Kind.BRANCH)
    if hall.at is not None:
        return
    _say(hall.id, BOSS, "今天发薪日，九点半前三号窗口也开。@陈静 请提前到岗。")
    _say(hall.id, LOBBY, "收到，取号机已加纸，大堂备好填单台。")
    _group()
    _two()
    _notice()


def _group() -> None:
    boss = _actor(BOSS)
    others = [_actor(number).id for number in (WANG, LI, LOBBY)]
    group = talk.open_group(title="晨会与交接", people=others, by=boss)
    first = _say(group, BOSS, "明早晨会八点二十，议题：取款新规、尾箱轮换。")
    _say(group, WANG, "我补充一条：开户页仍缺职业栏，已上报。")
    answered = _say(group, LI, "尾箱轮换我和 @王芳 已对好时间。", answers=first)
    talk.react(message=first, sign="seen", by=_actor(WANG))
    talk.react(message=first, sign="seen", by=_actor(LOBBY))
    talk.react(message=answered, sign="agreed", by=boss)
    talk.mark_read(channel=group, upto=answered, by=boss)


def _two() -> None:
    two = talk.direct(person=_actor(LI).id, by=_actor(WANG))
    asked = _say(two, WANG, "客户卡号 6222021001112345678 的挂失单在你那里吗？")
    talk.mark_read(channel=two, upto=asked, by=_actor(LI))
    _say(two, LI, "在，放在 2 号文件夹，马上拿给你。", answers=asked)


def _notice() -> None:
    found = notices.search(by=_actor(WANG)).lines
    about = talk.subject(SubjectKind.NOTICE, found[-1].notice, _actor(WANG)) if found else None
    if about is not None:
        thread = talk.thread(subject=about, by=_actor(WANG))
        _say(thread, WANG, "代理人办理时，代理人的证件也要核对吗？")
        _say(thread, BOSS, "要，两个人的证件都核对并留存。")


def _say(channel: int, number: str, text: str, *, answers: int | None = None) -> int:
    return talk.send(channel=channel, text=text, key=uuid4(), answers=answers, by=_actor(number))


def _actor(number: str) -> Actor:
    found = people.person_by_number(number)
    if found is None:
        raise LookupError(f"the demo has nobody with the number {number}")
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)
