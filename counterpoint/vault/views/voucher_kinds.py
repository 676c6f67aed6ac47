"""Setting up a kind of form 凭证种类: its numbers as printed, what one is booked at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.forms_vouchers import KindForm
from counterpoint.vault.views.bookings import go


@allows(access.sets_up_kinds)
@require_http_methods(["GET", "POST"])
def voucher_kind_new(request: HttpRequest) -> HttpResponse:
    """A new kind of form, for the whole bank."""
    form = KindForm(request.POST if request.method == "POST" else None, label_suffix="")
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.make_voucher_kind(by=people.actor_from(request), **form.asked())
                return go(request, "vault:voucher_kind", made.code)
            except Refusal as found:
                refusal, status = found, found.status
    name = "parts/voucher_kind_new" if is_fragment(request) else "voucher_kind_new"
    return render(request, f"vault/{name}.html", {"form": form, "refusal": refusal}, status=status)
