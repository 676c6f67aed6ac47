"""The demo's notices 示范通知: a handful, written by operations and approved by a supervisor."""

from __future__ import annotations

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Choice, Draft, Kind, Question
from counterpoint.people import services as people

#: Zhou Tao of operations writes, Zhang Wei approves.
WRITER, APPROVER = "090101", "080201"

WITHDRAWAL = Draft(
    title_zh="大额现金取款核对要求", title_en="Checks for large cash withdrawals",
    text_zh=(
        "## 适用范围\n\n单笔五万元以上（含）的人民币现金取款。\n\n## 要求\n\n"
        "1. 核对客户有效身份证件，并联网核查。\n2. 询问并记录取款用途，客户不愿说明的，报主管。\n"
        "3. 二十万元以上须提前一日预约。\n\n**客户为老年人的，应主动提示电信诈骗风险。**"
    ),
    text_en=(
        "## Scope\n\nWithdrawals of RMB cash of 50,000 or more.\n\n## What to do\n\n"
        "1. Check a valid identity document, and verify it online.\n"
        "2. Ask for the purpose and record it; where the customer will not say, tell the supervisor.\n"
        "3. 200,000 or more is booked a day ahead.\n\n**Warn elderly customers of fraud by phone.**"
    ),
    operations=("1102",), audience=Audience(everybody=True),
    questions=(
        Question(
            "取款四十万元，何时可办？", "When is 400,000 paid out?",
            (Choice("提前一日预约后", "After booking a day ahead", True),
             Choice("随到随办", "At once", False)),
            "二十万元以上须提前一日预约。", "200,000 or more is booked a day ahead.",
        ),
    ),
)  # fmt: skip
NOTICES = (
    (Kind.POLICY, WITHDRAWAL),
    (Kind.PRODUCT, Draft(
        title_zh="三年期定期存款利率调整", title_en="New rate for three-year term deposits",
        text_zh="自发布之日起，三年期整存整取挂牌利率按最新牌价执行；已存入的存款不受影响。",
        text_en="Three-year deposits follow the new list of rates; existing deposits stay as they are.",
        audience=Audience(roles=("teller", "senior_teller", "supervisor", "customer_manager")),
    )),
    (Kind.ALERT, Draft(
        title_zh="警惕冒充公检法诈骗", title_en="Fraud in the name of the police",
        text_zh="近期多发冒充公检法要求转账的案件。发现客户边打电话边转账、神情紧张的，**先拦下，再报主管**。",
        text_en=(
            "Callers pretend to be police and ask for transfers. Where a customer transfers while on the "
            "phone: **stop first, then tell the supervisor**."
        ),
        audience=Audience(roles=("lobby_manager",)),
    )),
    (Kind.PROCEDURE, Draft(
        title_zh="晨会流程", title_en="The morning meeting",
        text_zh="- 昨日排队与差错\n- 今日须读通知\n- 岗位与班次\n- 需要总行协助的事项",
        text_en="- Yesterday's waits and errors\n- Today's notices\n- Duties and shifts",
        audience=Audience(roles=("supervisor",)),
    )),
)  # fmt: skip


def write() -> None:
    """Publish what is missing. All is read by everybody but the alert, which waits for the lobby manager."""
    writer, approver = _actor(WRITER), _actor(APPROVER)
    if notices.search(by=writer, all_of_them=True).lines:
        return
    for kind, draft in NOTICES:
        made = notices.draft_notice(kind=kind, draft=draft, by=writer).id
        notices.submit(version=made, by=writer)
        notices.publish(version=made, by=approver)
        if kind is not Kind.ALERT:
            _read(made, dict.fromkeys(range(len(draft.questions)), 0))


def _read(version: int, answers: dict[int, int]) -> None:
    """Everybody whom it reached has read it."""
    for reader in notices.coverage(version=version, by=_actor(WRITER)).missing:
        notices.acknowledge(version=version, answers=answers, by=_actor(reader.number))


def _actor(number: str) -> Actor:
    found = people.person_by_number(number)
    if found is None:
        raise LookupError(f"the demo has nobody with the number {number}")
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)
