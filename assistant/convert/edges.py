"""Headers, footers and page numbers: the lines at the edges of pages that are no part of the text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.convert.layout import Line

_PAGE_NUMBER = re.compile(
    r"(?:pagina|page|blz\.?|p\.)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:van|of|/)\s*\d{1,4})?\Z", re.IGNORECASE
)
# The part of a page, at its top and at its bottom, where headers and footers stand.
_EDGE = 0.12


def without_edges(pages: Sequence[tuple[float, Sequence[Line]]]) -> list[list[Line]]:
    """Lines of each page (with its height) without page numbers and without headers and footers that repeat."""
    seen: Counter[tuple[str, int]] = Counter()
    for height, lines in pages:
        seen.update({key for line in lines if (key := _edge_key(line, height))})
    # A heading that happens to open several pages stands in the midst of others too; a header does not.
    inside = {_bare(line) for height, lines in pages for line in lines if _edge_key(line, height) is None}
    needed = 2 if len(pages) <= 4 else 3
    kept: list[list[Line]] = []
    for height, lines in pages:
        keys = [(_edge_key(line, height), line) for line in lines]
        kept.append(
            [
                line
                for key, line in keys
                if not key or not ((seen[key] >= needed and key[0] not in inside) or _PAGE_NUMBER.match(line.text))
            ]
        )
    return kept


def _edge_key(line: Line, height: float) -> tuple[str, int] | None:
    if _EDGE * height < line.bottom and line.top < (1 - _EDGE) * height:
        return None
    return _bare(line), round(line.top / 4)


def _bare(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)
