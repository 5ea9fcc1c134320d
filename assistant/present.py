"""Answers and hits → the JSON that other programs read, and what a terminal shows."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.place import page_words, path_of
from assistant.types import Answer, Citation, Document, Generation, Hit, Question


def answer_json(answer: Answer, id: str | None = None) -> dict[str, Any]:
    """The answer as one JSON object; the same for --json, --batch and every interface."""
    return {
        "id": id,
        "question": answer.question,
        "status": answer.status,
        "text": answer.text,
        "statements": [{"text": s.text, "citations": list(s.citations)} for s in answer.statements],
        "citations": [citation_json(c) for c in answer.citations],
        "nearest": [citation_json(c) for c in answer.nearest],
        "suggestions": list(answer.suggestions),
        "understood": understood_json(answer.understood),
        "mode": answer.mode,
        "confidence": round(answer.confidence, 3),
        "seconds": round(answer.seconds, 4),
        "notices": list(answer.notices),
        "generation": dataclasses.asdict(answer.generation) if answer.generation else None,
    }


def understood_json(question: Question) -> dict[str, Any]:
    """The question as understood."""
    return {
        "language": question.language,
        "actors": list(question.actor_ids),
        "domain": question.domain.id if question.domain else None,
        "aspect": question.aspect.id if question.aspect else None,
        "kind": question.kind,
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A checked span: `quote` is exactly the text of `file`, from `start` to `end`, in the version named."""
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "section": list(citation.section),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "version": citation.version,
        "file": citation.file,
        "url": citation.url,
        "page": citation.page,
    }


def hits_json(
    question: str, hits: list[Hit], documents: dict[str, Document], seconds: float, id: str | None = None
) -> dict[str, Any]:
    """Search results as one JSON object."""
    return {
        "id": id,
        "question": question,
        "hits": [
            {
                "rank": rank,
                "document": hit.passage.document,
                "file": documents[hit.passage.document].file,
                "section": list(hit.passage.section),
                "text": hit.passage.quote,
                "start": hit.passage.quote_start,
                "end": hit.passage.quote_end,
                "page": documents[hit.passage.document].page_at(hit.passage.quote_start),
                "score": round(hit.score, 4),
                "found_by": list(hit.found_by),
            }
            for rank, hit in enumerate(hits, 1)
        ],
        "seconds": round(seconds, 4),
    }


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer for a person: the text, then each source with its quote."""
    text = answer.text.replace("&lt;", "‹").replace("&gt;", "›").replace("&amp;", "&")
    console.print(Markdown(_harmless(text), hyperlinks=True))
    for notice in answer.notices:
        console.print(Text(notice, style="italic"))
    if answer.generation and (not answer.generation.failure or answer.generation.prompt_tokens is not None):
        console.print(Text(_cost(answer.generation), style="dim"))
    if not answer.citations:
        return
    console.print()
    for citation in answer.citations:
        page = page_words([citation.page], answer.understood.language)
        place = ", ".join(part for part in (" › ".join(path_of(citation)), page) if part)
        title = (_harmless(citation.title), "bold")
        console.print(Text.assemble((f"[{citation.n}] ", "bold cyan"), title, " — ", _harmless(place)))
        console.print(Padding(Text(f"“{_harmless(citation.quote)}”", style="dim"), (0, 0, 0, 4)))


def _cost(made: Generation) -> str:
    """What a language model did, and what it counted for that."""
    counted = made.prompt_tokens is not None
    tokens = f"{made.prompt_tokens} + {made.completion_tokens} tokens" if counted else "aantal tokens niet opgegeven"
    return _harmless(
        f"Taalmodel {made.model}: {made.kept} zin(nen) gehouden, {made.replaced} vervangen, {made.dropped} weggelaten; "
        f"{tokens}; {made.seconds:.1f} s"
    )


def show_hits(console: Console, hits: list[Hit]) -> None:
    """Print search results as a table."""
    table = Table(box=None, pad_edge=False)
    for heading in ("#", "score", "document", "passage"):
        table.add_column(heading, overflow="fold")
    for rank, hit in enumerate(hits, 1):
        text = Text(_harmless(hit.passage.quote[:220]))
        table.add_row(str(rank), f"{hit.score:.2f}", Text(_harmless(hit.passage.document)), text)
    console.print(table)


def _harmless(text: str) -> str:
    """A text without the control characters by which a document could steer the reader's terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)
