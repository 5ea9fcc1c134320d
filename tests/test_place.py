"""The page of a citation, wherever a citation is shown: text, JSON, a kept conversation, another program."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from support import write_files

from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.embed import Encoder
from assistant.export import export
from assistant.openai_api import sources_text
from assistant.place import page_words, place_of
from assistant.present import answer_json, hits_json, show_answer
from assistant.settings import Settings
from assistant.types import Citation, Document

CITATION = Citation(1, "d", "Gids", ("Gids", "Kosten"), "15 euro", 0, 7, "0" * 64, "d.md", page=4)
TEXT = """---
title: Gids
original: originals/gids.pdf
---
# Gids

De wandelstok kost vijftien euro.

De regenjas hangt in de gang van het gebouw.
"""
PAGES = "- {page: 3, starts: Gids, at: 0}\n- {page: 4, starts: De regenjas, at: 40}\n"


def test_words_for_a_page() -> None:
    assert place_of(CITATION) == "Gids › Kosten, blz. 4"
    assert place_of(CITATION, "en") == "Gids › Kosten, p. 4"
    assert place_of(replace(CITATION, page=None)) == "Gids › Kosten"
    assert page_words([7, None, 3, 7]) == "blz. 3, 7"
    assert page_words([None]) == ""


def test_an_offset_before_the_first_page_has_none() -> None:
    document = Document("d", "d.md", "D", "tekst " * 9, "0", pages=((1, 10), (2, 20), (1, 30)))
    assert [document.page_at(offset) for offset in (9, 10, 19, 20, 35)] == [None, 1, 1, 2, 1]


def test_every_way_out_names_the_page(tmp_path: Path, encoder: Encoder) -> None:
    corpus = write_files(tmp_path / "corpus", {"gids.md": TEXT, "originals/gids.pages.yaml": PAGES})
    build_index(corpus, tmp_path / "index", encoder)
    assistant = Assistant.open(Settings(corpus=corpus, index=tmp_path / "index", mode="quote"))
    answer = assistant.ask("Waar hangt de regenjas?")
    assert [citation["page"] for citation in answer_json(answer)["citations"]] == [4]
    hits = assistant.search("wandelstok", k=1)
    assert [hit["page"] for hit in hits_json("x", hits, assistant.snapshot.documents, 0.1)["hits"]] == [3]
    printed = io.StringIO()
    show_answer(Console(file=printed, width=200), answer)
    assert "[1] Gids — Gids, blz. 4" in printed.getvalue() or "[1] Gids — blz. 4" in printed.getvalue()
    assert "Gids, blz. 4: “De regenjas" in export([("Vraag", answer)], "md", "Titel", "2026-01-02").decode()
    assert "Gids, p. 4: “De regenjas" in sources_text(answer.citations, "en")
