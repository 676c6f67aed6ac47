"""What follows a verb: a page goes on, a part of a page tells the other parts to fetch themselves again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event

from counterpoint.kit.pages import is_fragment
from counterpoint.ui import services as ui


def changed(
    request: HttpRequest, *, to: str, said: object = "", dialog: str = "", opens: str = "", answer: str = ""
) -> HttpResponse:
    """A visit has changed. ``opens`` is the operation whose draft is to be opened; ``dialog`` closes."""
    if not is_fragment(request):
        # The desk fills its page to the last line, and shows what has changed by itself.
        if said and to != "/":
            messages.success(request, str(said))
        return redirect(to)
    response = HttpResponse(answer)
    trigger_client_event(response, "visit-changed", {"target": "body"})
    if opens:
        trigger_client_event(response, "visit-open", {"target": "body", "operation": opens})
    if dialog:
        ui.close_dialog(response, dialog)
    if said:
        ui.toast(response, str(said))
    return response
