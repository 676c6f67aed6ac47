"""``{% load ui %}``: figures, dates, icons and parts, drawn the same way everywhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.kit import clock as time
from counterpoint.kit import words
from counterpoint.kit.money import SYMBOLS, Money
from counterpoint.ui import services

register = template.Library()

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUS = "\N{MINUS SIGN}"


def _chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


register.filter("in_words", services.in_words)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """``{% icon "cash" %}``: a picture from the sprite. Without ``label`` it is decoration."""
    heard = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="c-icon {}" {}><use href="{}#{}"></use></svg>',
        css, heard, static("vendor/icons.svg"), name,
    )  # fmt: skip


def _as_money(value: Money | int | str | None, currency: str) -> Money | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, Money) else Money(int(value), currency)


@register.filter
def figure(value: Money | int | None, currency: str = "CNY") -> str:
    """``{{ 140950|figure }}`` → ``1,409.50``: the bare figure, with a real minus sign."""
    money_ = _as_money(value, currency)
    return "—" if money_ is None else money_.figure.replace("-", MINUS)


@register.simple_tag
def money(value: Money | int | None, currency: str = "CNY", css: str = "", sign: bool = False) -> SafeString:
    """``{% money balance "CNY" %}``: currency, separators, red and a minus sign when negative."""
    money_ = _as_money(value, currency)
    if money_ is None:
        return mark_safe('<span class="c-money is-none">—</span>')
    mark = MINUS if money_.minor < 0 else "+" if sign and money_.minor > 0 else ""
    return format_html(
        '<span class="c-money {}{}">{}<span class="c-money-currency">{}</span>{}</span>',
        "is-negative " if money_.minor < 0 else "",
        css,
        mark,
        SYMBOLS.get(money_.currency, money_.currency),
        money_.figure.removeprefix("-"),
    )


@register.simple_tag
def amount_words(value: Money | int, currency: str = "CNY", language: str = "") -> str:
    """``{% amount_words 140950 %}`` → 人民币壹仟肆佰零玖元伍角, or the English in an English page."""
    money_ = _as_money(value, currency)
    if money_ is None:
        return ""
    chinese = language.startswith("zh") if language else _chinese()
    return words.chinese(money_) if chinese else words.english(money_)


@register.filter
def account_number(value: object) -> SafeString:
    """Groups of four, with thin gaps that a copy does not carry."""
    text = str(value or "")
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    inner = format_html_join("", "<span>{}</span>", ((group,) for group in groups))
    return format_html('<span class="c-number">{}</span>', inner)


@register.filter
def cdate(value: date | datetime | None) -> SafeString | str:
    """``2026-11-24 周二`` (``Tue`` in English)."""
    if value is None:
        return "—"
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    week = "周" + _WEEKDAYS_ZH[day.weekday()] if _chinese() else _WEEKDAYS_EN[day.weekday()]
    return format_html('<time datetime="{}">{} {}</time>', day.isoformat(), day.isoformat(), week)


@register.filter
def clock(value: datetime | None) -> SafeString | str:
    """``10:42``, in China's time."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    stamp = local.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', stamp, f"{local:%H:%M}")


