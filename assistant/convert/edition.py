"""Is a new document an edition of one that the corpus has? By id, or by title and shared text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from assistant.text import fold, plain, words
from assistant.types import Document

# Five words in a row seldom coincide in texts that are not copies; a share of them tells editions from neighbours.
_SHINGLE = 5
_ALIKE, _SAME_TEXT, _TITLE = 0.3, 0.8, 85.0


@dataclass(frozen=True, slots=True)
class Edition:
    """The document that a new one replaces, the share of text they have in common, and how it was recognised."""

    document: Document
    overlap: float
    why: str


def find_edition(known: Sequence[Document], id: str, title: str, body: str) -> Edition | None:
    """The current document that this is a new edition of, or None."""
    new = _shingles(body)
    best: tuple[tuple[bool, float], Edition] | None = None
    for document in known:
        overlap = _overlap(new, _shingles(document.text[document.body_start :]))
        likeness = fuzz.token_set_ratio(_bare(title), _bare(document.title))
        same_id = document.id.rsplit("/", 1)[-1] == id
        if same_id:
            why = "dezelfde naam"
        elif likeness >= _TITLE and overlap >= _ALIKE:
            why = f"bijna dezelfde titel en {overlap:.0%} dezelfde tekst"
        elif overlap >= _SAME_TEXT:
            why = f"{overlap:.0%} dezelfde tekst"
        else:
            continue
        rank = (same_id, overlap)
        if best is None or rank > best[0]:
            best = (rank, Edition(document, overlap, why))
    return best[1] if best else None


def _bare(title: str) -> str:
    """A title without what editions differ in: years, versions, dates."""
    return re.sub(r"\b(?:versie|editie|herzien\w*|concept\w*|definitief|v)?\s*\d[\d.\-/]*\b", " ", fold(title)).strip()


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    tokens = words(plain(text))
    return frozenset(tuple(tokens[i : i + _SHINGLE]) for i in range(max(1, len(tokens) - _SHINGLE + 1)))


def _overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
