"""A quote answer → an answer in a model's sentences over its spans: each checked, replaced by its quote, or dropped.

The decision to answer was made before; a refusal never reaches the model. Any failure gives the quote answer back with
one line that says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answer import cite
from assistant.cite import SentenceReader, as_data, spans_text
from assistant.draft import Draft
from assistant.embed import Encoder
from assistant.errors import ModelError
from assistant.fallback import fall_back, notices, refusal
from assistant.model import ChatModel, Done
from assistant.prompts import load_prompt
from assistant.snapshot import Snapshot
from assistant.supported import Checker
from assistant.types import Answer, Citation, Generation, Hit, Question
from assistant.vocabulary import Vocabulary

MOST_CHARACTERS = 9_000  # of spans: fits the small context of a local model with room for the answer
MOST_EXTRA = 4  # hits given beside what the quote answer shows
EXTRA_MARGIN = 0.2  # and how far behind the best hit they may be
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Writer:
    """What writing with a model needs, next to the quote answer."""

    model: ChatModel
    checker: Checker
    snapshot: Snapshot
    vocabulary: Vocabulary


def similarity_of(encoder: Encoder) -> Callable[[str, Sequence[str]], float]:
    """The cosine of a sentence to the nearest of some texts, by an encoder."""

    def similarity(sentence: str, texts: Sequence[str]) -> float:
        return float((encoder.passages(list(texts)) @ encoder.query(sentence)).max()) if texts else 0.0

    return similarity


def write(
    quoted: Answer, hits: Sequence[Hit], writer: Writer, *, plain: bool = False, stop: threading.Event | None = None
) -> Iterator[Answer]:
    """Write an answer in sentences.

    Args:
        quoted: the quote answer; a refusal comes back as it is.
        hits: for the same question, best first: context beside the spans of the answer.
        writer: the model and what sentences are checked with.
        plain: ask for plain language (B1); every sentence passes the same check.
        stop: when set, the request ends and the quote answer is given.

    Yields:
        The answer as far as it is, each time with at least one more proven sentence; the last one is whole and has its
        `generation`. After a failure the last one is the quote answer, whatever came before.
    """
    if quoted.status != "answered":
        yield quoted
        return
    started = time.perf_counter()
    draft = Draft(quoted, given_spans(quoted.citations, hits, writer.snapshot), writer.checker)
    done: Done | None = None
    reader = SentenceReader(draft.known)
    try:
        for item in writer.model.stream(messages(quoted, draft.given, writer.vocabulary, plain), stop):
            if isinstance(item, Done):
                done = item
                found = reader.close(cut=item.finish == "length")
            else:
                found = reader.feed(item)
            if draft.take(found):
                yield draft.answer()
            if draft.refused:
                break
    except ModelError as error:
        say = "stopped" if error.reason == "stopped" else "failed"
        yield fall_back(quoted, draft.generation(writer.model.name, started, None, error.reason), say, str(error))
        return
    generation = draft.generation(writer.model.name, started, done, "")
    _log_check(generation, draft.refused)
    if draft.refused:
        yield refusal(quoted, replace(generation, failure=""))
    elif not generation.kept:
        yield fall_back(quoted, replace(generation, failure="unproven"), "unproven", "")
    else:
        yield replace(draft.answer(), generation=generation, notices=(*quoted.notices, *notices(quoted, generation)))


def _log_check(made: Generation, refused: bool) -> None:
    """Say in the log what became of the sentences and why, in counts: never their words."""
    counts = ", ".join(f"{n} × {verdict}" for verdict, n in sorted(Counter(made.verdicts).items()))
    tokens = "unknown" if made.prompt_tokens is None else f"{made.prompt_tokens} + {made.completion_tokens}"
    what = "refused" if refused else "answered" if made.kept else "unproven"
    level = logging.INFO if made.kept or refused else logging.WARNING
    _log.log(level, "llm %s: %s; tokens %s; %.1f s", what, counts or "no sentence", tokens, made.seconds)


def given_spans(citations: Sequence[Citation], hits: Sequence[Hit], snapshot: Snapshot) -> list[Citation]:
    """What the model gets to read, numbered from 1: the answer's own spans, then near hits, as far as they fit."""
    given: list[Citation] = []
    used = 0
    near = [hit for hit in hits if hit.score >= hits[0].score - EXTRA_MARGIN][: MOST_EXTRA + len(citations)]
    extra = [cite(hit.passage, 0, snapshot) for hit in near]
    places = {(c.document, c.start) for c in citations}
    for citation in (*citations, *[c for c in extra if (c.document, c.start) not in places][:MOST_EXTRA]):
        used += len(citation.quote)
        if given and used > MOST_CHARACTERS:
            break
        given.append(replace(citation, n=len(given) + 1))
    return given


def messages(quoted: Answer, given: Sequence[Citation], vocabulary: Vocabulary, plain: bool) -> dict[str, str]:
    """The prompt, filled in: role → text. Text of the question and the documents stands in it as data."""
    language = quoted.understood.language
    style = load_prompt("plain" if plain else "usual", language).fill()["system"]
    return load_prompt("answer", language).fill(
        question=as_data(quoted.question),
        understood=as_data(_understood(quoted.understood, vocabulary)),
        spans=spans_text(given),
        style=style,
    )


def _understood(question: Question, vocabulary: Vocabulary) -> str:
    tables = (
        (question.actor_ids, vocabulary.actors),
        ((question.domain.id,) if question.domain else (), vocabulary.domains),
    )
    labels = [table[id].label for ids, table in tables for id in ids if id in table]
    return "; ".join([*labels, f"{question.search_text}"])
