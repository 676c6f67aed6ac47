"""What ``counterpoint verify`` asks of the papers: what is stored is what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from counterpoint.kit.findings import Finding

_CONTENT = """
SELECT p.id, p.branch_id, c.paper_id IS NULL
FROM papers_paper p
LEFT JOIN papers_papercontent c ON c.paper_id = p.id
LEFT JOIN papers_discard d ON d.paper_id = p.id
WHERE d.id IS NULL AND encode(sha256(c.content), 'hex') IS DISTINCT FROM p.sha256
ORDER BY p.id
"""
_PREVIEWS = """
SELECT p.id, p.branch_id, v.page
FROM papers_paper p JOIN papers_paperpreview v ON v.paper_id = p.id
WHERE encode(sha256(v.large), 'hex') IS DISTINCT FROM p.previews -> (v.page - 1) ->> 0
   OR encode(sha256(v.small), 'hex') IS DISTINCT FROM p.previews -> (v.page - 1) ->> 1
ORDER BY p.id, v.page
"""
_EVENTS = """
SELECT p.id, p.branch_id
FROM papers_paper p
LEFT JOIN kit_event e ON e.subject = 'paper:' || p.id AND e.key IS NULL AND e.verb = 'papers.paper.kept'
WHERE e.data ->> 'sha256' IS DISTINCT FROM p.sha256
ORDER BY p.id
"""


def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Papers whose content, previews or row are no longer what was kept. The server does the hashing."""
    for paper, branch, missing in connection.execute(_CONTENT):
        said = "has lost its content" if missing else "has another content than was kept"
        yield _finding(paper, branch, "papers_papercontent", "content", said)
    for paper, branch, page in connection.execute(_PREVIEWS):
        yield _finding(
            paper, branch, "papers_paperpreview", "large", f"shows another page {page} than was kept"
        )
    for paper, branch in connection.execute(_EVENTS):
        yield _finding(paper, branch, "papers_paper", "sha256", "has another hash than its event says")


def _finding(paper: int, branch: int, table: str, column: str, said: str) -> Finding:
    return Finding(
        code="papers.content", table=table, row=paper, branch=branch, columns=(column,),
        message=f"paper {paper} {said}",
    )  # fmt: skip
