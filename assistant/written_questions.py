"""Questions for the passages of a document: which passages have none, drafts by a language model, and the bank's file.

Drafts are kept in a file beside the index until a maintainer has looked at them. Nothing of them is used before that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.bank import load_bank
from assistant.cite import as_data
from assistant.convert.sniff import slug
from assistant.errors import FailedError, ModelError
from assistant.filing import corpus_lock, write_whole
from assistant.findable import searchable
from assistant.model import ChatModel
from assistant.prompts import load_prompt
from assistant.split import split_document
from assistant.text import fold
from assistant.types import Document, Passage
from assistant.vocabulary import load_vocabulary

FOLDER = "vragen"
_LINE = re.compile(r"\s*(?:[-*•]|\d+[.)])?\s*(NL|EN)\s*:\s*(.{8,200}?)\s*\Z")
_MOST = {"NL": 5, "EN": 1}


@dataclass(frozen=True, slots=True)
class Written:
    """Questions for one passage, which `quote` names; `under` are the headings that tell it from others like it."""

    quote: str
    under: tuple[str, ...]
    questions: tuple[str, ...] = ()
    english: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """What tells its passage from others; the same words may stand under two headings."""
        return self.quote, self.under


@dataclass(frozen=True, slots=True)
class Coverage:
    """A document with its passages, and those of them that no question is written for."""

    document: Document
    passages: int
    without: tuple[Passage, ...]


def coverage(corpus: Path, documents: Sequence[Document]) -> list[Coverage]:
    """Which passages of documents have no questions.

    Raises:
        VocabularyError: the vocabulary cannot be read.
    """
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    split = {document.id: split_document(document, vocabulary) for document in documents}
    bank = load_bank(corpus / "questions", [passage for passages in split.values() for passage in passages])
    found = []
    for document in documents:
        own = [passage for passage in split[document.id] if searchable(passage)]
        found.append(Coverage(document, len(own), tuple(passage for passage in own if not bank.of(passage))))
    return found


def written_for(passage: Passage, questions: Iterable[str] = (), english: Iterable[str] = ()) -> Written:
    """Questions for a passage."""
    return Written(passage.quote.strip(), passage.section[-2:], tuple(questions), tuple(english))


def undrafted(passages: Iterable[Passage], drafts: Iterable[Written]) -> list[Passage]:
    """The passages that have no drafts yet."""
    drafted = {row.place for row in drafts}
    return [passage for passage in passages if written_for(passage).place not in drafted]


def draft(model: ChatModel, document: Document, passage: Passage) -> Written:
    """Have a language model draft questions for a passage; the passage goes to its endpoint.

    Raises:
        ModelError: the endpoint gives nothing usable.
    """
    prompt = load_prompt("questions", "nl")
    messages = prompt.fill(
        title=as_data(document.title),
        section=as_data(" › ".join(passage.section)),
        passage=as_data(passage.quote.strip()),
    )
    reply = "".join(item for item in model.stream(messages) if isinstance(item, str))
    found = questions_in(reply)
    if not found["NL"]:
        raise ModelError("Het taalmodel gaf geen bruikbare vragen.", reason="garbage")
    return written_for(passage, found["NL"], found["EN"])


def questions_in(reply: str) -> dict[str, tuple[str, ...]]:
    """The questions of a reply, by language: only lines 'NL: …?' and 'EN: …?', each once."""
    found: dict[str, dict[str, str]] = {"NL": {}, "EN": {}}
    for line in reply.splitlines():
        match = _LINE.match(line)
        if match and match.group(2).endswith("?") and not re.search(r"[<>{}\[\]]", match.group(2)):
            found[match.group(1)].setdefault(fold(match.group(2)), match.group(2))
    return {name: tuple(kept.values())[: _MOST[name]] for name, kept in found.items()}


def draft_all(
    model: ChatModel, document: Document, passages: Sequence[Passage], tell: Callable[[int, int], None]
) -> tuple[list[Written], str]:
    """Drafts for passages, and why it stopped early ('' when it did not); one that gives nothing is passed over."""
    made: list[Written] = []
    failures = 0
    for done, passage in enumerate(passages):
        tell(done, len(passages))
        try:
            made.append(draft(model, document, passage))
            failures = 0
        except ModelError as error:
            failures += 1
            if error.reason != "garbage" or failures >= 3:
                return made, str(error)
    tell(len(passages), len(passages))
    return made, ""


def drafts_file(index: Path, document: str) -> Path:
    """Where the drafts of a document wait for review."""
    return index / "beheer" / FOLDER / f"{slug(document)}.yaml"


def drop_drafts(index: Path, document: str, reviewed: Collection[tuple[str, tuple[str, ...]]]) -> None:
    """Remove the drafts for places that a maintainer has looked at; the others go on waiting.

    Raises:
        FailedError: the file cannot be read or written.
    """
    file = drafts_file(index, document)
    left = [row for row in read_written(file) if row.place not in reviewed]
    try:
        if left:
            write_written(file, document, left)
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise FailedError(f"{file} kan niet worden geschreven ({error.strerror or error}).") from error


def bank_file(corpus: Path, document: str) -> Path:
    """The file of the bank that reviewed questions of a document are added to; others of it stay as they are."""
    return corpus / "questions" / f"{slug(document)}-nagekeken.yaml"


def read_written(file: Path) -> list[Written]:
    """The questions in a file; none when there is no file.

    Raises:
        FailedError: it is not as it should be.
    """
    if not file.is_file():
        return []
    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))["passages"] or []
        return [
            Written(
                str(row["quote"]),
                tuple(str(row[key]) for key in ("section", "under") if row.get(key)),
                tuple(map(str, row.get("questions") or ())),
                tuple(map(str, row.get("english") or ())),
            )
            for row in rows
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise FailedError(
            f"{file} is geen geldige vragenlijst ({type(error).__name__}). Herstel of verwijder het bestand."
        ) from error


def write_written(file: Path, document: str, rows: Iterable[Written]) -> None:
    """Write questions as a file of the bank; those for one passage come together."""
    joined: dict[tuple[str, tuple[str, ...]], Written] = {}
    for row in rows:
        known = joined.get(row.place, row)
        joined[row.place] = Written(
            row.quote,
            row.under,
            tuple(dict.fromkeys((*known.questions, *row.questions))),
            tuple(dict.fromkeys((*known.english, *row.english))),
        )
    data = {"document": document, "passages": [_row(row) for row in joined.values()]}
    write_whole(file, yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=118))


def _row(row: Written) -> Mapping[str, Any]:
    headings = dict(zip(("section", "under")[-len(row.under) :], row.under, strict=True)) if row.under else {}
    return {"quote": row.quote, **headings, "questions": list(row.questions), "english": list(row.english)}


def take_over(corpus: Path, document: str, rows: Sequence[Written]) -> int:
    """Add reviewed questions to the bank; gives how many.

    Raises:
        FailedError: the file cannot be read or written.
    """
    asked = [row for row in rows if row.questions or row.english]
    file = bank_file(corpus, document)
    try:
        with corpus_lock(corpus):
            write_written(file, document, [*read_written(file), *asked])
    except OSError as error:
        raise FailedError(f"{file} kan niet worden geschreven ({error.strerror or error}).") from error
    return sum(len(row.questions) + len(row.english) for row in asked)
