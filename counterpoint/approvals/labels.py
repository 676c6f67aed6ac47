"""What states, marks, conflicts, steps and reasons are called on screens."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.approvals import rules
from counterpoint.approvals.data import (
    ConflictKind,
    InterestKind,
    MarkKind,
    Mode,
    RequestState,
    RequestView,
    Requirement,
    Standing,
    Step,
)
from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty

REASONS = "approvals.reasons"
#: Words, meaning, icon.
STATES: dict[RequestState, tuple[StrOrPromise, str, str]] = {
    RequestState.OPEN: (pgettext_lazy("request", "waiting"), "information", "hourglass"),
    RequestState.APPROVED: (pgettext_lazy("request", "approved"), "success", "circle-check"),
    RequestState.RETURNED: (pgettext_lazy("request", "returned"), "attention", "arrow-back-up"),
    RequestState.REFUSED: (pgettext_lazy("request", "refused"), "danger", "ban"),
    RequestState.WITHDRAWN: (pgettext_lazy("request", "withdrawn"), "neutral", "x"),
    RequestState.EXPIRED: (pgettext_lazy("request", "expired"), "neutral", "clock"),
}
MARKS: dict[MarkKind, tuple[StrOrPromise, str, str]] = {
    MarkKind.ESCALATED: (gettext_lazy("escalated"), "danger", "alert-triangle"),
    MarkKind.FELL_BACK: (gettext_lazy("also at the desk"), "attention", "arrow-down-left"),
}
MODES: dict[Mode, StrOrPromise] = {
    Mode.SITE: gettext_lazy("at the maker's desk"),
    Mode.BRANCH: gettext_lazy("at the branch"),
    Mode.REMOTE: gettext_lazy("by the centre"),
}
INTERESTS: dict[InterestKind, StrOrPromise] = {
    InterestKind.SELF: gettext_lazy("It is myself"),
    InterestKind.RELATIVE: gettext_lazy("Relative"),
    InterestKind.BUSINESS: gettext_lazy("Business together"),
}
#: Said to the person whom the conflict keeps out.
CONFLICTS: dict[ConflictKind, StrOrPromise] = {
    ConflictKind.MAKER: gettext_lazy("You made this entry; somebody else decides it."),
    ConflictKind.MAKERS_POWER: gettext_lazy("You hold this power from its maker only."),
    ConflictKind.RECUSED: gettext_lazy("It concerns you, or who lent you this power."),
    ConflictKind.OWN_ACCOUNT: gettext_lazy("It concerns your own account."),
    ConflictKind.RELATED: gettext_lazy("It concerns somebody to whom you have declared a relation."),
    ConflictKind.OWN_BRANCH: gettext_lazy("The rule asks for somebody of another branch."),
    ConflictKind.DECIDED: gettext_lazy("You have approved it; the next one is somebody else."),
}
#: Why a request ended where no reason of the dated table was given.
OTHER_REASONS: dict[str, StrOrPromise] = {
    "given_up": gettext_lazy("given up by the maker"),
    "changed": gettext_lazy("the slip was changed"),
    "expired": gettext_lazy("nobody decided in time"),
    "recused": gettext_lazy("somebody turned out to be concerned"),
}
#: Why a claim ended; a decision speaks for itself.
CLAIM_ENDS: dict[str, StrOrPromise] = {
    "released": gettext_lazy("laid down again"),
    "reassigned": gettext_lazy("handed on"),
    "left": gettext_lazy("left the approval desk"),
}


def reasons_for(state: RequestState) -> list[tuple[str, str]]:
    """The reasons that the bank's table offers for a return or a refusal: code and words."""
    found = org.decide(table=REASONS, facts={"decision": str(state)}, at=clock.today())
    return [(code, hit.reason) for code, hit in zip(found.outcome["codes"], found.hits, strict=True)]


def reason_words() -> dict[str, StrOrPromise]:
    """Every reason by its code."""
    with org.one_book():
        tables = [reasons_for(state) for state in (RequestState.RETURNED, RequestState.REFUSED)]
    return OTHER_REASONS | {code: words for table in tables for code, words in table}


def reason(code: str) -> str:
    """One reason in words; its code where the table has it no more."""
    return str(reason_words().get(code, code)) if code else ""


def step_words(step: Step, lack: int) -> str:
    """``1 at the branch``; with its duty or skill where that says more than the place does."""
    if step.unanimous:
        said = _("everybody on duty %(place)s")
    else:
        said = ngettext("%(n)s person %(place)s", "%(n)s people %(place)s", lack)
    found = said % {"n": lack, "place": MODES[step.mode]}
    usual = Duty.AUTHORIZE_REMOTE if step.mode is Mode.REMOTE else Duty.AUTHORIZE
    more = [people.duty_name(Duty(step.duty))] if step.duty != usual else []
    more += [people.qualification_name(step.skill)] if step.skill else []
    return f"{found} ({', '.join(str(one) for one in more)})" if more else found


def path_words(lacking: Standing, *, ordered: bool) -> str:
    joint = _(", then ") if ordered else _(" and ")
    return joint.join(step_words(step, lack) for step, lack in lacking.open_steps)


def still_needed(view: RequestView) -> str:
    """What a request still lacks, every way to it: ``1 person at the branch, or 1 at the maker's desk``."""
    votes = [one.vote for one in view.approvals]
    found = [
        rules.standing(Requirement((path,), view.requirement.ordered), votes, eligible=view.eligible)
        for path in view.requirement.paths
    ]
    if any(one.met for one in found):
        return ""
    found.sort(key=lambda one: one.missing)
    words = (path_words(one, ordered=view.requirement.ordered) for one in found)
    return _(", or ").join(dict.fromkeys(words))


def seconds_words(seconds: int | None) -> str:
    """``about 40 s``, ``about 3 min``: what a waiting person can use."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("about %(n)s s") % {"n": max(10, round(seconds / 10) * 10)}
    minutes = round(seconds / 60)
    return ngettext("about %(n)s min", "about %(n)s min", minutes) % {"n": minutes}


def lasted(seconds: float) -> str:
    """How long something took, short: ``42 s``, ``3 min``, ``2 h``."""
    if seconds < 90:
        return _("%(n)d s") % {"n": round(seconds)}
    minutes = round(seconds / 60)
    return _("%(n)d min") % {"n": minutes} if minutes < 90 else _("%(n)d h") % {"n": round(minutes / 60)}


def counts_words(counts: dict[str, int]) -> list[tuple[StrOrPromise, str, str, int]]:
    """Requests by how they stand, in the order of the states, for badges."""
    return [(*STATES[state], counts[str(state)]) for state in STATES if counts.get(str(state))]


def interest_choices() -> list[tuple[str, StrOrPromise]]:
    return [(str(kind), words) for kind, words in INTERESTS.items()]
