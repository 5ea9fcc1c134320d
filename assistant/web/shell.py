"""What stands around the conversation: the header, the start screen, the field for the question."""

from __future__ import annotations

from html import escape

from assistant.assistant import Assistant
from assistant.model import LOADING
from assistant.types import Document
from assistant.web.privacy import privacy_line
from assistant.web.source import document_address, facts_of
from assistant.web.texts import LANGUAGES, NAME, TEXTS, Language
from assistant.web.turns import MAX_QUESTION

SHOWN_DOCUMENTS = 8


# The pages of the application: address, and the name of its words in texts.py.
PAGES = (
    ("/", "page_ask"),
    ("/led-route", "page_led"),
    ("/kwaliteitskader", "page_framework"),
    ("/lop-koers", "page_lop"),
    ("/documenten", "page_documents"),
    ("/beheer", "page_manage"),
)


def navigation_html(active: str, language: Language) -> str:
    """The links to all pages; `active` is the address of the one that is shown."""
    say = TEXTS[language]
    links = "".join(
        f'<li><a href="{escape(address_in(address, language))}"{current}>{say[words]}</a></li>'
        for address, words in PAGES
        for current in (' aria-current="page"' if address == active else "",)
    )
    return f'<nav class="pages" aria-label="{say["pages"]}"><ul>{links}</ul></nav>'


def address_in(address: str, language: Language) -> str:
    """An address of our own, with the language that the next page should speak; Dutch is what it speaks unasked."""
    return address if language == "nl" or address == "/" else f"{address}?taal={language}"


def header_html(active: str, language: Language, tools: str = "") -> str:
    """The top of every page: the name, the pages, and at the end what a page adds."""
    say = TEXTS[language]
    target, words = ("vraag", "skip") if active == "/" else ("inhoud", "skip_page")
    return (
        f'<a class="skip" href="#{target}">{say[words]}</a>'
        f'<div class="bar"><p class="name"><a href="/">{NAME}</a></p>{navigation_html(active, language)}{tools}</div>'
    )


def tools_html(language: Language) -> str:
    """What the chat adds to the header: a new conversation, and its language; app.js handles both."""
    say = TEXTS[language]
    buttons = "".join(
        f'<button type="button" data-lang="{name}" lang="{name}" aria-pressed="{str(name == language).lower()}" '
        f'aria-label="{"Nederlands" if name == "nl" else "English"}">{name.upper()}</button>'
        for name in LANGUAGES
    )
    return (
        f'<button type="button" class="quiet tool" data-history><svg viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="M4 5.500a9 9 0 1 1-1 7M4 2v4h4m4 1v5l3.500 2"/></svg><span>{say["history"]}</span></button>'
        f'<button type="button" class="quiet tool" data-restart><svg viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="M12 5v14M5 12h14"/></svg><span>{say["restart"]}</span></button>'
        f'<div class="languages" role="group" aria-label="{say["language"]}">{buttons}</div>'
    )


def start_html(assistant: Assistant, starters: tuple[str, ...], role: str | None, language: Language) -> str:
    """The empty conversation: what this is, questions to start with, which documents it knows."""
    say = TEXTS[language]
    heading = say["starters_role"].format(role=role_label(assistant, role, language)) if role else say["starters"]
    rows = "".join(
        f'<li><button type="button" class="starter" data-ask="{escape(q)}">{escape(q)}</button></li>' for q in starters
    )
    questions = f'<h2 class="label">{escape(heading)}</h2><ul class="starters">{rows}</ul>' if rows else ""
    undated = any(not (document.date or document.status) for document in assistant.snapshot.documents.values())
    dates = f'<p class="facts">{say["no_dates"]}</p>' if undated else ""
    return (
        f'<div class="start"><div class="said"><h1>{say["hello"]}</h1>'
        f'<p class="what">{say["what"]}</p>{questions}</div>'
        f'<div class="proof"><h2 class="label">{say["documents"]}</h2><p class="facts">{say["documents_intro"]}</p>'
        f"{documents_html(assistant, language)}{dates}</div></div>"
    )


