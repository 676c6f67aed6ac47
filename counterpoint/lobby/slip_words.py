"""A number in words 号条文字: for screens, and as the slip that is printed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from counterpoint.kit.clock import CHINA
from counterpoint.lobby import faces, services
from counterpoint.lobby.data import TicketView
from counterpoint.lobby.printing.writer import SlipText, slip_bytes
from counterpoint.org import services as org
from counterpoint.org.data import UnitKind


def number_context(ticket: TicketView) -> dict[str, Any]:
    """A number with its promise and papers in words."""
    service = services.service_at(ticket.service, ticket.branch, ticket.date)
    promise = ticket.promise
    return {
        "ticket": ticket, "service": service, "papers": faces.papers_in_words(service.papers),
        "range": faces.range_in_words(promise.low, promise.high) if promise else "",
        "middle": faces.middle_in_words(promise.mid) if promise else "",
    }  # fmt: skip


def compose(ticket: TicketView, origin: str, marked: bool) -> bytes:
    """The slip: Chinese first, the second language below."""
    token = services.token_of(ticket.key, by=services.self_service(ticket.branch))
    with override("zh-hans"):
        first, day = _slip_words(ticket), f"{ticket.arrived.astimezone(CHINA):%Y-%m-%d %H:%M}"
        mark = _("COPY") if marked else ""
        scan, foot = _("Scan: your place in the line, live"), _("Please come when your number is called.")
    with override("en"):
        second = _slip_words(ticket)
    return slip_bytes(
        SlipText(
            bank=_bank(), branch=org.branch(ticket.branch).name_zh, title=f"{first[0]} {second[0]}",
            label=ticket.label, lines=(day, *first[1:], *second[1:]), scan=scan, foot=foot, mark=mark,
            address=f"{origin}{reverse('lobby:phone', args=[token])}",
        )
    )  # fmt: skip


def origin_of(request: HttpRequest) -> str:
    """Where this browser has found us; the customer's phone will, too."""
    return request.build_absolute_uri("/").rstrip("/")


def appear() -> None:
    services.register_composer(compose)


def _bank() -> str:
    return next((one.name_zh for one in org.units() if one.kind is UnitKind.BANK), "")


def _slip_words(ticket: TicketView) -> list[str]:
    shown = number_context(ticket)
    lines = [shown["service"].name]
    if shown["range"]:
        lines.append(_("Wait: %(range)s, %(middle)s") % shown)
    if shown["papers"]:
        lines.append(_("Have ready: %(papers)s") % {"papers": _(", ").join(shown["papers"])})
    return lines
