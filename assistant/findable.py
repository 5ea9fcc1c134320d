"""Passage → the text that it is found by, and whether it can be an answer at all."""

from __future__ import annotations

from assistant.text import plain, words
from assistant.types import Passage


def search_text(passage: Passage, title: str) -> str:
    """What a passage is found by: its place in the document, the sentence that introduces it, its own words."""
    place = passage.section if title in passage.section else (title, *passage.section)
    return ". ".join(
        [*(plain(part).rstrip(".:") for part in place), *filter(None, [passage.lead, plain(passage.quote)])]
    )


def searchable(passage: Passage) -> bool:
    """Whether a passage can be an answer: headings and front matter only give others their place.

    A heading for which the bank has questions is indexed all the same: it finds its whole section.
    """
    return passage.kind not in {"heading", "front"} and bool(words(passage.quote))
