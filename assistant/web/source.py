"""A citation → the passage in its surroundings: the section of the document around it, as a page or a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from assistant.place import page_words
from assistant.snapshot import Snapshot
from assistant.types import Citation, Document, Passage
from assistant.web.richtext import crumbs, highlighted, to_html
from assistant.web.texts import TEXTS, Language

# A section shorter than this is shown with what surrounds it; longer than this, only the part around the passage.
SHORT, LONG = 700, 6_000
WHOLE = 200_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a document that is shown, and whether something of the document is left out before and after it."""

    start: int
    end: int
    cut_before: bool
    cut_after: bool


def source_address(citation: Citation, language: Language = "nl") -> str:
    """The address of the page that shows a citation in its document."""
    query = {"van": citation.start, "tot": citation.end, "versie": citation.version[:16]}
    return document_address(citation.document, language, **{name: str(value) for name, value in query.items()})


def document_address(document: str, language: Language = "nl", **query: str) -> str:
    """The address of the page that shows a document."""
    if language != "nl":
        query["taal"] = language
    return f"/bron/{quote(document)}" + (f"?{urlencode(query)}" if query else "")


def excerpt_of(document: Document, passages: Sequence[Passage], start: int, end: int) -> Excerpt:
    """The section around start:end: the innermost that is long enough to understand, and not the whole book.

    Args:
        document: the document cited.
        passages: its passages, in order.
        start, end: the span cited.
    """
    first = max((i for i, p in enumerate(passages) if p.start <= start), default=0)
    last = max((i for i, p in enumerate(passages) if p.start < end), default=first)
    low, high = first, last
    section = passages[first].section
    for depth in range(len(section), -1, -1):
        wider = _section_of(passages, first, last, section[:depth])
        if _length(passages, *wider) > LONG:
            break
        low, high = wider
        if _length(passages, low, high) >= SHORT:
            break
    if _length(passages, low, high) < SHORT:
        low, high = _around(passages, low, high)
    begin = max(document.body_start, passages[low].start)
    return Excerpt(begin, passages[high].end, passages[low].start > document.body_start, high + 1 < len(passages))


def source_html(
    snapshot: Snapshot, document_id: str, span: tuple[int, int] | None, version: str, language: Language
) -> tuple[int, str]:
    """The status code and the HTML that shows a document, or the section around a span with the span highlighted."""
    say = TEXTS[language]
    document = snapshot.documents.get(document_id)
    if document is None:
        return 404, _notice(say["unknown"])
    if version and not document.sha256.startswith(version):
        return 409, _head(document, (), language) + _notice(say["changed"]) + _foot(document, language, True)
    if span is None:
        end = min(len(document.text), document.body_start + WHOLE)
        body = to_html(document.text[document.body_start : end])
        return 200, _head(document, (), language) + _body(document, body, False, end < len(document.text), say) + _foot(
            document, language, False
        )
    start, end = span
    passages = [passage for passage in snapshot.passages if passage.document == document_id]
    if not document.body_start <= start < end <= len(document.text) or not passages:
        return 404, _notice(say["unknown"])
    part = excerpt_of(document, passages, start, end)
    body = highlighted(document.text[part.start : part.end], start - part.start, end - part.start)
    section = next((p.section for p in reversed(passages) if p.start <= start), ())
    html = _head(document, section, language, document.page_at(start)) + _body(
        document, body, part.cut_before, part.cut_after, say
    )
    return 200, html + _foot(document, language, True)


def facts_of(document: Document) -> str:
    """Publisher, kind, date, status, as far as the document states them."""
    facts = [document.publisher, document.kind, document.date, document.status]
    return " · ".join(escape(fact) for fact in facts if fact)


def _section_of(passages: Sequence[Passage], first: int, last: int, prefix: tuple[str, ...]) -> tuple[int, int]:
    low, high = first, last
    while low > 0 and passages[low - 1].section[: len(prefix)] == prefix:
        low -= 1
    while high + 1 < len(passages) and passages[high + 1].section[: len(prefix)] == prefix:
        high += 1
    return low, high


def _around(passages: Sequence[Passage], low: int, high: int) -> tuple[int, int]:
    """Widen passage by passage on both sides until the part is long enough."""
    while _length(passages, low, high) < 3 * SHORT and (low > 0 or high + 1 < len(passages)):
        low, high = max(0, low - 1), min(len(passages) - 1, high + 1)
    return low, high


def _length(passages: Sequence[Passage], low: int, high: int) -> int:
    return passages[high].end - passages[low].start


def _head(document: Document, section: tuple[str, ...], language: Language, page: int | None = None) -> str:
    say = TEXTS[language]
    path = [part for part in section if part != document.title]
    place = f'<p class="place"><span class="sr">{say["section"]}: </span>{crumbs(path)}</p>' if path else ""
    on_page = page_words([page], language)
    facts = " · ".join(fact for fact in (facts_of(document), on_page) if fact)
    known = f' data-page="{escape(on_page)}"' if on_page else ""
    return (
        f'<header class="source-head"{known}><h2 tabindex="-1">{escape(document.title)}</h2>'
        + (f'<p class="facts">{facts}</p>' if facts else "")
        + f"{place}</header>"
    )


def _body(document: Document, body: str, before: bool, after: bool, say: dict[str, str]) -> str:
    cut = f'<p class="cut"><span aria-hidden="true">···</span><span class="sr">{say["cut"]}</span></p>'
    text = f"{cut if before else ''}{body}{cut if after else ''}"
    return f'<div class="source-text" lang="{escape(document.language)}">{text}</div>'


def _foot(document: Document, language: Language, link_whole: bool) -> str:
    say = TEXTS[language]
    links = []
    if link_whole:
        links.append(f'<a href="{escape(document_address(document.id, language))}" data-source>{say["whole"]}</a>')
    if document.url:
        links.append(f'<a href="{escape(document.url)}" rel="noopener noreferrer" target="_blank">{say["online"]}</a>')
    version = f'<span class="version">{escape(document.file)}, {say["version"]} {document.sha256[:12]}</span>'
    return f'<footer class="source-foot">{" ".join(links)} {version}</footer>'


def _notice(text: str) -> str:
    return f'<p class="notice" role="alert">{escape(text)}</p>'
