"""The post of all: what waits and failed, sending again, addresses, the test server's mails."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.mail import access, pages, queries, services
from counterpoint.mail.data import LetterMalformed
from counterpoint.mail.forms import DirectoryForm
from counterpoint.people import services as people

SHOWS = ("", "waiting", "failed")
#: One press sends so many again; what is left is pressed again.
AT_ONCE = 500


@allows(access.sees_post)
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter, by state; of one person by their number."""
    show, number = request.GET.get("show", ""), request.GET.get("number", "").strip()[:12]
    show, page = show if show in SHOWS else "", pages.page_of(request)
    who = people.person_by_number(number) if number else None
    found = services.letters(show=show, person=(who.id if who else 0) if number else None, page=page)
    asked = urlencode({"show": show, "number": number})
    context = pages.frame(request, "letters") | {
        "lines": [pages.line(one) for one in found.lines], "show": show, "number": number,
        "standing": services.standing(), "runs": access.may_run_post(request),
        "address": f"{reverse('mail:letters')}?{asked}&page={page}",
        "next": f"?{asked}&page={page + 1}" if found.more else "",
        "previous": f"?{asked}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    return render(request, f"mail/{'parts/letters' if is_fragment(request) else 'letters'}.html", context)


@allows(access.runs_post)
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Send one letter again, or everything that failed and has an address."""
    chosen = request.POST.get("letter", "")
    one = [int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else []
    count = services.retry(letters=one or queries.troubled_ids(AT_ONCE), by=people.actor_from(request))
    messages.success(request, _("%(n)s letters are sent again.") % {"n": count})
    return redirect("mail:letters")


@allows(access.runs_post)
@require_http_methods(["GET", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """Who is written to where; taken over from the directory."""
    form, refusal = DirectoryForm(request.POST or None, label_suffix=""), None
    if request.method == "POST":
        try:
            count = services.set_addresses(
                addresses=_lines(read(form)["lines"]), by=people.actor_from(request)
            )
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("%(n)s addresses are kept.") % {"n": count})
            return redirect("mail:addresses")
    page = pages.page_of(request)
    rows, more = queries.addresses(page=page)
    context: dict[str, Any] = pages.frame(request, "addresses") | {
        "form": form, "refusal": refusal, "rows": rows, "next": f"?page={page + 1}" if more else "",
        "previous": f"?page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    return render(request, "mail/addresses.html", context, status=refusal.status if refusal else 200)


def _lines(text: str) -> dict[int, str]:
    """``080101 wang.fang@bank.example``, one a line."""
    found: dict[int, str] = {}
    pairs = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
    for at, pair in enumerate(pairs, 1):
        if len(pair) != 2:
            raise LetterMalformed(_("Line %(n)s is no number with an address.") % {"n": at}, field="lines")
        who = people.person_by_number(pair[0])
        if who is None:
            raise LetterMalformed(
                _("Line %(n)s: there is nobody with this number.") % {"n": at}, field="lines"
            )
        found[who.id] = pair[1]
    return found


@allows(access.sees_test_server)
@require_GET
def arrived(request: HttpRequest) -> HttpResponse:
    """The mails that the test server took."""
    context = pages.frame(request, "arrived") | {"mails": services.arrived()}
    return render(request, f"mail/{'parts/arrived' if is_fragment(request) else 'arrived'}.html", context)


@allows(access.sees_test_server)
@require_GET
def one_arrived(request: HttpRequest, name: str) -> HttpResponse:
    """One of them, with its headers."""
    found = queries.one_arrived(f"{name}.eml")
    if found is None:
        raise Http404
    return render(request, "mail/one_arrived.html", pages.frame(request, "arrived") | {"mail": found})
