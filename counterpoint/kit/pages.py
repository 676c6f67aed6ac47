"""Turning refusals into answers: one place for pages, fragments and the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from counterpoint.kit import clock
from counterpoint.kit.data import Refusal

_BEGAN = "counterpoint.began"


def is_fragment(request: HttpRequest) -> bool:
    """Does a part of a page ask, and not somebody who opens it?"""
    return request.headers.get("HX-Request") == "true"


def problem(refusal: Refusal) -> JsonResponse:
    """The refusal as problem+json (RFC 9457), with its stable code."""
    body = {
        "type": f"urn:counterpoint:{refusal.code}",
        "title": str(refusal),
        "status": refusal.status,
        "code": refusal.code,
        "rule": str(refusal.why.rule),
        "source": str(refusal.why.source),
        "since": str(refusal.why.since),
        "remedy": str(refusal.why.remedy),
        "helper": str(refusal.why.helper),
        "details": refusal.details,
    }
    return JsonResponse(body, status=refusal.status, content_type="application/problem+json")


def began(request: HttpRequest) -> datetime:
    """When the answer to a request was begun: whatever it shows was read no earlier."""
    found = request.META.get(_BEGAN)
    return found if isinstance(found, datetime) else clock.now()


class RefusalMiddleware:
    """A refusal that a view lets pass becomes its page, its fragment or its problem document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[_BEGAN] = clock.now()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith("/api/"):
            return problem(exception)
        fragment = is_fragment(request)
        template = "ui/refusal.html" if fragment else "ui/refused.html"
        return render(request, template, {"refusal": exception}, status=exception.status)
