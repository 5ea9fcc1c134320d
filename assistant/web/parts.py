"""Pieces of HTML that the pages beside the chat share: the page around them, its head, marks that lead to a proof."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse

from assistant.pathways import Claim
from assistant.types import Citation, Passage
from assistant.web.frame import PAGE_SCRIPTS, plain_page
from assistant.web.library import View
from assistant.web.page_texts import SAY
from assistant.web.richtext import plain, to_html
from assistant.web.source import source_address
from assistant.web.texts import Language

Query = Iterable[tuple[str, str]]


def address(path: str, language: Language, query: Query = (), fragment: str = "") -> str:
    """An address of our own; Dutch is what a page speaks unasked."""
    pairs = [*query, *([("taal", language)] if language != "nl" else [])]
    return path + (f"?{urlencode(pairs)}" if pairs else "") + (f"#{fragment}" if fragment else "")


def respond(title: str, body: str, language: Language, active: str, status: int = 200) -> HTMLResponse:
    """A page around `body` (safe HTML), with the styles and scripts of these pages."""
    html = plain_page(title, body, language, active, scripts=(*PAGE_SCRIPTS, "pages.js"), styles=("pages.css",))
    return HTMLResponse(html, status)


def head(title: str, what: str, language: Language, path: str, query: Query = ()) -> str:
    """The top of a page: its heading, a sentence (safe HTML) on what it is, the same page in the other language."""
    other: Language = "nl" if language == "en" else "en"
    switch = address(path, other, query)
    return (
        f'<header class="page-head"><h1>{escape(title)}</h1>'
        f'<a class="switch" lang="{other}" hreflang="{other}" href="{escape(switch)}">'
        f'{SAY[language]["other_language"]}</a><div class="page-what">{what}</div></header>'
    )


def crumb_trail(links: Iterable[tuple[str, str]]) -> str:
    """Links back to wider pages: (address, text)."""
    items = "".join(f'<a href="{escape(href)}">{escape(text)}</a>' for href, text in links)
    return f'<p class="trail">{items}</p>'


def notice(title: str, lines: Iterable[str], after: str = "") -> str:
    """A message in the place of what cannot be shown; all plain text."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    listed = f"<ul>{items}</ul>" if items else ""
    return (
        f'<div class="notice" role="alert"><p><strong>{escape(title)}</strong></p>{listed}<p>{escape(after)}</p></div>'
    )


def proof_mark(citation: Citation, view: View, language: Language, number: str = "") -> str:
    """A small link to the place in the document; pointed at or focused it shows the quote."""
    say = SAY[language]
    words = plain(citation.quote)
    where = " › ".join((citation.title, *view.section_at(citation.document, citation.start)))
    label = say["source_of"].format(text=words if len(words) <= 60 else words[:60] + "…")
    return (
        f'<a class="cite" data-source href="{escape(source_address(citation, language))}" aria-label="{escape(label)}" '
        f'data-quote="{escape(words)}" data-where="{escape(where)}">{say["source"]}{number}</a>'
    )


def proof_marks(citations: Iterable[Citation], view: View, language: Language) -> str:
    """The marks of several citations, one after the other."""
    marked = list(citations)
    numbers = [f" {n}" for n in range(1, len(marked) + 1)] if len(marked) > 1 else [""]
    return " ".join(proof_mark(citation, view, language, n) for citation, n in zip(marked, numbers, strict=False))


def claim_html(claim: Claim, view: View, language: Language) -> str:
    """What is claimed, in the application's words, with the marks of its proofs."""
    return f"<p>{escape(claim.says.of(language))} {proof_marks(claim.proofs, view, language)}</p>"


def claims_html(claims: Iterable[Claim], view: View, language: Language) -> str:
    """Claims in the application's words, with the words of the document under those that they prove."""
    items = []
    for proofs, own in groupby(claims, key=lambda claim: claim.proofs):
        says = "".join(f"<p>{escape(claim.says.of(language))}</p>" for claim in own)
        items.append(f"<li>{says}{quotes_html(proofs, view, language)}</li>")
    return f'<ul class="claims">{"".join(items)}</ul>'


def quotes_html(citations: Iterable[Citation], view: View, language: Language) -> str:
    """The words of documents with their marks; words that several documents share stand once, with all their marks."""
    shared: dict[str, list[Citation]] = {}
    for citation in citations:
        shared.setdefault(citation.quote, []).append(citation)
    quotes = []
    for quote, own in shared.items():
        spoken = escape(view.snapshot.documents[own[0].document].language)
        marks = proof_marks(own, view, language)
        quotes.append(f'<blockquote lang="{spoken}"><p>“{inline(quote)}” {marks}</p></blockquote>')
    return "".join(quotes)


def inline(markdown: str) -> str:
    """One paragraph of a document without the paragraph's own tags."""
    html = to_html(markdown).strip()
    inside = html.removeprefix("<p>").removesuffix("</p>")
    return inside if html.startswith("<p>") and "<p>" not in inside else html


def citation_of(passage: Passage, view: View) -> Citation:
    """The citation of a passage's quote."""
    document = view.snapshot.documents[passage.document]
    return Citation(
        n=0,
        document=document.id,
        title=document.title,
        section=passage.section,
        quote=passage.quote,
        start=passage.quote_start,
        end=passage.quote_end,
        version=document.sha256,
        file=document.file,
        url=document.url,
        page=document.page_at(passage.quote_start),
    )