def documents_html(assistant: Assistant, language: Language) -> str:
    """The documents that answers come from, the first few of a large corpus, each linked to its own page."""
    documents = list(assistant.snapshot.documents.values())
    rows = "".join(f"<li>{_document(document, language)}</li>" for document in documents[:SHOWN_DOCUMENTS])
    if len(documents) > SHOWN_DOCUMENTS:
        rows += f"<li>{TEXTS[language]['documents_more'].format(n=len(documents) - SHOWN_DOCUMENTS)}</li>"
    return f'<ul class="documents">{rows}</ul>'


def composer_html(assistant: Assistant, role: str | None, language: Language) -> str:
    """The field for the question, the role, and the words that the scripts need in this language."""
    say = TEXTS[language]
    return (
        f'<form id="stel" {words_for_scripts(language)}{_patience(assistant)}>'
        f'<button type="button" class="skip" data-answer>{say["skip_answer"]}</button>'
        f'<label class="sr" for="vraag">{say["ask_label"]}</label>'
        f'<div class="field"><textarea id="vraag" rows="1" maxlength="{MAX_QUESTION}" '
        f'placeholder="{say["placeholder"]}" '
        f'aria-describedby="let-op" autocomplete="off" enterkeyhint="send"></textarea>'
        f'<button type="submit"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5m-6 6 6-6 6 6"/></svg>'
        f"<span>{say['send']}</span></button></div></form>"
        f'<div class="below">{_role_picker(assistant, role, language)}{_plain_switch(assistant, say)}'
        f'<p id="let-op">{say["hint"]} {escape(privacy_line(assistant.settings, language))}</p></div>'
        f'<p class="editing">{say["editing"]} '
        f'<button type="button" class="quiet" data-cancel>{say["cancel"]}</button></p>'
    )


def words_for_scripts(language: Language) -> str:
    """The words that the scripts show, as attributes of an element."""
    words = (
        *("you", "searching", "failed", "offline", "retry", "copied", "panel", "close", "own_page", "loading_source"),
        *("history", "history_search", "history_empty", "history_where", "open", "rename", "delete", "save", "export"),
        *("export_failed", "steps", "stop", "stopping", "edit"),
        *("step_wait", "step_understand", "step_search", "step_proof", "step_write"),
    )
    data = " ".join(f'data-say-{name.replace("_", "-")}="{escape(TEXTS[language][name])}"' for name in words)
    return f'data-language="{language}" {data}'


def _patience(assistant: Assistant) -> str:
    """For a language model: that answers are written, and how many seconds one may take, waiting included."""
    settings = assistant.settings
    if settings.answer_mode != "llm":
        return ""
    return f' data-writes data-patience="{settings.llm_seconds + LOADING + 15:.0f}"'


def _plain_switch(assistant: Assistant, say: dict[str, str]) -> str:
    if assistant.settings.answer_mode != "llm":
        return ""
    box = '<input type="checkbox" id="eenvoudig" autocomplete="off">'
    return f'<label class="simpler">{box} <span>{say["plain"]}</span></label>'


def _role_picker(assistant: Assistant, role: str | None, language: Language) -> str:
    if not assistant.vocabulary.roles:
        return ""
    say = TEXTS[language]
    names = [
        ("", say["no_role"]),
        *((name, role_label(assistant, name, language)) for name in assistant.vocabulary.roles),
    ]
    options = "".join(
        f'<option value="{escape(name)}"{" selected" if name == (role or "") else ""}>{escape(label)}</option>'
        for name, label in names
    )
    return (
        f'<label class="role"><span>{say["role"]}</span> <select id="rol" autocomplete="off">{options}</select></label>'
    )


def role_label(assistant: Assistant, role: str | None, language: Language) -> str:
    """The name of a role in the reader's language."""
    entry = assistant.vocabulary.role(role)
    if entry is None:
        return TEXTS[language]["no_role"]
    label = (entry.label_en if language == "en" else "") or entry.label
    return label[:1].upper() + label[1:]


def _document(document: Document, language: Language) -> str:
    facts = facts_of(document)
    address = escape(document_address(document.id, language))
    return f'<a href="{address}" data-source>{escape(document.title)}</a>' + (
        f' <span class="facts">{facts}</span>' if facts else ""
    )
