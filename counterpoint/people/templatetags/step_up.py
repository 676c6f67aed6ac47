"""``{% load step_up %}``: the fields of a fresh proof, for a form of any room."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from counterpoint.people.services.proving import step_up_methods

register = template.Library()


@register.inclusion_tag("people/step_up.html", takes_context=True)
def step_up_fields(context: RequestContext, id: str = "step-up") -> dict[str, Any]:
    """``{% step_up_fields %}``: what the person signed in proves with; posts code, password, credential."""
    return {"methods": step_up_methods(int(context["request"].user.pk)), "id": id}
