"""The documents → their list, the headings of one, and what is found in them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby, takewhile

from assistant.findable import searchable
from assistant.types import Document, Hit, Passage
from assistant.web.library import View
from assistant.web.page_texts import SAY, count
from assistant.web.parts import address, citation_of, crumb_trail, head
from assistant.web.richtext import crumbs, plain
from assistant.web.source import document_address, source_address
from assistant.web.texts import Language

PATH = "/documenten"
# Documents on one page, passages in one outline, and how many characters of each.
AT_ONCE, OUTLINED, GLIMPSE = 50, 3_000, 110


def list_html(view: View, number: int, found: str, words: str, language: Language) -> str:
    """The list of documents.

    Args:
        number: which page of the list, from 1.
        found: HTML of what a search found, or ''.
        words: what was searched for.
    """
    say = SAY[language]
    documents = list(view.snapshot.documents.values())
    pages = max(1, -(-len(documents) // AT_ONCE))
    number = min(max(number, 1), pages)
    shown = documents[(number - 1) * AT_ONCE : number * AT_ONCE]
    total = sum(view.counts.values())
    name = "documents_count_one" if len(documents) == 1 else "documents_count"
    what = f'<p>{say["documents_what"]}</p><p class="facts">{say[name].format(n=len(documents), passages=total)}</p>'
    rows = "".join(_row(document, view, language) for document in shown)
    undated = (
        f'<p class="facts">{say["no_dates"]}</p>'
        if any(not (d.date and d.publisher and d.status) for d in shown)
        else ""
    )
    return (
        head(say["documents_title"], what, language, PATH, [("zoek", words)] if words else [])
        + search_form(words, "", language)
        + found
        + f'<ul class="document-list">{rows}</ul>{_pager(number, pages, language)}{undated}'
    )


def document_html(document: Document, view: View, found: str, words: str, language: Language) -> str:
    """One document: its facts, a search within it, its headings as links to their places."""
    say = SAY[language]
    query = [("document", document.id), *([("zoek", words)] if words else [])]
    what = (
        f"{_facts(document, view, language)}"
        f'<p><a class="chip" href="{escape(document_address(document.id, language))}">{say["read"]}</a></p>'
    )
    return (
        crumb_trail([(address(PATH, language), say["to_documents"])])
        + head(document.title, what, language, PATH, query)
        + search_form(words, document.id, language)
        + found
        + _outline(document, view, language)
    )


def search_form(words: str, document: str, language: Language) -> str:
    """A field to search with, in one document or ('') in all; works without scripts."""
    say = SAY[language]
    label = say["search_here" if document else "search"]
    kept = [("document", document)] if document else []
    kept += [("taal", language)] if language != "nl" else []
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept)
    return (
        f'<form class="row search" method="get" action="{PATH}" role="search">{hidden}'
        f'<label class="choose-one wide"><span>{label}</span><input type="search" name="zoek" value="{escape(words)}" '
        f'maxlength="300" autocomplete="off" enterkeyhint="search"></label>'
        f'<button class="main" type="submit">{say["search_button"]}</button></form>'
    )


def found_html(words: str, hits: Sequence[Hit], view: View, language: Language) -> str:
    """Passages that a search found, each a link to its place."""
    say = SAY[language]
    if not hits:
        return f'<p class="notice" role="status">{escape(say["search_none"].format(words=words))}</p>'
    items = "".join(_hit(hit.passage, view, language) for hit in hits)
    title = escape(say["search_found"].format(words=words))
    listed = f'<ul class="cards near">{items}</ul>'
    return f'<section class="found" aria-labelledby="gevonden"><h2 id="gevonden">{title}</h2>{listed}</section>'


def _hit(passage: Passage, view: View, language: Language) -> str:
    citation = citation_of(passage, view)
    spoken = escape(view.snapshot.documents[passage.document].language)
    path = view.section_at(passage.document, passage.start)
    place = f'<span class="place">{crumbs(path)}</span>' if path else ""
    return (
        f'<li class="card"><a data-source href="{escape(source_address(citation, language))}">'
        f'<span class="title">{escape(citation.title)}</span>{place}'
        f'<q lang="{spoken}">{escape(plain(passage.quote))}</q></a></li>'
    )


def _row(document: Document, view: View, language: Language) -> str:
    say = SAY[language]
    inside = escape(address(PATH, language, [("document", document.id)]))
    label = escape(f"{say['in_document']}: {document.title}")
    return (
        f'<li><h2><a href="{escape(document_address(document.id, language))}">{escape(document.title)}</a></h2>'
        f"{_facts(document, view, language)}"
        f'<p><a href="{inside}" aria-label="{label}">{say["in_document"]}</a></p></li>'
    )


def _facts(document: Document, view: View, language: Language) -> str:
    say = SAY[language]
    facts = {name: getattr(document, name) for name in ("publisher", "kind", "date", "status")}
    facts["passage_count"] = str(view.counts.get(document.id, 0))
    rows = []
    for name, value in facts.items():
        said = f"<dd>{escape(value)}</dd>" if value else f'<dd class="unsaid">{say["not_said"]}</dd>'
        rows.append(f"<div><dt>{say[name]}</dt>{said}</div>")
    return f'<dl class="document-facts">{"".join(rows)}</dl>'


def _outline(document: Document, view: View, language: Language) -> str:
    """The headings as they come, each with how deep it stands, and folded under each its passages."""
    say = SAY[language]
    items: list[str] = []
    before: tuple[str, ...] = ()
    shown = 0
    for section, group in groupby(view.passages.get(document.id, ()), key=lambda passage: passage.section):
        own = list(group)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, section, strict=False)))
        for depth in range(min(same, max(len(section) - 1, 0)), len(section)):
            link = _place(own[0], escape(section[depth]), view, language)
            items.append(f'<li class="depth-{min(depth + 1, 6)}">{link}</li>')
        found = [passage for passage in own if searchable(passage)]
        if found:
            items.append(f'<li class="depth-{min(max(len(section), 1), 6)}">{_folded(found, view, language)}</li>')
        before = section
        shown += len(own)
        if shown >= OUTLINED:
            break
    if not items:
        return ""
    listed = f'<ul class="outline" lang="{escape(document.language)}">{"".join(items)}</ul>'
    return f'<section aria-labelledby="koppen"><h2 id="koppen">{say["outline"]}</h2>{listed}</section>'


def _folded(passages: Sequence[Passage], view: View, language: Language) -> str:
    """The passages under one heading, each a link to its place."""
    lines = []
    for passage in passages:
        words = " ".join(plain(passage.quote).split())
        text = words if len(words) <= GLIMPSE else words[:GLIMPSE].rsplit(" ", 1)[0] + " …"
        lines.append(f"<li>{_place(passage, escape(text), view, language)}</li>")
    summary = f'<summary lang="{language}">{count(language, "count_rest", len(passages))}</summary>'
    return f"<details>{summary}<ul>{''.join(lines)}</ul></details>"


def _place(passage: Passage, text: str, view: View, language: Language) -> str:
    """A link to the place of a passage; the text is safe HTML."""
    href = escape(source_address(citation_of(passage, view), language))
    return f'<a data-source href="{href}">{text}</a>'


def _pager(number: int, pages: int, language: Language) -> str:
    if pages == 1:
        return ""
    say = SAY[language]
    links = "".join(
        f'<a href="{escape(address(PATH, language, [("bladzijde", str(target))]))}">{text}</a>'
        for target, text in ((number - 1, say["previous"]), (number + 1, say["following"]))
        if 1 <= target <= pages
    )
    place = say["page_of"].format(n=number, all=pages)
    return f'<nav class="pager" aria-label="{say["pages"]}">{links}<span>{place}</span></nav>'
