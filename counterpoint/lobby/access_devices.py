"""Who may use a paired screen: the browser that the lobby has paired, and no other."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest

from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind, DeviceView
from counterpoint.org import services as org
from counterpoint.org.data import BranchView


def cookie_name(kind: DeviceKind) -> str:
    return f"lobby_{kind}"


def branch_of(code: str) -> BranchView:
    """The branch with this code, or 404."""
    found = next((one for one in org.branches() if one.code == code), None)
    if found is None:
        raise Http404
    return found


def device_here(request: HttpRequest, branch: int, kind: DeviceKind) -> DeviceView:
    """The screen that this browser is, or a refusal."""
    return services.device_of(request.COOKIES.get(cookie_name(kind), ""), branch=branch, kind=kind)


def paired_as(kind: DeviceKind) -> Callable[[HttpRequest], None]:
    """A rule: the browser is this kind of screen of the branch in the address."""

    def rule(request: HttpRequest) -> None:
        assert request.resolver_match is not None
        device_here(request, branch_of(request.resolver_match.kwargs["code"]).id, kind)

    return rule
