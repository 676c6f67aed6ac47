"""A refusal names its rule by a stable key; nobody at a screen ever reads the key."""

import ast
import json

from counterpoint.ledger import frame as ledger
from counterpoint.vault import frame as vault
from tests.house.source import ROOT, files, is_test, parsed


def keys_in_refusals():
    """Every ``Why(rule="room.key")`` that is written out, with its place."""
    for path in files(".py", under="counterpoint"):
        if is_test(path):
            continue
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Why"):
                continue
            for one in node.keywords:
                if one.arg == "rule" and isinstance(one.value, ast.Constant) and one.value.value:
                    yield one.value.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_rule_that_a_refusal_names_has_words():
    shipped = {
        rule["key"]
        for path in files(".json", under="counterpoint/org/rules_data")
        for rule in json.loads(path.read_text()).get("rules", ())
    }
    found = list(keys_in_refusals())
    wordless = [
        (key, place) for key, place in found
        if key not in shipped and ledger.reason(key) is None and vault.reason(key) is None
    ]  # fmt: skip
    assert len(found) > 10
    assert wordless == []
