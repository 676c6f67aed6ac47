"""What the API says about itself: OpenAPI 3.1 with keys, refusals and paging written down."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

KEY = "Idempotency-Key"
DESCRIPTION = """\
The verbs and queries of the screens, for machines and for scripts of people who are signed in.

**Who.** Machines send `Authorization: Bearer cp_…`, a token that their administrator issued and can
revoke. A browser session does as well; then every unsafe method needs `X-CSRFToken`.

**Money** is whole minor units (分) with its currency; a posting's debits are positive, its credits
negative, and they add up to zero.

**Keys.** Whatever posts needs an `Idempotency-Key`. The same key with the same body gives the first
answer again, marked `repeated`; the same key with another body is refused with `key_reused`. After an
`outcome_unknown` send the same again.

**Refusals** are problem documents (RFC 9457) with a stable `code`, the rule behind it, its source,
since when it holds, what would help, and who can help.

**Pages.** A list answers `items` and `next`; give `next` back as `cursor` until it is `null`.
"""

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "`urn:counterpoint:` and the code"},
        "title": {"type": "string", "description": "What is not possible, in the reader's language"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programs go by it"},
        "rule": {"type": "string", "description": "The rule behind it"},
        "source": {"type": "string", "description": "Where the rule is from"},
        "since": {"type": "string", "description": "Since when it holds"},
        "remedy": {"type": "string", "description": "What would help"},
        "helper": {"type": "string", "description": "Who can help"},
        "details": {"type": "object", "additionalProperties": True},
    },
}
#: Documented for every operation; those of single rooms come under ``4XX``.
PROBLEMS = {
    "400": "The request cannot be read",
    "401": "No valid token and no session",
    "403": "The duty is missing, or the CSRF token is",
    "404": "There is no such thing, or none that you may know of",
    "409": "The books or the state of things do not allow it",
    "413": "The request is too big",
    "422": "A field is missing, unknown, or not as it should be",
    "4XX": "Refused; the code says why",
    "503": "The line to the books broke; send the same again, with the same key",
}


class StrictParser(Parser):
    """JSON as its standard says: UTF-8, no lone surrogates, no endless nesting; and no NUL."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = orjson.loads(request.body)
        # The quick look spares nearly every body the slow one.
        if b"\\u0000" in request.body and _holds_nul(body):
            raise ValueError("a NUL character")
        return body


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))


class Interface(NinjaAPI):
    """The rooms' routers as one described interface."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        schema["components"]["responses"] = {
            f"Problem{status}": {
                "description": text,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            for status, text in PROBLEMS.items()
        }
        schemes = schema["components"]["securitySchemes"]
        schemes["Token"]["description"] = "A machine's token: `cp_…`"
        schemes["SessionAuth"]["description"] = "The session of somebody who is signed in"
        for operations in schema["paths"].values():
            for operation in operations.values():
                _complete(operation)
        return schema


def _complete(operation: dict[str, Any]) -> None:
    for status in PROBLEMS:
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    for parameter in operation["parameters"]:
        if parameter["name"].lower() == KEY.lower():
            parameter |= {
                "name": KEY,
                "required": True,
                "description": "The same key with the same body does the thing once and answers alike.",
                # Letters and digits are advice; what is refused is fewer than eight or not printable.
                "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": r"^[!-~]+$"},
            }
