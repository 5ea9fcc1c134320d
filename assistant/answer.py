"""Question → answer: retrieve, decide whether the documents answer it, quote, and number the citations."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assistant.confidence import Confidence, load_confidence
from assistant.embed import Encoder
from assistant.extract import extract
from assistant.groups import Group, Span
from assistant.precedent import precedent_of
from assistant.question import understand
from assistant.retrieve import retrieve, retrieve_each
from assistant.snapshot import Snapshot
from assistant.text import links, without_marks
from assistant.types import Answer, Block, Citation, Hit, Passage, Question, Statement
from assistant.vocabulary import Vocabulary, load_vocabulary

# What is being done for a question; 'write' only with a language model.
Step = Literal["understand", "search", "proof", "write"]
Note = Callable[[Step], None]

NEAREST = 3
SUGGESTIONS = 3
_SAY = {
    "nl": {
        "refuse": "Dat staat niet in de documenten.",
        "nearest": "Het dichtst in de buurt komen:",
        "ask": "Vraag het na bij {contact} ({title}).",
        "chitchat": "Dit is een assistent voor vragen over de opleidingsdocumenten; op deze vraag geven de "
        "documenten geen antwoord.",
        "place": "Dat staat in {title}, onder “{section}”:",
    },
    "en": {
        "refuse": "The documents do not say that. (Dat staat niet in de documenten.)",
        "nearest": "The nearest passages are:",
        "ask": "You could ask {contact} ({title}).",
        "chitchat": "This assistant answers questions about the training documents; they hold no answer to this one. "
        "(Dat staat niet in de documenten.)",
        "place": "That is in {title}, under “{section}”:",
    },
}


@dataclass(frozen=True, eq=False)
class Parts:
    """What answering needs, opened once."""

    snapshot: Snapshot
    encoder: Encoder
    vocabulary: Vocabulary
    confidence: Confidence
    without_questions: Confidence

    def confidence_in(self, hits: Sequence[Hit]) -> Confidence:
        """The model that fits the best hit: its document has a question bank, or it has none, as a new one."""
        banked = hits[0].passage.document in self.snapshot.banked
        return self.confidence if banked else self.without_questions


def parts_of(snapshot: Snapshot, encoder: Encoder, corpus: Path) -> Parts:
    """A snapshot with the vocabulary of a corpus folder, and the confidence model that fits it.

    Raises:
        VocabularyError: the vocabulary is not valid.
    """
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    return Parts(snapshot, encoder, vocabulary, load_confidence(True), load_confidence(False))


def answer_question(
    text: str,
    parts: Parts,
    role: str | None = None,
    history: Sequence[str] = (),
    note: Note = lambda step: None,
) -> Answer:
    """Answer one question from the documents, or say that they do not hold it.

    Args:
        text: the question as typed.
        parts: the opened index, encoder, vocabulary and confidence model.
        role: actor id chosen by the user, or None.
        history: earlier questions of the conversation, oldest first.
        note: is told each step when it begins.

    Raises:
        QuestionError: an empty or far too long question, or an unknown role.
    """
    started = time.perf_counter()
    note("understand")
    question = understand(text, parts.vocabulary, parts.snapshot.lexical.correct, role, history)
    note("search")
    hits = retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, k=200)
    note("proof")
    groups = spans_of(question, hits, parts)
    sure, enough = 0.0, 0.0
    if groups:
        model = parts.confidence_in(hits)
        asked_for = parts.encoder.query(question.search_text)
        banked = model is parts.confidence
        precedent = precedent_of(question.search_text, asked_for, parts.snapshot, answered=banked)
        sure, enough = model.of(question, hits, groups, precedent), model.threshold
    if not groups or sure < enough:
        answer = _refuse(question, hits, parts.snapshot)
    else:
        answer = _compose(question, groups, hits, parts.snapshot)
    return replace(answer, confidence=sure, seconds=time.perf_counter() - started)


def spans_of(question: Question, hits: Sequence[Hit], parts: Parts) -> list[Group]:
    """What would answer a question, sure or not: the groups to show; none where the hits hold nothing that it asks."""
    if not hits or question.kind == "chitchat":
        return []
    compared = question.kind == "comparison" and len(question.actors) > 1
    each = retrieve_each(question, parts.snapshot, parts.encoder, parts.vocabulary) if compared else {}
    return extract(question, hits, parts.snapshot, each)


def cite(passage: Passage, n: int, snapshot: Snapshot) -> Citation:
    """The citation of a passage, checked against the document it is cut from."""
    document = snapshot.documents[passage.document]
    quote = document.text[passage.quote_start : passage.quote_end]
    if quote != passage.quote:
        raise AssertionError(f"passage {passage.id} is no slice of its document")
    return Citation(
        n=n,
        document=document.id,
        title=document.title,
        section=passage.section,
        quote=quote,
        start=passage.quote_start,
        end=passage.quote_end,
        version=document.sha256,
        file=document.file,
        url=document.url,
        page=document.page_at(passage.quote_start),
    )


def shown(markdown: str) -> str:
    """A quote as the answer shows it: on one line, no HTML, only links to the web or to an e-mail address."""
    text = re.sub(r"\s+", " ", without_marks(markdown)).strip()
    for words, address in links(text):
        if not re.match(r"(?:https?://|mailto:|www\.|[\w.+-]+@|[\w-]+\.)", address):
            link = re.search(r"!?\[" + re.escape(words) + r"\]\([^)]*\)", text)
            text = text.replace(link.group(), words) if link else text
    text = text.replace("![", "[")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("&amp;amp;", "&amp;")


def place_of(passage: Passage, snapshot: Snapshot) -> str:
    """Where a passage stands, as a heading for the reader: the document's title when no heading says it."""
    title = snapshot.documents[passage.document].title
    path = [part for part in passage.section if part != title]
    return " › ".join([*([] if len(path) > 1 and passage.actors else [title]), *path])


