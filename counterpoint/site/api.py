"""The JSON API 接口: the rooms' routers under one address, one way in, one shape of refusal."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from counterpoint import __version__
from counterpoint.customers.api import router as customers
from counterpoint.kit.access import allows, anybody
from counterpoint.kit.data import Actor, Malformed, NotAllowed, NotFound, Refusal
from counterpoint.kit.pages import problem
from counterpoint.ledger.api import KeyMissing
from counterpoint.ledger.api import router as ledger
from counterpoint.org.api import router as org
from counterpoint.people.services import actor_of_token
from counterpoint.site.openapi import DESCRIPTION, KEY, Interface, StrictParser
from counterpoint.site.problems import RequestTooBig
from counterpoint.teller.api import router as teller


class Token(HttpBearer):
    """``Authorization: Bearer cp_…``: a machine with a token that its administrator issued."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return actor_of_token(request, token)


class NotSignedIn(NotAllowed):
    code = "not_signed_in"
    status = 401


class RequestMalformed(Malformed):
    code = "request_malformed"


class CsrfFailed(NotAllowed):
    """A session in a browser has to prove that its own page asks."""

    code = "csrf_failed"


api = Interface(
    title="Counterpoint 柜协",
    version=__version__,
    urls_namespace="api",
    docs_url="/docs",
    docs_decorator=allows(anybody),
    auth=[Token(), SessionAuth(csrf=True)],
    parser=StrictParser(),
    description=DESCRIPTION,
)
api.add_router("/org", org)
api.add_router("/customers", customers)
api.add_router("/ledger", ledger)
api.add_router("/teller", teller)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(NotSignedIn(_("Send a valid token.")))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Where and what, but not the value: a refusal is no place for personal data.
    fields = [{"where": list(e.get("loc", ())), "what": e.get("msg", "")} for e in error.errors]
    if any(field["where"][:2] == ["header", KEY] for field in fields):
        return problem(KeyMissing(_("Send an Idempotency-Key of 8 to 200 characters.")))
    return problem(RequestMalformed(_("The request is not as it should be."), fields=fields))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(NotFound(_("There is nothing at this address.")))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == CsrfFailed.status:
        return problem(CsrfFailed(_("Send the X-CSRFToken of your session.")))
    refusal = RequestMalformed(_("The request is not as it should be."), reason=str(error))
    refusal.status = error.status_code
    return problem(refusal)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(RequestTooBig(_("The request is too big.")))
