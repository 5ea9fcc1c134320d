"""A timeline → its page: what is past and what was planned told apart, and what must be known to read it rightly."""

from __future__ import annotations

from html import escape

from assistant.pathways import Event, Timeline
from assistant.types import Document
from assistant.web.library import View
from assistant.web.page_texts import SAY
from assistant.web.parts import claim_html, claims_html, head, quotes_html
from assistant.web.texts import Language

PATH = "/lop-koers"


def timeline_html(timeline: Timeline, view: View, language: Language) -> str:
    """The body of the page."""
    say = SAY[language]
    what = claim_html(timeline.about, view, language)
    what += f'<p class="facts">{_dated(timeline, view, language)}</p>'
    return (
        head(timeline.title.of(language), what, language, PATH)
        + '<div class="beside-each-other">'
        + f'<section aria-labelledby="tijdlijn"><h2 id="tijdlijn">{say["timeline"]}</h2>'
        + f"{_events(timeline, view, language)}</section>"
        + _remarks(timeline, view, language)
        + "</div>"
    )


def _dated(timeline: Timeline, view: View, language: Language) -> str:
    """What the documents themselves say of when they were written: nothing, often."""
    names = dict.fromkeys(proof.document for event in timeline.events for proof in event.claim.proofs)
    documents: list[Document] = [view.snapshot.documents[name] for name in names]
    dates = dict.fromkeys(document.date for document in documents if document.date)
    return " ".join(escape(SAY[language]["dated"].format(date=date)) for date in dates) or SAY[language]["undated"]


def _events(timeline: Timeline, view: View, language: Language) -> str:
    """One list for each stretch of the same state, so that a heading can stand between past and planned."""
    say = SAY[language]
    parts: list[str] = []
    state = ""
    for event in timeline.events:
        if event.state != state:
            parts.append("</ol>" if state else "")
            if event.state == "planned":
                parts.append(f'<div class="turning"><h3>{say["planned_from"]}</h3><p>{say["planned_note"]}</p></div>')
            parts.append('<ol class="timeline">')
            state = event.state
        parts.append(_event(event, view, language))
    return "".join((*parts, "</ol>" if state else ""))


def _event(event: Event, view: View, language: Language) -> str:
    say = SAY[language]
    year = "" if event.sort else f' <span class="facts">({say["no_year"]})</span>'
    return (
        f'<li class="{event.state}"><p class="when"><strong>{escape(event.date.of(language))}</strong>{year} '
        f'<span class="tag">{say[event.state]}</span></p>'
        f"<p>{escape(event.claim.says.of(language))}</p>{quotes_html(event.claim.proofs, view, language)}</li>"
    )


def _remarks(timeline: Timeline, view: View, language: Language) -> str:
    if not timeline.remarks:
        return ""
    title = escape(timeline.remarks_title.of(language))
    return (
        f'<aside class="remarks" aria-labelledby="lezen"><h2 id="lezen">{title}</h2>'
        f"{claims_html(timeline.remarks, view, language)}</aside>"
    )
