"""The repository: what it may not mention, what its documents promise, and what its locks hold."""

import configparser
import re
import subprocess
import tomllib

import pytest
from django.db import connection

from tests.house.source import ROOT, files, named, none, tracked

#: Written apart, so that this file does not mention them itself.
HOSTS = ["pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "npm" + "mirror", "artifact" + "ory",
         "crates" + ".io", "deb.debian" + ".org", "pypi" + "-more", "proxy.golang" + ".org"]  # fmt: skip
FOLDERS = [
    "wo" + "rk/main",
    "wo" + "rk/shared",
    "wo" + r"rk/\.",
    "ro" + "ot",
    "ho" + r"me/\w",
    "Us" + r"ers/\w",
]
MACHINE = re.compile(rf"(?<![\w.~-])/(?:{'|'.join(FOLDERS)})(?:/|\b)")
BINARY = {".png", ".jpg", ".ico", ".woff2", ".otf", ".pdf", ".asc", ".gz", ".zip"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")


def lines():
    for path in tracked():
        if path.suffix not in BINARY:
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
                yield path, number, line


def test_no_package_registry_is_named():
    none([f"{named(p)}:{n}" for p, n, line in lines() if any(host in line for host in HOSTS)])


def test_no_path_of_a_machine_is_named():
    none([f"{named(p)}:{n} {line.strip()[:80]}" for p, n, line in lines() if MACHINE.search(line)])


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_pins_with_hashes_and_holds_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    none([block.partition("\n")[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block])


def test_the_front_end_lock_holds_no_address_of_a_download():
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "://" not in text
    assert '"integrity"' in text


def _names(requirements):
    return {re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0].lower().replace("_", "-") for each in requirements}


def test_the_locks_hold_everything_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = _names(project["dependencies"])
    tests = _names(project["optional-dependencies"]["test"])
    locked = {
        n: _names((ROOT / n).read_text().splitlines())
        for n in ("requirements.lock", "requirements-test.lock")
    }
    assert wanted <= locked["requirements.lock"], "run bin/lock"
    assert wanted | tests <= locked["requirements-test.lock"], "run bin/lock"


def test_the_product_runs_on_what_was_tested():
    def pins(name):
        return {line.split()[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-test.lock")


def test_front_end_packages_are_pinned_exactly():
    import json

    package = json.loads((ROOT / "package.json").read_text())
    wanted = package.get("dependencies", {}) | package.get("devDependencies", {})
    none(
        [
            f"{name} {version}"
            for name, version in wanted.items()
            if not re.fullmatch(r"\d+\.\d+\.\d+", version)
        ]
    )


def test_a_warning_fails_a_test_run():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert settings["filterwarnings"] == ["error"]
    with pytest.raises(DeprecationWarning):
        __import__("warnings").warn("old", DeprecationWarning, stacklevel=1)


def test_the_checks_have_no_list_of_exceptions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert project["mypy"]["strict"] is True
    assert not [o for o in project["mypy"].get("overrides", []) if "ignore_errors" in o]


@pytest.mark.django_db
def test_every_migration_is_written():
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, interactive=False)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_every_room_has_one_first_migration():
    """Until the first release; afterwards a room's tables are changed by further migrations."""
    none([
        named(path) for path in files(".py", under="counterpoint")
        if path.parent.name == "migrations" and path.name not in {"__init__.py", "0001_initial.py"}
    ])  # fmt: skip


def test_decisions_are_numbered_without_gaps_or_doubles():
    names = sorted(path.name for path in files(".md", under="docs/adr"))
    none([name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)])
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), names


def test_every_decision_says_its_state_and_its_reasons():
    found = []
    for path in files(".md", under="docs/adr"):
        text = path.read_text()
        if not re.match(r"# \d{4} ", text) and not text.startswith("# "):
            found.append(f"{named(path)} has no title")
        if len(text.split()) < 60:
            found.append(f"{named(path)} says too little")
    none(found)


def test_links_in_documents_lead_somewhere():
    found = []
    for path in files(".md"):
        text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.S)
        for target in (a or b for a, b in LINK.findall(text)):
            place = target.partition("#")[0]
            if "://" in target or target.startswith("mailto:") or not place:
                continue
            if not (path.parent / place).resolve().exists():
                found.append(f"{named(path)} → {target}")
    none(found)


def test_what_git_keeps_out_is_not_in_it():
    listed = subprocess.run(
        ["git", "ls-files", "-ci", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    none(listed.stdout.split())
    none([named(path) for path in tracked() if ".egg-info" in named(path)])


@pytest.mark.django_db
def test_the_database_is_of_the_version_that_is_claimed():
    """18 in the wheel; another one says so: COUNTERPOINT_TEST_POSTGRES=15 bin/test."""
    import os

    claimed = int(os.environ.get("COUNTERPOINT_TEST_POSTGRES", "18"))
    assert connection.pg_version // 10000 == claimed
    assert claimed >= 15


def test_money_waits_for_the_disk_outside_tests():
    """The embedded server's own settings never trade safety for speed."""
    from counterpoint.kit.embedded import SETTINGS

    assert not {"fsync", "synchronous_commit", "full_page_writes"} & set(SETTINGS)


def test_every_room_says_what_it_is():
    found = []
    for path in files(".py", under="counterpoint"):
        if path.name == "__init__.py" and path.parent.parent == ROOT / "counterpoint":
            text = path.read_text()
            if "Nouns:" not in text or len(text) < 100:
                found.append(named(path))
    none([name for name in found if "/site/" not in name], "a room's docstring names its nouns and verbs")


def test_the_contracts_file_can_be_read():
    settings = configparser.ConfigParser()
    assert settings.read(ROOT / ".importlinter")
