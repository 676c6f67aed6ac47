"""A form that is read at once: its values, or a refusal."""

from __future__ import annotations

from typing import Any

from django import forms

from counterpoint.kit.data import Malformed


def read(form: forms.Form) -> dict[str, Any]:
    """The cleaned values, or ``Malformed`` with the first thing that is wrong."""
    if form.is_valid():
        return form.cleaned_data
    field, messages = next(iter(form.errors.items()))
    name = form.fields[field].label if field in form.fields else ""
    raise Malformed(f"{name}: {messages[0]}" if name else messages[0], field=field)
