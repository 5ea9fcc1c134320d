"""Where a citation stands, in words: its document, the headings above it, and the page of the original."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.types import Citation


def path_of(citation: Citation) -> list[str]:
    """The headings above a citation, without the document's own title."""
    return [part for part in citation.section if part != citation.title]


def page_words(pages: Iterable[int | None], language: str = "nl") -> str:
    """'blz. 3, 4', or nothing where no page is known."""
    known = sorted({page for page in pages if page is not None})
    return f"{'p.' if language == 'en' else 'blz.'} {', '.join(map(str, known))}" if known else ""


def place_of(citation: Citation, language: str = "nl") -> str:
    """Title, headings and page on one line."""
    page = page_words([citation.page], language)
    # A heading such as 'Zij:' needs no colon here: a quote or a page follows.
    return " › ".join((citation.title, *path_of(citation))).rstrip(" :") + (f", {page}" if page else "")
