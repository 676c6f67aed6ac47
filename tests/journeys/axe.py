"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe

#: What the guidelines in force ask for: WCAG 2.2, level AA.
GUIDELINES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def violations(page, *, best_practice=False):
    """The rules that are broken, with where; by ``best_practice`` also those that no guideline asks for."""
    found = Axe().run(page, options=None if best_practice else GUIDELINES).response["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]


def accessible(page, *, best_practice=False):
    """Nothing must be found."""
    assert violations(page, best_practice=best_practice) == []
