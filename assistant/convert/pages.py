"""On which page of its original a passage stands: the page starts that adding kept beside the original."""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.text import plain
from assistant.types import Document


def pages_file(original: str) -> str:
    """Where the page starts of an original are kept, below the corpus folder."""
    return f"{original.rsplit('.', 1)[0]}.pages.yaml"


def page_at(corpus: Path, document: Document, start: int) -> int | None:
    """The page on which offset `start` of a document stands, or None when its pages are not known.

    Page starts are found by their words, so that a correction elsewhere in the text moves no page.
    """
    if not document.original or not (file := corpus / pages_file(document.original)).is_file():
        return None
    try:
        rows = [(int(row["page"]), str(row["starts"])) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        return None  # a citation without a page number is still a citation
    page, at = None, document.body_start
    for number, words in rows:
        found = document.text.find(words, at)
        if found < 0:
            found = document.text.find(plain(words), at)
        if found < 0:
            continue
        if found > start:
            break
        page, at = number, found
    return page
