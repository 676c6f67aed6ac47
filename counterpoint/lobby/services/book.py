"""The lobby's dated rules 大堂规则 as the room uses them: services, priorities, routing, single values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Why
from counterpoint.lobby.data import CallReason, LobbyMalformed, Policy, Priority, RoutingPolicy, Service
from counterpoint.lobby.data import UnknownService as UnknownService
from counterpoint.org import services as org
from counterpoint.org.data import Hit


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a floor needs of the rules on one day 大堂参数."""

    services: dict[str, Service]
    policy: RoutingPolicy
    prior_weight: float
    prior_scv: float
    prework: float
    least_promise: float
    cash_floor: int


#: What the rules came to, under the book from which it was worked out: another book, another answer.
_known: tuple[object, dict[tuple[int, date, str | None], Settings]] = (None, {})


def settings(branch: int, day: date) -> Settings:
    """The lobby's rules at a branch on a day; worked out once for each state of the book of rules."""
    global _known
    with org.one_book() as rules:
        if _known[0] is not rules:
            _known = (rules, {})
        known, key = _known[1], (branch, day, get_language())
        if key not in known:
            known[key] = Settings(
                services=services_at(branch, day), policy=routing(branch, day),
                prior_weight=float(value("prior_weight", day)),
                prior_scv=value("prior_scv_percent", day) / 100,
                prework=value("prework_percent", day) / 100,
                least_promise=float(value("promise_least_seconds", day)),
                cash_floor=int(value("cash_floor", day)),
            )  # fmt: skip
        return known[key]


def value(name: str, day: date | None = None) -> Any:
    """The single value of the rule ``lobby.<name>`` on a day, today if none is said."""
    return org.value(key=f"lobby.{name}", at=day or clock.today())


def why(name: str, *, remedy: str = "") -> Why:
    """The rule ``lobby.<name>`` behind a refusal, in words."""
    return org.why(key=f"lobby.{name}", at=clock.today(), remedy=remedy)


def _in_words(hit: Hit) -> str:
    english = (get_language() or "zh").startswith("en")
    return (hit.reason_en or hit.reason_zh) if english else hit.reason_zh


def services_at(branch: int, day: date | None = None) -> dict[str, Service]:
    """The services of a branch 业务种类, in the order of the kiosk."""
    at = day or clock.today()
    with org.one_book():
        found = (_service(code, branch, at) for code in value("service_codes", at))
        return {one.code: one for one in found if one is not None}


def _service(code: str, branch: int, at: date) -> Service | None:
    said = org.decide(table="lobby.services", facts={"service": code, "branch": branch}, at=at)
    if not said.hits or not said.outcome["duty"]:
        return None
    hit, out = said.hits[0], said.outcome
    return Service(
        code=code, name_zh=hit.reason_zh, name_en=hit.reason_en, name=_in_words(hit), duty=out["duty"],
        series=out["series"], minutes=out["minutes"], qualification=out["qualification"],
        equipment=frozenset(out["equipment"]), pays_cash=out["pays_cash"], papers=tuple(out["papers"]),
        prework=tuple(out["prework"]), slot_capacity=out["slot_capacity"],
    )  # fmt: skip


def service_at(code: str, branch: int, day: date | None = None) -> Service:
    """One service of a branch, or a refusal."""
    found = _service(code, branch, day or clock.today()) if isinstance(code, str) else None
    if found is None:
        raise UnknownService(_("The branch has no such service."), service=str(code)[:40])
    return found


def priorities(day: date | None = None) -> dict[str, Priority]:
    """The priority classes 优先类别; the first is the ordinary customer."""
    at = day or clock.today()
    with org.one_book():
        return {code: _priority(code, at) for code in value("priority_codes", at)}


def _priority(code: str, at: date) -> Priority:
    said = org.decide(table="lobby.priorities", facts={"priority": code}, at=at)
    out = said.outcome
    return Priority(
        code=code, name=_in_words(said.hits[0]) if said.hits else code, weight=out["weight_percent"] / 100,
        head_start=float(out["head_start_minutes"]), self_chosen=out["self_chosen"],
    )  # fmt: skip


def priority_of(code: str, day: date | None = None) -> str:
    """The code, if it is a class; the ordinary one for nothing."""
    known = value("priority_codes", day)
    if not code:
        return str(known[0])
    if code not in known:
        raise LobbyMalformed(_("This is no priority class that we know."), field="priority")
    return code


def routing(branch: int, day: date | None = None) -> RoutingPolicy:
    """The routing policy 叫号策略 in force at a branch."""
    at = day or clock.today()
    out = org.decide(table="lobby.routing", facts={"branch": branch}, at=at).outcome
    classes = priorities(at)
    return RoutingPolicy(
        policy=Policy(out["policy"]), offset=float(out["offset_minutes"]),
        own_skill_first=out["own_skill_first"], own_skill_weight=out["own_skill_percent"] / 100,
        cap=float(out["cap_minutes"]) or None, target=float(out["target_minutes"]) or None,
        risk_from=float(out["risk_from_minutes"]), risk_weight=out["risk_percent"] / 100,
        promise_weight=out["promise_percent"] / 100, promise_margin=float(out["promise_margin_minutes"]),
        appointment_before=float(out["appointment_before_minutes"]),
        appointment_after=float(out["appointment_after_minutes"]),
        priorities={one.code: one.weight for one in classes.values()},
        head_start={one.code: one.head_start for one in classes.values()},
    )  # fmt: skip


def call_reasons(day: date | None = None) -> list[CallReason]:
    """Why somebody may be called out of turn 指定叫号原因."""
    said = org.decide(table="lobby.call_reasons", facts={}, at=day or clock.today())
    return [
        CallReason(code, _in_words(hit)) for code, hit in zip(said.outcome["codes"], said.hits, strict=False)
    ]


def news_at(branch: int, day: date | None = None) -> list[tuple[str, str]]:
    """The quiet line of the display 叫号屏公告, in both languages: what holds on a day."""
    said = org.decide(table="lobby.news", facts={"branch": branch}, at=day or clock.today())
    return [(hit.reason_zh, hit.reason_en) for hit in said.hits]


def grace() -> timedelta:
    """How long the place of somebody is kept who was called and did not come 过号保留."""
    return timedelta(minutes=int(value("grace_minutes")))
