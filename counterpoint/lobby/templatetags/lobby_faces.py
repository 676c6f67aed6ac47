"""Words and marks of the customer's faces."""

from __future__ import annotations

from django import template
from django.utils.translation import override
from django.utils.translation import pgettext as words

from counterpoint.lobby.data import Called, SlipView
from counterpoint.lobby.labels import SLIP_STATES, SLIP_TROUBLES

register = template.Library()


@register.simple_tag
def slip_state(slip: SlipView) -> dict[str, object]:
    """How a print stands, and why it failed."""
    text, meaning, icon = SLIP_STATES[slip.state]
    said = f"{text}: {SLIP_TROUBLES[slip.trouble]}" if slip.trouble else text
    return {"text": said, "meaning": meaning, "icon": icon}


@register.simple_tag
def call_words(called: Called, language: str) -> str:
    """What the display says aloud: letters and digits one by one."""
    with override(language):
        return words("said aloud", "Number %(number)s, please go to window %(desk)s.") % {
            "number": " ".join(called.label), "desk": called.desk_number.lstrip("0") or called.desk_number,
        }  # fmt: skip
