"""Branches, business days and rules for machines 接口: the same queries and verbs as the screens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from counterpoint.kit import clock
from counterpoint.org import access, queries, rulebook, services
from counterpoint.people.services import actor_from

router = Router(tags=["org"])


class Branch(Schema):
    id: int
    code: str
    name_zh: str
    name_en: str
    parent: int | None


class Day(Schema):
    branch: int
    date: date
    open: bool


class Opening(Schema):
    model_config = ConfigDict(extra="forbid")

    date: date
    on_holiday: bool = False


class Rule(Schema):
    key: str
    title: str
    chapter: str
    reference: str
    version: int | None
    effective_from: date | None
    effective_to: date | None
    source: str
    confidence: str
    drafts: int


class Question(Schema):
    """Facts to be decided; nothing is recorded."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Any] = Field(max_length=50)
    at: date | None = None


class Answer(Schema):
    table: str
    version: int
    at: date
    outcome: dict[str, Any]
    hits: list[dict[str, Any]]


class Page(Schema):
    items: list[Rule]
    next: str | None


def _rule(one: rulebook.TableView) -> dict[str, Any]:
    now = one.current
    return {
        "key": one.key,
        "title": one.title,
        "chapter": one.chapter,
        "reference": one.reference,
        "version": now.number if now else None,
        "effective_from": now.effective_from if now else None,
        "effective_to": now.effective_to if now else None,
        "source": now.source if now else "",
        "confidence": now.confidence if now else "",
        "drafts": one.drafts,
    }


@router.get("/branches", response=list[Branch])
def branches(request: HttpRequest) -> list[dict[str, Any]]:
    """All branches."""
    access.reads_api(request)
    return [asdict(one) for one in queries.branches()]


@router.get("/branches/{int:branch}/day", response=Day)
def business_day(request: HttpRequest, branch: int) -> dict[str, Any]:
    """The business day of a branch."""
    access.reads_api(request)
    return asdict(services.business_day(branch))


@router.post("/branches/{int:branch}/day/opening", response=Day)
def open_day(request: HttpRequest, branch: int, opening: Opening) -> dict[str, Any]:
    """Open a business day."""
    access.opens(request)
    run = services.open_branch(
        branch=branch, date=opening.date, on_holiday=opening.on_holiday, by=actor_from(request)
    )
    return {"branch": branch, "date": run.date, "open": True}


@router.post("/branches/{int:branch}/day/closing", response=Day)
def close_day(request: HttpRequest, branch: int) -> dict[str, Any]:
    """Close the business day: its gates, then every step; goes on where a close was cut off."""
    access.closes(request)
    run = services.close_branch(branch=branch, by=actor_from(request))
    return {"branch": branch, "date": run.date, "open": False}


@router.get("/rules", response=Page)
def rule_list(
    request: HttpRequest,
    at: date | None = None,
    cursor: Annotated[str, Field(max_length=100)] = "",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The rules as of a day, by key; ``cursor`` is the last key seen."""
    access.reads_api(request)
    found = sorted(rulebook.tables(at or clock.today()), key=lambda one: one.key)
    rest = [one for one in found if one.key > cursor]
    page = rest[:limit]
    return {"items": [_rule(one) for one in page], "next": page[-1].key if len(rest) > limit else None}


@router.post("/rules/{str:key}/decision", response=Answer)
def decide(request: HttpRequest, key: str, question: Question) -> dict[str, Any]:
    """What a rule says about facts, and why: a dry run."""
    access.reads_api(request)
    decision = services.decide(table=key, facts=question.facts, at=question.at or clock.today())
    return {
        "table": decision.table,
        "version": decision.version,
        "at": decision.at,
        "outcome": decision.outcome,
        "hits": [hit.as_data() for hit in decision.hits],
    }
