"""Somebody else proves at this screen to be here 现场核验: with number, password and code."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from counterpoint.kit.data import Actor
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def prove(
    request: HttpRequest, *, duties: Sequence[Duty], branch: int, prefix: str = "second"
) -> Actor | None:
    """Who signed under ``prefix``, with whichever of the duties they have; ``None`` where nobody did.

    Called outside of any transaction: failures must be counted.
    """
    number = request.POST.get(f"{prefix}_number", "").strip()[:20]
    if not number:
        return None
    known = people.person_by_number(number)
    fitting = [
        duty for duty in duties if known is not None and people.may(person=known.id, duty=duty, branch=branch)
    ]
    by = people.actor_from(request)
    return people.verify_second_person(
        username=number, password=request.POST.get(f"{prefix}_password", "")[:128],
        code=request.POST.get(f"{prefix}_code", "")[:12] or None, branch=branch,
        duty=(fitting or list(duties))[0], not_person=by.id, request=request,
    )  # fmt: skip
