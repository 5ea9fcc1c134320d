"""Eval cases: questions with the quotes and facts of a right answer. Reads evals/dev.jsonl and evals/test.jsonl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.types import Document

FOLDER = Path(__file__).resolve().parent


class CaseError(Exception):
    """A case that cannot be used: malformed, or its quote is no longer in the corpus."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A verbatim quote that answers, and every place of the corpus where those words stand."""

    document: str
    quote: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer holds (`facts`: one of each inner group) and must not hold (`forbid`)."""

    id: str
    question: str
    language: str
    persona: str
    actor: str | None
    kind: str
    history: tuple[str, ...]
    answerable: bool
    gold: tuple[Gold, ...]
    facts: tuple[tuple[str, ...], ...]
    forbid: tuple[str, ...]
    unanswerable_kind: str | None = None


def load_cases(path: Path, documents: Mapping[str, Document]) -> list[Case]:
    """Read a set of cases and find their quotes.

    Args:
        path: JSON Lines.
        documents: the corpus, by id.

    Raises:
        CaseError: naming the case whose line is malformed or whose quote is no longer in the corpus.
    """
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            cases.append(
                Case(
                    id=raw["id"],
                    question=raw["question"],
                    language=raw["language"],
                    persona=raw["persona"],
                    actor=raw["actor"],
                    kind=raw["kind"],
                    history=tuple(raw["history"]),
                    answerable=bool(raw["answerable"]),
                    gold=tuple(
                        find_gold(raw["id"], gold["document"], gold["quote"], documents) for gold in raw["gold"]
                    ),
                    facts=tuple(tuple(group) for group in raw["facts"]),
                    forbid=tuple(raw["forbid"]),
                    unanswerable_kind=raw.get("unanswerable_kind"),
                )
            )
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise CaseError(f"{path.name}, line {number}: {error!r}") from error
    return cases


def find_gold(case: str, document: str, quote: str, documents: Mapping[str, Document]) -> Gold:
    """A gold quote with every place of the corpus where its words stand, typographic variants included.

    Raises:
        CaseError: the quote is not in the document named.
    """
    if document not in documents or quote not in documents[document].text:
        raise CaseError(f"case {case}: the quote {quote[:60]!r} is not in {document}")
    # The same words in two places are one source to a reader: typographic differences do not count.
    wanted = _level(quote)
    spans = tuple(
        (other.id, start, start + len(quote))
        for other in documents.values()
        for start in _places(_level(other.text), wanted)
        if start >= other.body_start
    )
    return Gold(document, quote, spans)


@lru_cache(maxsize=8192)
def _level(text: str) -> str:
    """Typographic variants made equal, character for character, so that offsets stay."""
    return text.translate(str.maketrans("’‘“”\u00a0–", "''\"\" -")).lower()


def _places(text: str, wanted: str) -> list[int]:
    found, start = [], text.find(wanted)
    while start >= 0:
        found.append(start)
        start = text.find(wanted, start + 1)
    return found
