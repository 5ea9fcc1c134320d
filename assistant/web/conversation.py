"""Turns of the conversation → HTML. Everything from a user or a document is escaped here or in richtext."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from assistant.assistant import Assistant
from assistant.types import Answer, Citation
from assistant.web.richtext import crumbs, plain, to_html
from assistant.web.source import facts_of, source_address
from assistant.web.texts import TEXTS, Language

_ICONS = {
    "refused": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M8 10.5h5"/>',
    "failed": '<path d="M12 3.5 2.5 20h19zM12 10v4.5M12 17.2v.3"/>',
    "chitchat": '<path d="M4 5h16v11H9l-5 4z"/>',
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or the sentence that says why there is none."""

    number: int
    question: str
    answer: Answer | None = None
    failure: str = ""
    users_fault: bool = False


def conversation_html(turns: Sequence[Turn], assistant: Assistant, language: Language) -> str:
    """All turns, oldest first."""
    return f'<div class="turns">{"".join(_turn(turn, assistant, language) for turn in turns)}</div>'


def understood_line(answer: Answer, assistant: Assistant, language: Language) -> str:
    """The question as understood: aspect, actors, domain in the reader's language."""
    say, question, words = TEXTS[language], answer.understood, assistant.vocabulary
    parts: list[str] = []
    found = [(question.aspect, words.aspects)] if question.aspect else []
    found += [(actor, words.actors) for actor in question.actors] + (
        [(question.domain, words.domains)] if question.domain else []
    )
    for mention, entries in found:
        entry = entries.get(mention.id) if mention else None
        if entry is not None and mention is not None:
            label = (entry.label_en if language == "en" else "") or entry.label
            parts.append(label + (f" ({say['by_role']})" if mention.source == "role" else ""))
    if question.follow_up:
        parts.append(say["follow_up"])
    return " · ".join(parts)


def contact_of(answer: Answer, assistant: Assistant) -> tuple[str, str] | None:
    """Whom to ask when the documents do not say it: (address, title of the document that names it)."""
    documents = assistant.snapshot.documents
    near = [documents[c.document] for c in answer.nearest if c.document in documents]
    found = next((document for document in (*near, *documents.values()) if document.contact), None)
    return (found.contact or "", found.title) if found else None


