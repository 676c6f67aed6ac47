"""What the house tests read: the repository's own files, as git knows them."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MADE_HERE = {".git", ".venv", "var", "node_modules", "vendor", "staticfiles", ".pytest_cache",
             ".ruff_cache", ".mypy_cache", ".hypothesis", ".import_linter_cache", "__pycache__"}  # fmt: skip
ROOMS = [
    "desk", "meetings", "insight", "talk", "feedback", "teller", "visits", "lobby", "vault", "approvals",
    "customers", "ledger", "notices", "mail", "papers", "org", "people", "ui", "kit",
]  # fmt: skip


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, those included that will be committed next."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        # An unpacked archive is no repository; everything in it counts but what is made on the spot.
        paths = (path for path in ROOT.rglob("*") if not MADE_HERE & set(path.relative_to(ROOT).parts))
    else:
        paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file() and path.suffix not in {".pyc", ".mo"}))


def files(*suffixes: str, under: str = "") -> list[Path]:
    start = ROOT / under
    return [path for path in tracked() if path.suffix in suffixes and path.is_relative_to(start)]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    """``counterpoint/ledger/models.py`` → ``ledger``; empty outside the package."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "counterpoint" and len(parts) > 2 else ""


def is_test(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return "tests" in parts or parts[0] == "tests"


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def python_files() -> list[Path]:
    return [path for path in files(".py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def none(found: list[str] | dict[str, object], because: str = "") -> None:
    """Fail and name every offender when there is one."""
    offenders = (
        [f"{k}: {v}" for k, v in found.items()] if isinstance(found, dict) else [str(f) for f in found]
    )
    if offenders:
        raise AssertionError("\n".join([because, *(f"  {offender}" for offender in offenders)]))