@register.filter
def shortly(value: datetime | None) -> SafeString | str:
    """``10:42`` on the day itself, ``11-24 10:42`` on another; a day without a time is ``11-24``."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    today = local.date() == timezone.localtime(time.now()).date()
    timed = bool(local.hour or local.minute)
    said = " ".join([f"{local:%m-%d}"] * (not timed or not today) + [f"{local:%H:%M}"] * timed)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), said)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``2026-11-24 10:42:05``."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    stamp = local.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', stamp, f"{local:%Y-%m-%d %H:%M:%S}")


@register.filter
def waited(value: datetime | None) -> str:
    """How long since, short: ``3 分钟`` / ``3 min``."""
    if value is None:
        return ""
    minutes = max(0, int((time.now() - value).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    hours = minutes // 60
    return ngettext("%(n)d h", "%(n)d h", hours) % {"n": hours}


_MEANING_ICONS = {
    "neutral": "circle",
    "accent": "circle-dot",
    "success": "circle-check",
    "attention": "alert-triangle",
    "danger": "alert-octagon",
    "information": "info-circle",
}


@register.simple_tag
def badge(text: object, meaning: str = "neutral", icon_name: str = "") -> SafeString:
    """``{% badge _("Frozen") "danger" %}``: a state as a word and an icon, never colour alone."""
    picture = icon(icon_name or _MEANING_ICONS[meaning])
    return format_html('<span class="c-badge is-{}">{}{}</span>', meaning, picture, text)


@register.simple_tag
def kbd(*keys: str) -> SafeString:
    """``{% kbd "Ctrl" "K" %}``: a key hint."""
    inner = format_html_join("", '<kbd class="c-kbd">{}</kbd>', ((key,) for key in keys))
    return format_html('<span class="c-keys">{}</span>', inner)


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, hint: object = "", css: str = "", unit: str = "") -> dict[str, Any]:
    """``{% field form.name %}``: label left, widget, help and error, wired for screen readers."""
    described = []
    if bound.help_text or hint:
        described.append(f"{bound.auto_id}_hint")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    kind = bound.field.widget.__class__.__name__
    base = "form-select" if "Select" in kind else "form-check-input" if "Checkbox" in kind else "form-control"
    attributes: dict[str, Any] = {"class": f"{base} {'is-invalid' if bound.errors else ''}".strip()}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs={**bound.field.widget.attrs, **attributes}),
        "hint": hint or bound.help_text,
        "css": css,
        "unit": unit,
    }


@register.inclusion_tag("ui/parts/amount_field.html")
def amount_field(bound: BoundField, currency: str = "CNY", hint: object = "") -> dict[str, Any]:
    """``{% amount_field form.amount "CNY" %}``: separators and the amount in words as it is typed."""
    attributes = {
        "class": f"form-control c-amount-input{' is-invalid' if bound.errors else ''}",
        "data-amount": currency,
        "data-amount-words": f"{bound.auto_id}_words",
        "inputmode": "decimal",
        "autocomplete": "off",
        "aria-describedby": f"{bound.auto_id}_words {bound.auto_id}_error",
    }
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs={**bound.field.widget.attrs, **attributes}),
        "currency": currency,
        "symbol": SYMBOLS.get(currency, currency),
        "hint": hint or bound.help_text,
    }


_CNY_FACES = (10000, 5000, 2000, 1000, 500, 100, 50, 10)


@register.filter
def face_name(face: int, currency: str = "CNY") -> str:
    """``10000`` → ``100 元``; ``50`` → ``5 角``; in English ``¥100`` and ``¥0.50``."""
    if currency == "CNY" and _chinese():
        if face >= 100:
            return f"{face // 100} 元"
        return f"{face // 10} 角" if face >= 10 else f"{face} 分"
    money_ = Money(face, currency)
    return str(money_).removesuffix(".00")


@register.inclusion_tag("ui/parts/faces.html")
def faces(
    name: str = "faces",
    counts: dict[str, int] | None = None,
    total_of: str = "",
    currency: str = "CNY",
    available: dict[str, int] | None = None,
) -> dict[str, Any]:
    """``{% faces "faces" counts total_of="id_amount" %}``: a grid of denominations that sums itself.

    Posts ``<name>_<face>`` for each face in minor units; ``total_of`` is the id of the amount's input
    that the sum must equal; ``available`` shows what the box holds.
    """
    counts, available = counts or {}, available or {}
    rows = [
        {
            "face": face,
            "name": face_name(face, currency),
            "count": counts.get(str(face), ""),
            "available": available.get(str(face)),
        }
        for face in _CNY_FACES
    ]
    return {"name": name, "rows": rows, "total_of": total_of, "currency": currency}


@register.simple_tag
def masked(text: object, unmask_url: str = "", label: object = "") -> SafeString:
    """A masked value 脱敏, with a button that asks to see it when the task may; seeing it is an event."""
    if not unmask_url:
        return format_html('<span class="c-masked">{}</span>', text)
    return format_html(
        '<span class="c-masked">{}<button type="button" class="c-unmask" hx-post="{}"'
        ' hx-target="closest .c-masked" hx-swap="outerHTML" title="{}" aria-label="{}">{}</button></span>',
        text, unmask_url, label or _("Show"), label or _("Show"), icon("eye"),
    )  # fmt: skip


@register.inclusion_tag("ui/parts/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """What stands in for a part that is loading; drawn after 200 ms so that nothing flickers."""
    return {"lines": range(lines)}


@register.inclusion_tag("ui/parts/sections.html", takes_context=True)
def sections(context: template.Context, page: str, id: int) -> dict[str, Any]:
    """``{% sections "customers.party" party.id %}``: where rooms above put parts of their own."""
    request = context.get("request")
    return {"addresses": services.sections(request, page, id) if request is not None else []}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    title: object, text: object = "", icon_name: str = "inbox", url: str = "", action: object = ""
) -> dict[str, Any]:
    """``{% empty _("No entries yet") %}``: nothing here, said on purpose."""
    return {"title": title, "text": text, "icon_name": icon_name, "url": url, "action": action}


@register.inclusion_tag("ui/parts/pager.html")
def pager(next_url: str = "", previous_url: str = "", target: str = "", note: object = "") -> dict[str, Any]:
    """``{% pager next_url=… target="#entries" %}``: by cursor; with a target it swaps that element."""
    return {"next_url": next_url, "previous_url": previous_url, "target": target, "note": note}


@register.inclusion_tag("ui/parts/confirm.html")
def confirm_button(
    text: object,
    key: str = "",
    meaning: str = "primary",
    icon_name: str = "",
    busy: object = "",
    name: str = "",
    value: str = "",
) -> dict[str, Any]:
    """``{% confirm_button _("Post") key="F10" %}``: submits once and says that it works on it."""
    return {
        "text": text, "key": key, "meaning": meaning, "icon_name": icon_name,
        "busy": busy or _("Working…"), "name": name, "value": value,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(items: object) -> dict[str, Any]:
    """Items with ``at``, ``title`` and optionally ``text``, ``who``, ``meaning``, ``icon``."""
    return {"items": items}


@register.inclusion_tag("ui/parts/facts.html")
def facts(rows: object) -> dict[str, Any]:
    """A key/value list 要素: pairs of label and value."""
    return {"rows": rows}