def _turn(turn: Turn, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    asked = f'<div class="asked"><h2 class="sr">{say["you"]}</h2><p>{escape(turn.question)}</p></div>'
    if turn.answer is None:
        told = _failed(turn, say)
    elif turn.answer.status == "answered":
        told = _answered(turn.answer, assistant, language)
    else:
        told = _refused(turn.answer, assistant, language)
    return f'<article class="turn" id="beurt-{turn.number}">{asked}{told}</article>'


def _answered(answer: Answer, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    cited = {citation.n: citation for citation in answer.citations}
    body = to_html(answer.text, lambda n: _mark(cited[n], language) if n in cited else None)
    basis = say["from_model"] if answer.mode == "llm" else say["from_text"]
    told = say["say_one"] if len(cited) == 1 else say["say_answer"].format(n=len(cited))
    return (
        f'<section class="told" tabindex="-1" data-say="{escape(told)}"><div class="said"><h2 class="sr">{say["answer"]}</h2>'
        f'<div class="answer" lang="nl">{body}</div>{_notices(answer)}'
        f'<div class="under"><span class="basis">{basis}</span>{_understood(answer, assistant, language)}'
        f'<button type="button" class="quiet" data-copy="{escape(_copy_text(answer, say))}">{say["copy"]}</button></div></div>'
        f'<div class="proof"><h3 class="label">{say["sources"]}</h3>{_cards(answer.citations, assistant, language)}'
        f"{_further(answer, say)}</div></section>"
    )


def _refused(answer: Answer, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    if answer.understood.kind == "chitchat":
        text = to_html(answer.text)
        return f'<section class="told chitchat" tabindex="-1"><div class="said">{_title("chitchat", say)}{text}</div></section>'
    nearest = contact = ""
    if answer.nearest:
        cards = "".join(_near(citation, assistant, language) for citation in answer.nearest)
        nearest = f'<div class="proof"><h3 class="label">{say["nearest"]}</h3><ul class="cards near">{cards}</ul></div>'
    if found := contact_of(answer, assistant):
        address, title = (escape(part) for part in found)
        link = f'<a href="mailto:{address}">{address}</a>' if "@" in address else address
        contact = f'<p class="contact">{say["contact"]} {link} <span>({title})</span></p>'
    return (
        f'<section class="told refused" tabindex="-1"><div class="said">{_title("refused", say)}<p>{say["refused_why"]}</p>'
        f'{contact}{_notices(answer)}<div class="under">{_understood(answer, assistant, language)}</div></div>{nearest}</section>'
    )


def _failed(turn: Turn, say: dict[str, str]) -> str:
    if turn.users_fault:
        title, text = say["bad_question"], f"<p>{escape(turn.failure)}</p>"
    else:
        title = say["failed"]
        text = f"<p>{escape(turn.failure or say['failed_what'])}</p><p>{say['failed_do']}</p>"
    retry = f'<button type="button" class="chip" data-ask="{escape(turn.question)}">{say["retry"]}</button>'
    again = "" if turn.users_fault else retry
    return (
        f'<section class="told failed" tabindex="-1" role="alert">'
        f'<div class="said">{_icon("failed")}<h2>{title}</h2>{text}{again}</div></section>'
    )


def _mark(citation: Citation, language: Language) -> str:
    label = TEXTS[language]["source"].format(n=citation.n)
    path = " › ".join(part for part in citation.section if part != citation.title)
    where = " › ".join(filter(None, (citation.title, path)))
    return (
        f'<a class="cite" data-source href="{escape(source_address(citation, language))}" aria-label="{escape(label)}" '
        f'data-quote="{escape(plain(citation.quote))}" data-where="{escape(where)}">[{citation.n}]</a>'
    )


def _cards(citations: Sequence[Citation], assistant: Assistant, language: Language) -> str:
    """One card for each section cited, with the numbers of its citations."""
    cards: list[str] = []
    for (document, section), group in groupby(citations, key=lambda c: (c.document, c.section)):
        members = list(group)
        path = [part for part in section if part != members[0].title]
        known = assistant.snapshot.documents.get(document)
        facts = facts_of(known) if known else ""
        marks = " ".join(_mark(citation, language) for citation in members)
        place = f'<p class="place">{crumbs(path)}</p>' if path else ""
        cards.append(
            f'<li class="card"><p class="title">{escape(members[0].title)}</p>'
            + (f'<p class="facts">{facts}</p>' if facts else "")
            + f'{place}<p class="marks">{marks}</p></li>'
        )
    return f'<ul class="cards">{"".join(cards)}</ul>'


def _near(citation: Citation, assistant: Assistant, language: Language) -> str:
    path = [part for part in citation.section if part != citation.title]
    address = escape(source_address(citation, language))
    return (
        f'<li class="card"><a data-source href="{address}"><span class="title">{escape(citation.title)}</span>'
        f'<span class="place">{crumbs(path)}</span><q>{escape(plain(citation.quote))}</q></a></li>'
    )


def _understood(answer: Answer, assistant: Assistant, language: Language) -> str:
    line = understood_line(answer, assistant, language)
    return f'<span class="understood">{TEXTS[language]["understood"]}: {escape(line)}</span>' if line else ""


def _further(answer: Answer, say: dict[str, str]) -> str:
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(question)}">{escape(question[:1].upper() + question[1:])}</button></li>'
        for question in answer.suggestions
    )
    return (
        f'<div class="further"><h3 class="label">{say["further"]}</h3><ul class="chips">{chips}</ul></div>'
        if chips
        else ""
    )


def _notices(answer: Answer) -> str:
    return "".join(f'<p class="notice">{escape(notice)}</p>' for notice in answer.notices)


def _title(kind: str, say: dict[str, str]) -> str:
    return f"{_icon(kind)}<h2>{say[kind]}</h2>"


def _icon(kind: str) -> str:
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{_ICONS[kind]}</svg>'


def _copy_text(answer: Answer, say: dict[str, str]) -> str:
    lines = [f"{say['question_copy']}: {answer.question}", "", answer.text.replace("**", ""), "", f"{say['sources']}:"]
    for citation in answer.citations:
        path = " › ".join((citation.title, *(part for part in citation.section if part != citation.title)))
        lines.append(f"[{citation.n}] {path}: “{plain(citation.quote)}”")
    return "\n".join(lines)
