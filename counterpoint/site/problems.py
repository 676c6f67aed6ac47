"""The last word on every answer of the API: whatever goes wrong is a problem document, also outside it.

Django itself answers an unknown address, a wrong method or a crash with a page; a machine that asked
the API cannot read one. Requests that no room could store are refused here, before any of them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from counterpoint.kit.data import Malformed, NotFound, Refusal
from counterpoint.kit.pages import problem

PREFIX = "/api/"
PROBLEM = "application/problem+json"


class AddressMalformed(Malformed):
    code = "address_malformed"
    status = 400


class MethodRefused(Refusal):
    code = "method_not_allowed"
    status = 405


class RequestTooBig(Malformed):
    code = "request_too_big"
    status = 413


class RequestRefused(Malformed):
    code = "request_malformed"
    status = 400


class WentWrong(Refusal):
    """Nobody foresaw it; the log says more."""

    code = "internal_error"
    status = 500


class ProblemMiddleware:
    """Refuses what no address or body may hold, and turns Django's own pages of error into problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL's text has no NUL, and no address of ours needs one.
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return self._refuse(request, AddressMalformed(_("The address holds a NUL character.")))
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if _length(request) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            return problem(RequestTooBig(_("The request is too big.")))
        response = self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == PROBLEM:
            return response
        return _as_problem(response)

    def _refuse(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            return problem(refusal)
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")


def _length(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() else 0


def _as_problem(response: HttpResponse) -> HttpResponse:
    answer = problem(_refusal_of(response.status_code))
    for name in ("Allow", "WWW-Authenticate"):
        if name in response.headers:
            answer[name] = response.headers[name]
    return answer


def _refusal_of(status: int) -> Refusal:
    if status == NotFound.status:
        return NotFound(_("There is nothing at this address."))
    if status == MethodRefused.status:
        return MethodRefused(_("This address does not know this method."))
    if status >= 500:
        refusal: Refusal = WentWrong(_("Something went wrong that nobody foresaw. It is in the log."))
    else:
        refusal = RequestRefused(_("The request is not as it should be."))
    refusal.status = status
    return refusal
