"""What the lobby says in sentences 叫号理由: why somebody is next, from the router's facts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from counterpoint.lobby.data import Choice, PromiseSource, Reason, Service, TicketView
from counterpoint.lobby.labels import PROMISE_BASES
from counterpoint.lobby.services.book import call_reasons


def choice_words(choice: Choice, ticket: TicketView, services: Mapping[str, Service]) -> str:
    """One sentence: who is next, and why."""
    service = services.get(ticket.service)
    facts = {
        "label": ticket.label, "waited": round(choice.waited), "expected": max(1, round(choice.expected)),
        "service": service.name if service else ticket.service, "passed": choice.passed_over,
        "longest": round(choice.longest_passed_over),
    }  # fmt: skip
    return _sentences()[choice.reason] % facts + _passed(choice) % facts


def _sentences() -> dict[Reason, str]:
    return {
        Reason.APPOINTMENT: _("%(label)s has an appointment that is due now."),
        Reason.CAP: _("%(label)s has waited %(waited)s min; nobody is passed over any longer."),
        Reason.WAITS_LONGEST: _("%(label)s has waited longest: %(waited)s min."),
        Reason.SHORTEST_SERVICE: _("“%(service)s” is the shortest service that waits; %(label)s came first."),
        Reason.PROMISE_AT_RISK: _("%(label)s has waited %(waited)s min, and the promise would be broken."),
        Reason.OWN_SKILL: _("“%(service)s” is this desk's own service; %(label)s comes first."),
        Reason.INDEX: _("%(label)s: %(waited)s min waited, about %(expected)s min at this desk."),
        Reason.ONLY_ONE: _("%(label)s is the only one whom this desk may serve."),
    }


def _passed(choice: Choice) -> str:
    if not choice.passed_over:
        return ""
    return " " + _("%(passed)s came earlier, the longest wait is %(longest)s min.")


def reason_words(code: str) -> str:
    """Why somebody was called out of turn."""
    return next((one.name for one in call_reasons() if one.code == code), code)


def source_words(source: PromiseSource) -> tuple[str, str, str]:
    """Who makes the promises 承诺来源, in words, with the meaning and the icon."""
    words, meaning, icon = PROMISE_BASES[source.basis]
    return str(words), meaning, icon
