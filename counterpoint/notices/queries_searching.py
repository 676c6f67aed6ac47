"""Finding notices by pieces of their words, and of the words in their attachments.

The pieces lie in a narrow table with an inverted index. Which versions have them is asked there; only of
those that a page shows the rest is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from counterpoint.notices import rules
from counterpoint.notices.data import Line
from counterpoint.notices.models import NoticeVersion, VersionWords
from counterpoint.papers import services as papers

#: A piece that more than so many have says little; what was mistyped is looked for by the others.
COMMON = 2_000
#: Of a long question so many pieces, so far apart, are enough to know what is near.
PIECES = 24
NEAR = 200

#: How many have each piece, counted up to a bound.
COUNTS = """
SELECT p.piece, (SELECT count(*) FROM (SELECT 1 FROM notices_versionwords
                                        WHERE grams @> ARRAY[p.piece] LIMIT %s) AS one)
  FROM unnest(%s::varchar[]) AS p(piece)
"""
#: Those that have enough of the rarer pieces, most of them first.
SHARING = """
SELECT w.version_id FROM unnest(%s::varchar[]) AS p(piece)
 CROSS JOIN LATERAL (SELECT DISTINCT version_id FROM notices_versionwords
                      WHERE grams @> ARRAY[p.piece]) AS w
 GROUP BY w.version_id HAVING count(*) >= %s
 ORDER BY count(*) DESC, w.version_id DESC LIMIT %s
"""


@contextmanager
def _by_index() -> Iterator[None]:
    """Pieces are looked up in their index only: comparing the lists themselves, which the server takes for
    cheap, unpacks each of them and took a second and more over 20,000 notices.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def found(where: QuerySet[NoticeVersion], asked: set[str], part: slice) -> tuple[list[int], bool]:
    """The versions that have every piece, the newest first; on a first page without any, what is near."""
    with _by_index():
        exact = list(_having(where, sorted(asked)).values_list("pk", flat=True)[part])
        if exact or part.start:
            return exact, False
        return _near(where, asked)[: part.stop - 1], True


def _having(where: QuerySet[NoticeVersion], pieces: list[str]) -> QuerySet[NoticeVersion]:
    having = VersionWords.objects.filter(grams__contains=pieces).values("version")
    # By the bare number, the server would walk through all versions for the few that have the pieces.
    return where.filter(pk__in=having).order_by((F("id") + 0).desc())


def _near(where: QuerySet[NoticeVersion], asked: set[str]) -> list[int]:
    """Those that share most of the pieces, for words that were mistyped.

    Common pieces are taken as shared; where the others alone decide nothing, all of the common ones do.
    """
    pieces = sorted(asked, key=lambda one: (-len(one), one))[:PIECES]
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [COMMON, pieces])
        counted: dict[str, int] = dict(cursor.fetchall())
        rare = [one for one in pieces if 0 < counted[one] < COMMON]
        common = [one for one in pieces if counted[one] >= COMMON]
        needed = max(1, len(pieces) * 3 // 5)
        if rare and needed > len(common):
            cursor.execute(SHARING, [rare, needed - len(common), NEAR])
            ids = [row[0] for row in cursor.fetchall()]
            allowed = set(where.filter(pk__in=ids).values_list("pk", flat=True))
            return [one for one in ids if one in allowed]
    if len(common) < needed:
        return []
    return list(_having(where, common).values_list("pk", flat=True)[:NEAR])


def with_attachments(lines: list[Line], asked: set[str], query: str) -> list[Line]:
    """Lines whose words stand in an attachment show them, and which one it is."""
    missing = [one.id for one in lines if not any(hit for _text, hit in one.excerpt)]
    having = VersionWords.objects.filter(version__in=missing, paper_id__gt=0, grams__contains=sorted(asked))
    papers_of = dict(having.order_by("-paper_id").values_list("version", "paper_id")) if missing else {}
    if not papers_of:
        return lines
    names = {one.id: one.name for one in papers.papers_of(sorted(set(papers_of.values())))}
    texts = _around(sorted(names), query)
    shown = []
    for one in lines:
        paper = papers_of.get(one.id)
        if paper is not None:
            excerpt = rules.excerpt(texts.get(paper, ""), query)
            one = replace(one, excerpt=excerpt, attachment=names[paper])
        shown.append(one)
    return shown


def _around(ids: list[int], query: str) -> dict[int, str]:
    """A piece of each text around the first word of the query: a text is long, and a list shows a line."""
    term = max(query.lower().split(), key=len, default="")
    sql = """
        SELECT paper_id, substr(text, greatest(1, strpos(lower(text), %s) - 80), 400)
          FROM notices_papertext WHERE paper_id = ANY(%s)
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [term, ids])
        rows: list[Any] = cursor.fetchall()
    return dict(rows)
