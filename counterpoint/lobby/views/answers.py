"""What follows a verb of the lobby: the parts of the page fetch themselves again, with a short notice."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event

from counterpoint.kit.pages import is_fragment
from counterpoint.ui import services as ui


def changed(request: HttpRequest, *, to: str, said: str = "", dialog: str = "") -> HttpResponse:
    """Something in the lobby changed; ``dialog`` closes."""
    if not is_fragment(request):
        if said:
            messages.success(request, said)
        return redirect(to)
    response = HttpResponse("")
    trigger_client_event(response, "lobby-changed", {"target": "body"})
    if dialog:
        ui.close_dialog(response, dialog)
    if said:
        ui.toast(response, said)
    return response
