"""Everything that is pinned may be used in a bank, commercially, and is named in the decision."""

import importlib.metadata
import re

import pytest

from tests.house.source import ROOT, none

REFUSED = re.compile(
    r"\bA?GPL|SSPL|BUSL|Business Source|Elastic License|Commons Clause|Non-?Commercial", re.I
)
ALLOWED_LESSER = re.compile(r"\bL(esser )?GPL|GNU Lesser|GNU Library", re.I)


def pinned(name):
    return [line.split("==")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line]


def licence_of(package):
    """What the package says of itself; empty when it is not for this platform."""
    try:
        about = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
    said = [about.get("License-Expression") or "", (about.get("License") or "").partition("\n")[0]]
    said += [
        line.partition("::")[2] for line in about.get_all("Classifier") or [] if line.startswith("License")
    ]
    return "; ".join(part.strip() for part in said if part.strip())


def is_refused(licence):
    return bool(REFUSED.search(ALLOWED_LESSER.sub("", licence)))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_no_package_has_a_licence_that_binds_the_product(lock):
    none([f"{name}: {licence}" for name in pinned(lock) if is_refused(licence := licence_of(name))])


@pytest.mark.parametrize(
    ("licence", "refused"),
    [("GPL-3.0-or-later", True), ("AGPL-3.0", True), ("LGPL-3.0-only", False), ("MIT", False),
     ("GNU Lesser General Public License v2 or later (LGPLv2+)", False), ("BUSL-1.1", True)],
)  # fmt: skip
def test_a_binding_licence_is_recognised(licence, refused):
    assert is_refused(licence) is refused


def test_every_direct_dependency_is_named_in_the_decision():
    import tomllib

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = [re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0] for each in wanted]
    text = (ROOT / "docs" / "adr" / "0004-libraries.md").read_text()
    none([name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)])
