"""An import-linter contract: from outside, a room is its ``services`` and its ``data``.

The assembly brings rooms together, so it may also import their faces and their commands; what lies
behind the door (models, queries, rules, forms, views) is closed to it as well.
"""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, fields, output

DOORS = {"services", "data"}
BEHIND = {"models", "queries", "rules", "forms", "views", "access", "migrations", "tests"}


class FrontDoor(Contract):
    """Options: ``package``, the rooms' home; ``open``, rooms without walls; ``assembly``."""

    type_name = "front_door"
    package = fields.StringField()
    open = fields.SetField(subfield=fields.StringField())
    assembly = fields.StringField()

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        found = []
        for imported in sorted(graph.modules):
            room, inner = self._parts(imported)
            if not inner or room in self.open:
                continue
            for importer in sorted(graph.find_modules_that_directly_import(imported)):
                if self._parts(importer)[0] != room and not self._is_allowed(importer, inner):
                    lines = graph.get_import_details(importer=importer, imported=imported)
                    found.append((importer, imported, [line["line_number"] for line in lines]))
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, lines in check.metadata["found"]:
            places = ", ".join(f"l.{line}" for line in lines)
            output.print_error(f"- {importer} -> {imported} ({places})", bold=False)

    def _parts(self, module: str) -> tuple[str, str]:
        """The room and the path inside it; a module of another package is a room of its own."""
        package, _, rest = module.partition(".")
        if package != self.package:
            return package, ""
        room, _, inner = rest.partition(".")
        return room, inner

    def _is_allowed(self, importer: str, inner: str) -> bool:
        if inner in DOORS:
            return True
        return self._parts(importer)[0] == self.assembly and inner.partition(".")[0] not in BEHIND
