"""Citations → HTML: the numbered mark, the card of a source, the passages that come near, the text to copy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from assistant.assistant import Assistant
from assistant.types import Answer, Citation
from assistant.web.richtext import crumbs, plain
from assistant.web.source import facts_of, source_address
from assistant.web.texts import TEXTS, Language


def path_of(citation: Citation) -> list[str]:
    """The headings above a citation, without the document's own title."""
    return [part for part in citation.section if part != citation.title]


def place_of(citation: Citation) -> str:
    """Where a citation stands, on one line: the title and the headings."""
    return " › ".join((citation.title, *path_of(citation)))


def mark_html(citation: Citation, language: Language) -> str:
    """The numbered mark that shows the quote when pointed at and opens the source."""
    label = TEXTS[language]["source"].format(n=citation.n)
    return (
        f'<a class="cite" data-source href="{escape(source_address(citation, language))}" aria-label="{escape(label)}" '
        f'data-quote="{escape(plain(citation.quote))}" data-where="{escape(place_of(citation))}">[{citation.n}]</a>'
    )


def cards_html(citations: Sequence[Citation], assistant: Assistant, language: Language) -> str:
    """One card for each section cited, with the numbers of its citations."""
    cards: list[str] = []
    for (document, _), group in groupby(citations, key=lambda c: (c.document, c.section)):
        members = list(group)
        path = path_of(members[0])
        known = assistant.snapshot.documents.get(document)
        facts = facts_of(known) if known else ""
        marks = " ".join(mark_html(citation, language) for citation in members)
        place = f'<p class="place">{crumbs(path)}</p>' if path else ""
        cards.append(
            f'<li class="card"><p class="title">{escape(members[0].title)}</p>'
            + (f'<p class="facts">{facts}</p>' if facts else "")
            + f'{place}<p class="marks">{marks}</p></li>'
        )
    return f'<ul class="cards">{"".join(cards)}</ul>'


def near_html(citations: Sequence[Citation], language: Language) -> str:
    """Passages that are not cited: where they stand and how they begin."""
    cards = "".join(
        f'<li class="card"><a data-source href="{escape(source_address(citation, language))}">'
        f'<span class="title">{escape(citation.title)}</span><span class="place">{crumbs(path_of(citation))}</span>'
        f"<q>{escape(plain(citation.quote))}</q></a></li>"
        for citation in citations
    )
    return f'<ul class="cards near">{cards}</ul>'


def copy_text(answer: Answer, say: dict[str, str]) -> str:
    """Question, answer and sources as plain text."""
    lines = [f"{say['question_copy']}: {answer.question}", "", answer.text.replace("**", ""), "", f"{say['sources']}:"]
    lines += [f"[{citation.n}] {place_of(citation)}: “{plain(citation.quote)}”" for citation in answer.citations]
    return "\n".join(lines)
