"""The grid in which a count is typed, and read again: faces down, bundles, straps and loose across."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from counterpoint.vault.data import BoxView, face_value, is_coin
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_counts import UNITS
from counterpoint.vault.rules_counts import Binding, units_of

_FIGURE = re.compile(r"-?[0-9]{1,12}")


def typed_from(data: QueryDict, faces: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What was typed, figures as numbers; what is none stays as it is and is refused by the verb."""
    typed: dict[str, dict[str, Any]] = {}
    for name in data:
        face, _cut, unit = name.removeprefix("count_").partition("_")
        text = unicodedata.normalize("NFKC", data.get(name, "") or "").strip()
        if name.startswith("count_") and text:
            typed.setdefault(face, {})[unit] = int(text) if _FIGURE.fullmatch(text) else text
    return typed


def grid(
    box: BoxView, faces: Sequence[str], binding: Binding, typed: dict[str, dict[str, Any]], wrong: str = ""
) -> list[dict[str, Any]]:
    """The rows; each cell knows what one of it is worth. Nothing that is expected stands in them."""
    rows = []
    for face in faces:
        units = units_of(face)
        cells = [
            {
                "name": f"count_{face}_{unit}", "unit": UNITS[unit], "shown": unit in units,
                "worth": face_value(face) * binding.pieces(unit),
                "value": typed.get(face, {}).get(str(unit), ""),
                "wrong": wrong in (f"{face}_{unit}", face),
            }
            for unit in _columns(face)
        ]  # fmt: skip
        rows.append(
            {"face": face, "name": face_name(face, box.currency), "coin": is_coin(face), "cells": cells}
        )
    return rows


def _columns(face: str) -> tuple[PieceUnit, ...]:
    """Three columns; of a coin the first stays empty, and its rolls stand under the straps."""
    if is_coin(face):
        return (PieceUnit.BUNDLES, PieceUnit.ROLLS, PieceUnit.LOOSE)
    return (PieceUnit.BUNDLES, PieceUnit.STRAPS, PieceUnit.LOOSE)


def bound(binding: Binding) -> dict[str, int]:
    return {"strap": binding.strap, "straps": binding.bundle // binding.strap, "roll": binding.roll}
