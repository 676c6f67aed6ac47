"""Who may open what; a report or a complaint that is not for somebody does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.feedback import services
from counterpoint.feedback.data import Department, Item
from counterpoint.feedback.data_complaints import Complaint
from counterpoint.feedback.services import routing
from counterpoint.feedback.services.complaints_rights import Part
from counterpoint.people.data import Duty
from counterpoint.people.services import Rights, actor_from, has_any, signed_in

reports = signed_in
#: Whoever speaks with customers, or oversees complaints, may register one.
registers = has_any(Duty.CUSTOMER_VIEW, Duty.LOBBY, Duty.RULES_DRAFT)


def item_for(request: HttpRequest, id: int) -> Item:
    """The item, for who is signed in; or there is none (404)."""
    return services.item(id, by=actor_from(request))


def complaint_for(request: HttpRequest, id: int) -> Complaint:
    """The complaint, for who is signed in; for whom it concerns there is none (404)."""
    return services.complaint(id, by=actor_from(request))


def _rights(request: HttpRequest) -> Rights:
    """Every right of who is signed in; one question a request, as the frame of each page asks."""
    known: Rights | None = request.__dict__.get("_feedback_rights")
    if known is None:
        known = request.__dict__["_feedback_rights"] = Rights(actor_from(request).id)
    return known


def departments(request: HttpRequest) -> dict[str, Department]:
    """The departments to which who is signed in belongs; looked up once a request."""
    known: dict[str, Department] | None = request.__dict__.get("_departments")
    if known is None:
        known = request.__dict__["_departments"] = routing.mine(actor_from(request), _rights(request))
    return known


def part(request: HttpRequest) -> Part:
    """The part in complaints of who is signed in; looked up once a request."""
    known: Part | None = request.__dict__.get("_complaints_part")
    if known is None:
        known = request.__dict__["_complaints_part"] = services.part(actor_from(request), _rights(request))
    return known
