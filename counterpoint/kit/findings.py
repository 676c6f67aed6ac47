"""What a verification found 核验结果: values only. No Django, no database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

#: Findings told one by one; of further ones only the number, so that a ruined table stays readable.
TOLD = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up, and its place. ``code`` is stable; ``message`` is for people."""

    code: str
    message: str
    branch: int | None = None
    block: int | None = None
    event: int | None = None
    table: str = "kit_event"
    row: int | None = None
    columns: tuple[str, ...] = ()

    def place(self) -> str:
        parts = [f"{name} {value}" for name, value in (
            ("branch", self.branch), ("block", self.block), ("event", self.event), ("table", self.table),
            ("row", self.row), ("column", ", ".join(self.columns)),
        ) if value not in (None, "")]  # fmt: skip
        return " · ".join(parts)


@dataclass(slots=True)
class Report:
    """The sum of a verification. ``unsealed`` events are newer than every seal: counted, not proved."""

    entries: int = 0
    events: int = 0
    blocks: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    untold: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, finding: Finding) -> None:
        if len(self.findings) < TOLD:
            self.findings.append(finding)
        else:
            self.untold += 1

    def plain(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self)}