def _compose(question: Question, groups: Sequence[Group], hits: Sequence[Hit], snapshot: Snapshot) -> Answer:
    citations: list[Citation] = []
    numbers: dict[str, int] = {}
    blocks: list[Block] = []

    def number(passage: Passage) -> int:
        if passage.id not in numbers:
            numbers[passage.id] = len(citations) + 1
            citations.append(cite(passage, len(citations) + 1, snapshot))
        return numbers[passage.id]

    def statement(span: Span) -> Statement:
        return Statement(shown(span.passage.quote), tuple(number(p) for p in (span.passage, *span.same)))

    for group in groups:
        lead = [statement(Span(group.lead))] if group.lead else []
        heading = place_of(group.spans[0].passage, snapshot)
        blocks.append(Block(heading, (*lead, *map(statement, group.spans)), group.listed, group.ordered))
    text = _markdown(question, blocks, [bool(group.lead) for group in groups], citations)
    return Answer(
        question=question.text,
        status="answered",
        text=text,
        understood=question,
        statements=tuple(s for block in blocks for s in block.statements),
        citations=tuple(citations),
        suggestions=_suggestions(question, groups, snapshot),
    )


def _markdown(question: Question, blocks: Sequence[Block], led: Sequence[bool], citations: Sequence[Citation]) -> str:
    """The answer as Markdown with [n] marks, a heading above each group."""
    lines: list[str] = []
    if question.asks_where:
        first = citations[0]
        say = _SAY[question.language]["place"]
        lines += [say.format(title=first.title, section=" › ".join(first.section)), ""]
    for block, has_lead in zip(blocks, led, strict=True):
        lines += [f"**{shown(block.heading).replace('*', '')}**", ""]
        for i, statement in enumerate(block.statements):
            marks = "".join(f" [{n}]" for n in statement.citations)
            if block.listed and not (has_lead and i == 0):
                bullet = f"{i + 1 - has_lead}." if block.ordered else "-"
                lines.append(f"{bullet} {statement.text}{marks}")
            else:
                lines += [f"{statement.text}{marks}", ""]
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _refuse(question: Question, hits: Sequence[Hit], snapshot: Snapshot) -> Answer:
    say = _SAY[question.language]
    if question.kind == "chitchat":
        return Answer(question.text, "not_found", say["chitchat"], question)
    nearest: list[Passage] = []
    for hit in hits:
        if len(nearest) < NEAREST and all(hit.passage.section != other.section for other in nearest):
            nearest.append(hit.passage)
    lines = [say["refuse"]]
    if nearest:
        lines += ["", say["nearest"], ""]
        lines += [f"- {shown(place_of(passage, snapshot))}" for passage in nearest]
    documents = [snapshot.documents[p.document] for p in nearest] + list(snapshot.documents.values())
    asked = next((document for document in documents if document.contact), None)
    if asked is not None:
        lines += ["", say["ask"].format(contact=asked.contact, title=asked.title)]
    return Answer(
        question=question.text,
        status="not_found",
        text="\n".join(lines),
        understood=question,
        nearest=tuple(cite(passage, n, snapshot) for n, passage in enumerate(nearest, 1)),
    )


def _suggestions(question: Question, groups: Sequence[Group], snapshot: Snapshot) -> tuple[str, ...]:
    """Questions from the bank about other passages of the same section."""
    cited = {span.passage.id for group in groups for span in group.spans}
    section = groups[0].spans[0].passage.section
    document = groups[0].spans[0].passage.document
    found: list[str] = []
    for passage, questions in zip(snapshot.passages, snapshot.questions, strict=True):
        if (
            passage.document == document
            and passage.section[:2] == section[:2]
            and passage.id not in cited
            and questions
        ):
            wanted = questions[-1] if question.language == "en" else questions[0]
            found.append(wanted)
    return tuple(found[:SUGGESTIONS])
