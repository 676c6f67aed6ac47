"""The JSON API 接口: the rooms' routers under one address, one way in, one shape of refusal."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from counterpoint import __version__
from counterpoint.customers.api import router as customers
from counterpoint.kit.data import Actor, Malformed, NotAllowed, Refusal
from counterpoint.kit.pages import problem
from counterpoint.ledger.api import router as ledger
from counterpoint.org.api import router as org
from counterpoint.people.services import actor_of_token
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


class RequestTooBig(Malformed):
    code = "request_too_big"
    status = 413


api = NinjaAPI(
    title="Counterpoint 柜协",
    version=__version__,
    urls_namespace="api",
    docs_url="/docs",
    auth=[Token(), SessionAuth(csrf=True)],
    description=_(
        "The verbs and queries of the screens, for machines. Amounts are whole minor units. "
        "Posting needs an Idempotency-Key; the same key with the same body returns the first result. "
        "Refusals are problem documents with a stable code."
    ),
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
    return problem(RequestMalformed(_("The request is not as it should be."), fields=fields))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    refusal = RequestMalformed(str(error))
    refusal.status = error.status_code
    return problem(refusal)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(RequestTooBig(_("The request is too big.")))
