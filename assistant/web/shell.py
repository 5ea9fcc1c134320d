"""What stands around the conversation: the header, the start screen, the field for the question."""

from __future__ import annotations

from html import escape

from assistant.assistant import Assistant
from assistant.types import Document
from assistant.web.source import document_address, facts_of
from assistant.web.texts import LANGUAGES, NAME, TEXTS, Language

SHOWN_DOCUMENTS = 8
MAX_QUESTION = 1_000


def header_html(assistant: Assistant, role: str | None, language: Language) -> str:
    """Name, role, language, a new conversation."""
    say = TEXTS[language]
    options = [("", say["no_role"]), *((name, role_label(assistant, name, language)) for name in assistant.vocabulary.actors)]
    roles = "".join(
        f'<option value="{escape(name)}"{" selected" if name == (role or "") else ""}>{escape(label)}</option>'
        for name, label in options
    )
    languages = "".join(
        f'<button type="button" data-lang="{name}" lang="{name}" aria-pressed="{str(name == language).lower()}" '
        f'aria-label="{"Nederlands" if name == "nl" else "English"}">{name.upper()}</button>'
        for name in LANGUAGES
    )
    picker = f'<label class="role"><span>{say["role"]}</span><select id="rol" autocomplete="off">{roles}</select></label>'
    return (
        f'<a class="skip" href="#vraag">{say["skip"]}</a><div class="bar"><p class="name">{NAME}</p>'
        f"{picker if assistant.vocabulary.actors else ''}"
        f'<div class="languages" role="group" aria-label="{say["language"]}">{languages}</div>'
        f'<button type="button" class="quiet" data-restart>{say["restart"]}</button></div>'
    )


def start_html(assistant: Assistant, starters: tuple[str, ...], role: str | None, language: Language) -> str:
    """The empty conversation: what this is, questions to start with, which documents it knows."""
    say = TEXTS[language]
    heading = say["starters_role"].format(role=role_label(assistant, role, language)) if role else say["starters"]
    chips = "".join(
        f'<li><button type="button" class="starter" data-ask="{escape(q)}">{escape(q)}</button></li>' for q in starters
    )
    questions = f'<h2 class="label">{escape(heading)}</h2><ul class="starters">{chips}</ul>' if chips else ""
    undated = any(not (document.date or document.status) for document in assistant.snapshot.documents.values())
    return (
        f'<div class="start"><h1>{say["hello"]}</h1><p class="what">{say["what"]}</p>{questions}'
        f'<h2 class="label">{say["documents"]}</h2><p>{say["documents_intro"]}</p>{documents_html(assistant, language)}'
        + (f'<p class="facts">{say["no_dates"]}</p>' if undated else "")
        + "</div>"
    )


def documents_html(assistant: Assistant, language: Language) -> str:
    """The documents that answers come from, the first few of a large corpus, each linked to its own page."""
    documents = list(assistant.snapshot.documents.values())
    rows = "".join(f"<li>{_document(document, language)}</li>" for document in documents[:SHOWN_DOCUMENTS])
    if len(documents) > SHOWN_DOCUMENTS:
        rows += f"<li>{TEXTS[language]['documents_more'].format(n=len(documents) - SHOWN_DOCUMENTS)}</li>"
    return f'<ul class="documents">{rows}</ul>'


def composer_html(language: Language) -> str:
    """The field for the question, with the words that app.js needs in this language."""
    say = TEXTS[language]
    words = {name: say[name] for name in ("you", "searching", "failed", "offline", "retry", "copied", "panel", "close", "own_page")}
    data = " ".join(f'data-say-{name.replace("_", "-")}="{escape(text)}"' for name, text in words.items())
    return (
        f'<form id="stel" data-language="{language}" {data}><label class="sr" for="vraag">{say["ask_label"]}</label>'
        f'<textarea id="vraag" rows="1" maxlength="{MAX_QUESTION}" placeholder="{say["placeholder"]}" '
        f'aria-describedby="let-op" autocomplete="off" enterkeyhint="send"></textarea>'
        f'<button type="submit"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5m-6 6 6-6 6 6"/></svg>'
        f'<span>{say["send"]}</span></button></form><p id="let-op">{say["hint"]}</p>'
    )


def role_label(assistant: Assistant, role: str | None, language: Language) -> str:
    """The name of a role in the reader's language."""
    entry = assistant.vocabulary.actors.get(role or "")
    if entry is None:
        return TEXTS[language]["no_role"]
    label = (entry.label_en if language == "en" else "") or entry.label
    return label[:1].upper() + label[1:]


def _document(document: Document, language: Language) -> str:
    facts = facts_of(document)
    address = escape(document_address(document.id, language))
    return f'<a href="{address}" data-source>{escape(document.title)}</a>' + (f' <span class="facts">{facts}</span>' if facts else "")
