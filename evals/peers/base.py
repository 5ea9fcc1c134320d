"""What every peer shares: chunks found back in the document, and answers in the product's own types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from assistant.read import read_corpus
from assistant.types import Answer, Citation, Document, Hit, Passage, Question, Statement

# Without a language model a peer's answer is what it would hand to one: its best chunks, as many as the LlamaIndex
# starter takes by default (`similarity_top_k`). Haystack takes more (10) and txtai one more (3): two keeps all equal.
ANSWER_CHUNKS = 2

# What an HTML parser takes out of Markdown: tags, and automatic links, which look like tags.
_MARKUP = re.compile(r"</?[A-Za-z!?][^<>]*>|&#?\w+;")


class PeerError(Exception):
    """A peer that cannot be measured: unknown, not installed, or its chunks are not in the documents."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A rival system over one corpus.

    `answer` takes a question and the earlier questions of the conversation, `search` a question and a number of hits.
    """

    name: str
    answer: Callable[[str, Sequence[str]], Answer]
    search: Callable[[str, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece as the library made it (`text`), and the place in the document that it came from."""

    document: Document
    number: int
    text: str
    start: int
    end: int


Ranked = list[tuple[Chunk, float]]


def documents_of(corpus: Path) -> list[Document]:
    """The documents of a corpus folder: for every peer the same files as for the product."""
    return read_corpus(corpus)[0]


def chunks_of(document: Document, texts: Iterable[str], overlap: bool = False) -> list[Chunk]:
    """Find a library's chunks back in their document, in order; chunks without visible text get no place.

    Args:
        document: what was split.
        texts: the chunks, in the order of the document.
        overlap: whether a chunk may start before the end of the one before it.

    Raises:
        PeerError: when a chunk's text is not in the document.
    """
    chunks: list[Chunk] = []
    after = 0
    for number, text in enumerate(texts):
        if not text.strip():
            continue
        span = locate(document.text, text, after)
        if span is None:
            raise PeerError(f"a chunk of {document.file} is not in its text: {text.strip()[:60]!r}")
        chunks.append(Chunk(document, number, text, *span))
        after = span[0] + 1 if overlap else span[1]
    return chunks


def locate(text: str, chunk: str, after: int = 0) -> tuple[int, int] | None:
    """The span of `text`, from `after` on, that a chunk came from; None when it is not there.

    Three attempts: the very characters; other white space; letters and digits only, past tags and entities that
    a library took out. The span starts and ends with visible text.
    """
    wanted = chunk.strip()
    start = text.find(wanted, after)
    if wanted and start >= 0:
        return start, start + len(wanted)
    visible = [place for place in range(after, len(text)) if not text[place].isspace()]
    markup = {place for match in _MARKUP.finditer(text, after) for place in range(*match.span())}
    words = [place for place in visible if place not in markup and text[place].isalnum()]
    for places, kept in ((visible, [c for c in chunk if not c.isspace()]), (words, [c for c in chunk if c.isalnum()])):
        found = "".join(text[place] for place in places).find("".join(kept))
        if kept and found >= 0:
            return places[found], places[found + len(kept) - 1] + 1
    return None


def make_peer(name: str, rank: Callable[[str, int], Ranked]) -> Peer:
    """A peer from its ranking: the best chunks are the answer, each cited whole. It never refuses.

    None of the three libraries uses earlier questions without a language model, so `history` goes unread.
    """

    def answer(question: str, history: Sequence[str] = ()) -> Answer:
        began = perf_counter()
        chunks = [chunk for chunk, _ in ranked(question, ANSWER_CHUNKS)]
        return Answer(
            question=question,
            status="answered" if chunks else "not_found",
            text="\n\n".join(f"{chunk.text.strip()} [{n}]" for n, chunk in enumerate(chunks, 1)),
            understood=Question(question, question, "nl", "fact"),
            statements=tuple(Statement(chunk.text.strip(), (n,)) for n, chunk in enumerate(chunks, 1)),
            citations=tuple(_citation(n, chunk) for n, chunk in enumerate(chunks, 1)),
            mode=name,
            seconds=perf_counter() - began,
        )

    def search(question: str, k: int) -> list[Hit]:
        return [Hit(_passage(chunk), score, found_by=(name,)) for chunk, score in ranked(question, k)]

    def ranked(question: str, k: int) -> Ranked:
        return rank(question, k)[:k] if question.strip() and k > 0 else []

    return Peer(name, answer, search)


def _citation(n: int, chunk: Chunk) -> Citation:
    document = chunk.document
    return Citation(
        n=n,
        document=document.id,
        title=document.title,
        section=(),
        quote=document.text[chunk.start : chunk.end],
        start=chunk.start,
        end=chunk.end,
        version=document.sha256,
        file=document.file,
        url=document.url,
    )


def _passage(chunk: Chunk) -> Passage:
    return Passage(
        id=f"{chunk.document.id}#{chunk.number}",
        document=chunk.document.id,
        start=chunk.start,
        end=chunk.end,
        text=chunk.document.text[chunk.start : chunk.end],
        quote_start=chunk.start,
        quote_end=chunk.end,
        kind="paragraph",
    )
