"""What the customer's faces share: words for times and papers, the language, codes, the live pass."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import qrcode
import qrcode.image.svg
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit import live
from counterpoint.kit.pages import began

#: Whoever has the address has the number, so no other place hears of it. Without any referrer at all the
#: browser would hide from our own form where it comes from, and the form would be refused.
PRIVATE = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}

#: Papers that a service asks for, by their codes in the dated rule.
PAPERS: dict[str, Words] = {
    "id_card": gettext_lazy("Identity document"),
    "household": gettext_lazy("Household register"),
    "passbook": gettext_lazy("Passbook or card"),
    "marriage": gettext_lazy("Marriage certificate"),
    "authority": gettext_lazy("Letter of authority"),
    "licence": gettext_lazy("Business licence"),
    "income": gettext_lazy("Proof of income"),
    "address": gettext_lazy("Proof of address"),
}
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Live:
    """What a page without sign-in may hear, and where it asks for its next pass."""

    ticket: str
    channels: tuple[str, ...]
    renew: str


def live_for(request: HttpRequest, channels: tuple[str, ...], renew: str) -> Live:
    return Live(live.guest_ticket(channels, since=began(request)), channels, renew)


def pass_for(request: HttpRequest, channels: tuple[str, ...]) -> JsonResponse:
    """A fresh pass, for ``live.js``."""
    found = live_for(request, channels, "")
    return JsonResponse({"ticket": found.ticket, "channels": list(channels)})


def spoken(request: HttpRequest) -> translation.override:
    """The language of a screen that everybody uses: in its address, so that the next one finds the usual."""
    return translation.override(LANGUAGES.get(request.GET.get("in", ""), "zh-hans"))


def papers_in_words(codes: tuple[str, ...]) -> list[str]:
    return [str(PAPERS.get(code, code)) for code in codes]


def minutes(seconds: float) -> int:
    """Whole minutes, a begun one counts."""
    return -(-max(0, round(seconds)) // 60)


def range_in_words(low: float, high: float) -> str:
    """The promise as a range 等候区间, such as ``4–9 min``."""
    first, last = int(max(0.0, low) // 60), minutes(high)
    if last <= 1:
        return _("less than a minute")
    if first == last:
        return _("%(n)s min") % {"n": last}
    if first == 0:
        return _("up to %(n)s min") % {"n": last}
    return _("%(low)s–%(high)s min") % {"low": first, "high": last}


def middle_in_words(mid: float) -> str:
    return _("most likely %(n)s min") % {"n": max(1, minutes(mid))}


def code_image(address: str) -> str:
    """A QR code as an image inside the page: its address leaves the house by nobody else."""
    drawing = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    out = io.BytesIO()
    drawing.save(out)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"


def private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response
