"""The demo's problems, ideas and complaints 示范意见: a few, on their way from the report to the close."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from counterpoint.customers import services as customers
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import Channel, Context, Effect, Kind
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.people import services as people

WANG, LI, CHEN, BOSS, LOBBY, OPERATIONS = "080101", "080102", "080103", "080201", "080301", "090101"


def write() -> None:
    """Report what is missing; once there are ideas, nothing is added."""
    if feedback.ideas(by=_actor(WANG), show="new", page=1).lines:
        return
    _problems()
    _ideas()
    _complaint()


def _problems() -> None:
    desk, operations = _actor(WANG), _actor(OPERATIONS)
    _report(WANG, Kind.PROBLEM, "开户页没有职业栏，客户被退回补填", "本周已退回三次。", "1301")
    asked = _report(LI, Kind.PROBLEM, "跨行转账的收款行查不到新设支行", "输入行名查不到。", "1202")
    feedback.triage(item=asked, by=operations)
    feedback.ask(item=asked, text="请写明收款行的全称，或附行号。", by=operations)
    done = _report(WANG, Kind.PROBLEM, "取款回单缺少摘要，客户反复询问", "", "1102")
    feedback.triage(item=done, by=operations)
    feedback.answer(item=done, text="回单已增加摘要一行，自今日起生效。谢谢指出。", by=operations)
    feedback.see(item=done, by=desk)
    feedback.rate(item=done, score=5, words="当天就改好了", by=desk)
    effect = Effect(text="就回单的询问减少", before=Decimal(14), after=Decimal(3), unit="次/日")
    feedback.close(item=done, effect=effect, shown=True, by=operations)
    _report(CHEN, Kind.PROBLEM, "余额查询页打印后焦点不回到账号栏", "每次都要用鼠标点回去。", "1401")


def _ideas() -> None:
    operations = _actor(OPERATIONS)
    wanted = _report(CHEN, Kind.IDEA, "叫号时显示客户上次办理的业务", "熟客不必从头问起。", "")
    for number in (WANG, LI, LOBBY):
        feedback.vote(item=wanted, by=_actor(number))
    planned = _report(LOBBY, Kind.IDEA, "预填单支持一次提交多笔存款", "商户常有五六笔。", "1101")
    feedback.vote(item=planned, by=_actor(WANG))
    feedback.triage(item=planned, by=operations)
    day = clock.today() + timedelta(days=20)
    feedback.plan(item=planned, text="列入下一版本。", day=day, by=operations)


def _complaint() -> None:
    """A customer complains of the wait at a desk; the teller whom it concerns has no part in it."""
    teller, lobby = _actor(LI), _actor(LOBBY)
    (customer,), _more = customers.parties_of_branch(branch=teller.branch or 0, limit=1)
    made = feedback.register_complaint(
        channel=Channel.COUNTER, text="周一上午等候近一小时，柜员解释时态度生硬，要求书面答复。",
        party=customer.id, operation="1102", concerned=[teller.id],
        received=clock.today() - timedelta(days=13), by=_actor(BOSS),
    )  # fmt: skip
    feedback.take_complaint(complaint=made, by=lobby)
    feedback.note_complaint(complaint=made, text="已调看当日录像与叫号记录：等候 52 分钟。", by=lobby)


def _report(number: str, kind: Kind, title: str, text: str, operation: str) -> int:
    context = Context(address="/desk/", operation=operation)
    return feedback.report(kind=kind, title=title, text=text, context=context, by=_actor(number)).id


def _actor(number: str) -> Actor:
    found = people.person_by_number(number)
    if found is None:
        raise LookupError(f"the demo has nobody with the number {number}")
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)
