"""A visit's timeline 时间线: every event that bears its key, of whatever room, in words."""

from __future__ import annotations

from django.db.models import Q

from counterpoint.kit import journal
from counterpoint.kit.verbs import CATALOGUE
from counterpoint.people import services as people
from counterpoint.visits import queries
from counterpoint.visits.data import Moment, UnknownVisit

#: Chinese and English for a verb. Rooms above add those of their own verbs.
_WORDS: dict[str, tuple[str, str]] = {}

#: So many events are read, of which the repeated ones become one line each.
READ = 1_000

#: Kept every few seconds while somebody types; of a run of them one line is enough.
_REPEATED = frozenset({"visits.draft.saved", "visits.draft.pre_filled", "visits.draft.confirmed"})


def register_words(verb: str, zh: str, en: str) -> None:
    """Say what a verb is called on timelines. Called once, from the owning room's ``AppConfig.ready``."""
    if verb in _WORDS:
        raise ValueError(f"the words of {verb!r} are registered twice")
    _WORDS[verb] = (zh, en)


def timeline(visit: int, *, limit: int = 200) -> list[Moment]:
    """What happened in a visit, the newest first, operations and approvals among it."""
    found = queries.visits(Q(pk=visit))
    if not found:
        raise UnknownVisit(f"no visit {visit}", visit=visit)
    moments: list[Moment] = []
    names: dict[str, str] = {}
    for event in journal.of_correlation(found[0].key, limit=READ):
        last = moments[-1] if moments else None
        if last and event.verb in _REPEATED and (last.verb, last.actor) == (event.verb, event.actor):
            continue
        zh, en = words_of(event.verb)
        who = _name(event.actor, names)
        moments.append(Moment(event.pk, event.at, event.verb, event.actor, who, zh, en))
    return moments[:limit]


def words_of(verb: str) -> tuple[str, str]:
    """A verb in both languages; one that nobody has put into words shows what the catalogue says."""
    entry = CATALOGUE.get(verb)
    plain = entry.summary if entry else verb
    return _WORDS.get(verb, (plain, plain))


def _name(actor: str, known: dict[str, str]) -> str:
    """The name behind ``person:12``, looked up once; the system has none."""
    if actor not in known:
        kind, _colon, id = actor.partition(":")
        known[actor] = people.person(int(id)).name if kind in {"person", "machine"} else ""
    return known[actor]


for _verb, _zh, _en in (
    ("visits.visit.opened", "登记到访", "Visit opened"),
    ("visits.visit.identified", "识别客户", "Customer identified"),
    ("visits.visit.served", "开始办理", "Service began"),
    ("visits.visit.parked", "暂存", "Parked"),
    ("visits.visit.left", "经办人离柜，继续等候", "Who served left the desk; it waits again"),
    ("visits.visit.freed", "主管解除办理，继续等候", "Taken from who had left; it waits again"),
    ("visits.visit.finished", "办结", "Finished"),
    ("visits.note.added", "添加备注", "Note added"),
    ("visits.paper.kept", "留存资料", "Paper kept"),
    ("visits.draft.saved", "保存草稿", "Draft saved"),
    ("visits.draft.pre_filled", "客户手机预填", "Filled in by the customer"),
    ("visits.draft.confirmed", "确认要素", "Fields confirmed"),
    ("visits.draft.ended", "草稿结束", "Draft ended"),
    ("visits.pass.issued", "签发预填码", "Code for the customer's phone issued"),
    ("visits.pass.revoked", "作废预填码", "Code for the customer's phone made void"),
    ("visits.hand_off.made", "转交", "Handed on"),
    ("visits.hand_off.accepted", "接收转交", "Hand-off accepted"),
    ("visits.hand_off.returned", "退回转交", "Hand-off returned"),
    ("visits.hand_off.withdrawn", "撤回转交", "Hand-off taken back"),
    ("visits.hand_off.lapsed", "转交逾时退回", "Hand-off not accepted in time; it went back"),
    ("visits.help.called", "求助", "Help called"),
    ("visits.help.joined", "同事加入协助", "A colleague came to help"),
    ("visits.help.taken_over", "同事接手办理", "A colleague took the visit over"),
    ("visits.help.ended", "结束协助", "Help ended"),
    ("visits.help.withdrawn", "取消求助", "Call for help withdrawn"),
):
    register_words(_verb, _zh, _en)
