"""The question bank (corpus/questions/*.yaml): everyday questions written for passages, anchored by a quote.

A file may also list, under `unanswered`, questions that lie close to its document but that it does not answer; one that
names no document lists those that none of the documents answers. What no collection of documents ever answers (small
talk, orders to the assistant, the news of the day) is listed once, in general.yaml beside this module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.findable import searchable
from assistant.read import Problem
from assistant.types import Passage

GENERAL = Path(__file__).resolve().parent / "general.yaml"


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """Questions by passage id, Dutch and English; those known to have no answer; what was wrong with the files."""

    dutch: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    english: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, passage: Passage) -> tuple[str, ...]:
        """All questions written for a passage."""
        return self.dutch.get(passage.id, ()) + self.english.get(passage.id, ())


def load_bank(folder: Path, passages: Sequence[Passage]) -> QuestionBank:
    """Read the bank and put every question at the passage that holds its quote.

    Args:
        folder: `corpus/questions`; when it is missing the bank is empty.
        passages: of the whole corpus. An anchor outside them is a problem, not an error.
    """
    dutch: dict[str, list[str]] = defaultdict(list)
    english: dict[str, list[str]] = defaultdict(list)
    unanswered = list(general_requests())
    problems: list[Problem] = []
    by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_document[passage.document].append(passage)
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        name = f"{folder.name}/{path.name}"
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
            # A file of nothing but unanswered questions is about all documents.
            general = set(raw) == {"unanswered"}
            document, entries = ("", []) if general else (str(raw["document"]), list(raw["passages"]))
        except Exception as error:  # PyYAML raises whatever its converters raise, and the shape may be any
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            problems.append(Problem(name, f"geen geldige vragenlijst ({reason}); overgeslagen", True))
            continue
        if document in by_document or not document:
            unanswered += _unanswered(raw, name, problems)
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("quote"), str) or not entry["quote"].strip():
                problems.append(Problem(name, f"regel zonder 'quote': {str(entry)[:60]!r}", True))
                continue
            under = {str(entry[key]) for key in ("under", "section") if entry.get(key)}
            found = _anchored(entry["quote"], under, by_document.get(document, []))
            if found is None:
                problems.append(Problem(name, f"citaat staat niet (meer) in {document}: {entry['quote'][:60]!r}"))
                continue
            for key, table in (("questions", dutch), ("english", english)):
                written = entry.get(key) or []
                if isinstance(written, list):
                    table[found.id] += [str(question) for question in written]
                else:
                    problems.append(Problem(name, f"'{key}' is geen lijst bij: {entry['quote'][:60]!r}"))
    return QuestionBank(
        {key: tuple(dict.fromkeys(value)) for key, value in dutch.items()},
        {key: tuple(dict.fromkeys(value)) for key, value in english.items()},
        tuple(dict.fromkeys(unanswered)),
        tuple(problems),
    )


@lru_cache(maxsize=1)
def general_requests() -> tuple[str, ...]:
    """Messages to an assistant that no collection of documents answers, Dutch and English."""
    return tuple(yaml.safe_load(GENERAL.read_text(encoding="utf-8")))


def documents_with_bank(passages: Sequence[Passage], questions: Sequence[Sequence[str]]) -> frozenset[str]:
    """The documents of which questions are written for at least half of the passages.

    Only there does 'nobody asked this before' say something; with questions for a few passages it would have the
    assistant refuse what the others answer.
    """
    all_of = Counter(passage.document for passage in passages if searchable(passage))
    asked = Counter(p.document for p, own in zip(passages, questions, strict=True) if own and searchable(p))
    return frozenset(document for document, count in all_of.items() if 2 * asked[document] >= count)


def _unanswered(raw: Mapping[str, object], name: str, problems: list[Problem]) -> list[str]:
    listed = raw.get("unanswered") or []
    if isinstance(listed, list):
        return [str(question) for question in listed]
    problems.append(Problem(name, "'unanswered' is geen lijst"))
    return []


def _anchored(quote: str, under: set[str], passages: Sequence[Passage]) -> Passage | None:
    """The passage under the named headings that is the quote, or else the first that holds it or its beginning."""
    within = [p for p in passages if under <= set(p.section)]
    exact = [p for p in within if p.quote.strip() == quote]
    if exact:
        return exact[0]
    texts = [p for p in within if p.kind != "heading"]
    for wanted in (quote, quote[:80], quote[:40]):
        if holding := [p for p in texts if wanted in p.text]:
            return holding[0]
    return next((p for p in texts if len(p.quote) > 20 and p.quote in quote), None)
