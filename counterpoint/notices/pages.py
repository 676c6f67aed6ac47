"""What the pages show: page and fragment share these contexts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit.data import Refusal
from counterpoint.notices import access, queries, rules, services
from counterpoint.notices.data import Audience, Line, Phase, Version, VersionState
from counterpoint.notices.labels import KINDS, PHASES, STATE_NAMES, UNREAD
from counterpoint.notices.queries import in_words
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty, Role


def operation_names(codes: tuple[str, ...]) -> list[str]:
    """The operations by code and name."""
    names = services.operations()
    return [f"{code} {in_words(*names[code])}" if code in names else code for code in codes]


def line(one: Line) -> dict[str, Any]:
    return {
        "one": one, "kind": KINDS[one.kind], "phase": PHASES[one.phase],
        "governs": operation_names(one.operations),
    }  # fmt: skip


def audience_words(rule: Audience) -> list[str]:
    """For whom a notice is, in words."""
    names = people.names_of(rule.people)
    return [
        *(org.branch(one).name for one in rule.branches),
        *(str(people.role_name(Role(one))) for one in rule.roles),
        *(names.get(one, "") for one in rule.people),
    ]


def questions(version: Version, tried: dict[int, tuple[int, bool]]) -> list[dict[str, Any]]:
    """The questions with what this reader chose; a wrong choice carries its explanation."""
    return [
        {
            "at": at, "text": in_words(one.zh, one.en), "why": in_words(one.why_zh, one.why_en),
            "right": at in tried and tried[at][1], "wrong": at in tried and not tried[at][1],
            "choices": [
                {"at": place, "text": in_words(choice.zh, choice.en),
                 "chosen": at in tried and tried[at][0] == place}
                for place, choice in enumerate(one.choices)
            ],
        }
        for at, one in enumerate(version.draft.questions)
    ]  # fmt: skip


def reader(request: HttpRequest, version: Version, refusal: Refusal | None = None) -> dict[str, Any]:
    """A version to read, with what this person may do with it."""
    by, draft = people.actor_from(request), version.draft
    done = queries.acknowledged(version.id, by.id)
    mine = version.published_at is not None and queries.is_recipient(version.id, by.id)
    last = queries.before(version)
    decides = people.can(request, Duty.RULES_APPROVE)
    submitted = version.state is VersionState.SUBMITTED
    author = access.is_author(version, by) and people.can(request, Duty.RULES_DRAFT)
    operation = request.GET.get("operation", request.POST.get("operation", ""))[:8]
    return {
        "version": version, "kind": KINDS[version.kind], "phase": PHASES[version.phase], "refusal": refusal,
        "governs": operation_names(draft.operations), "audience": audience_words(draft.audience),
        "everybody": draft.audience.everybody, "acknowledged": done, "mine": mine,
        "must": mine and done is None and version.phase in (Phase.LIVE, Phase.SCHEDULED),
        "questions": questions(version, queries.tries(version.id, by.id) if draft.questions else {}),
        "papers": attachments(version), "sees_text": author or access.sees_all(request),
        "difference": compared(last, version) if last else [], "before": last,
        "versions": [
            (one, PHASES[one.phase])
            for one in queries.versions_of(version.notice, written=access.sees_all(request))
        ],
        "steps": [(one, STATE_NAMES[one.state]) for one in queries.steps(version.id)]
        if access.sees_all(request) else [],
        "may_watch": access.may_watch(request) and version.published_at is not None,
        "may_write": author and version.state is VersionState.DRAFT,
        "may_decide": decides and submitted and not access.is_author(version, by),
        "may_withdraw": decides and version.state is VersionState.PUBLISHED,
        "may_revise": people.can(request, Duty.RULES_DRAFT) and version.state is VersionState.PUBLISHED,
        "operation": operation if operation in draft.operations else "", "person": by.id,
    }  # fmt: skip


def attachments(version: Version) -> list[dict[str, Any]]:
    """The attachments, with whether a search finds what stands in them."""
    ids = list(version.draft.papers)
    if not ids:
        return []
    known = queries.texts_of(ids)
    return [
        {
            "paper": one, "characters": known.get(one.id, (0, ""))[0], "waits": one.id not in known,
            "unread": UNREAD.get(known.get(one.id, (0, ""))[1], ""),
        }
        for one in papers.papers_of(ids)
    ]  # fmt: skip


def compared(last: Version, version: Version) -> list[tuple[str, str]]:
    """What differs from the version before, in the reader's language."""
    texts = [f"{one.title}\n{one.text}" for one in (last, version)]
    found = rules.difference(*texts)
    return found if any(what != "same" for what, _line in found) else []


def coverage(request: HttpRequest, version: Version, page: int) -> dict[str, Any]:
    """Who has not read a version."""
    by = people.actor_from(request)
    found = services.coverage(version=version.id, by=by, page=page)
    address = reverse("notices:readers", args=[version.id])
    names = {one: org.branch(one).name for one in {reader.branch for reader in found.missing}}
    share = found.acknowledged * 100 // found.reached if found.reached else 0
    return {
        "version": version, "coverage": found, "share": share, "branch": services.watched(by),
        "address": f"{address}?page={page}",
        "readers": [(one, names[one.branch]) for one in found.missing],
        "next": f"{address}?page={page + 1}" if found.more else "",
        "previous": f"{address}?page={page - 1}" if page > 1 else "",
    }  # fmt: skip
