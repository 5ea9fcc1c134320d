"""The rival systems: each answers over a tiny corpus in the product's own types, with quotes that are exact slices."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from assistant.embed import load_encoder
from assistant.read import read_corpus
from evals.measures import quotes_exact
from evals.peers import PEERS, PeerError, load_peer
from evals.peers.base import chunks_of, locate

LIBRARIES = {
    "llamaindex": ("llama_index.core", "llama_index.retrievers.bm25", "llama_index.vector_stores.chroma"),
    "haystack": ("haystack",),
    "txtai": ("txtai", "bs4"),
}
COURSE = """---
title: Cursus
---

# Cursus

De aios  volgt elk jaar een cursus over feedback. Aanmelden gaat via <https://voorbeeld.nl/cursus>.

## Kosten

De cursus kost &lt; 200 euro; de opleider betaalt.

* zaal
* koffie
"""
VISIT = """# Visitatie

De visitatiecommissie bezoekt de opleiding elke vijf jaar.

## Verslag

Het verslag volgt na zes weken.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "nested").mkdir(parents=True)
    (folder / "cursus.md").write_text(COURSE, encoding="utf-8")
    (folder / "nested" / "visitatie.md").write_text(VISIT, encoding="utf-8")
    (folder / "originals").mkdir()
    (folder / "originals" / "visitatie.md").write_text("# Oud\n\nDe visitatiecommissie was er al.\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_answers_with_exact_quotes(name: str, corpus: Path) -> None:
    for library in LIBRARIES[name]:
        pytest.importorskip(library)
    peer = load_peer(name, corpus, load_encoder())
    texts = {document.id: document.text for document in read_corpus(corpus)[0]}

    answer = peer.answer("Hoe vaak bezoekt de visitatiecommissie de opleiding?", ["Wat kost de cursus?"])

    assert peer.name == name
    assert answer.status == "answered"
    assert 1 <= len(answer.citations) <= 2
    assert answer.citations[0].document == "nested/visitatie"
    assert "elke vijf jaar" in answer.text
    assert "elke vijf jaar" in answer.citations[0].quote
    assert quotes_exact(answer, texts) == 1.0
    assert [statement.citations for statement in answer.statements] == [(c.n,) for c in answer.citations]

    hits = peer.search("Wat kost de cursus?", 5)
    assert hits
    assert hits[0].passage.document == "cursus"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits) <= 5
    for hit in hits:
        assert texts[hit.passage.document][hit.passage.start : hit.passage.end] == hit.passage.text == hit.passage.quote
    assert len(peer.search("Wat kost de cursus?", 1)) == 1
    assert peer.search("  ", 5) == []


def test_an_unknown_peer_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"no peer 'elastic'.*llamaindex, haystack, txtai"):
        load_peer("elastic", tmp_path, load_encoder())


@pytest.mark.parametrize("name", PEERS)
def test_a_missing_library_names_the_extra(name: str, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(module: str, *rest: Any, **named: Any) -> Any:
        if module.split(".")[0] in {"llama_index", "haystack", "txtai"}:
            raise ModuleNotFoundError(f"No module named '{module}'")
        return real(module, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PeerError, match=rf"'{name}' needs the extra 'peers'"):
        load_peer(name, corpus, load_encoder())


@pytest.mark.parametrize(
    ("chunk", "found"),
    [
        ("elk jaar een cursus", "elk jaar een cursus"),
        ("De aios volgt elk jaar", "De aios  volgt elk jaar"),
        ("Aanmelden gaat via .\n\n## Kosten", "Aanmelden gaat via <https://voorbeeld.nl/cursus>.\n\n## Kosten"),
        ("kost < 200 euro", "kost &lt; 200 euro"),
        ("staat er niet", None),
        (" \n", None),
    ],
)
def test_a_chunk_is_found_back_in_its_document(chunk: str, found: str | None) -> None:
    span = locate(COURSE, chunk)
    assert (None if span is None else COURSE[slice(*span)]) == found


def test_chunks_keep_their_order_and_a_strange_one_is_refused(corpus: Path) -> None:
    document = next(d for d in read_corpus(corpus)[0] if d.id == "cursus")
    first, second = chunks_of(document, ["cursus over", " ", "cursus kost"])
    assert (first.number, second.number) == (0, 2)
    assert first.end <= second.start
    overlapping = chunks_of(document, ["een cursus over", "cursus over feedback"], overlap=True)
    assert overlapping[1].start < overlapping[0].end
    with pytest.raises(PeerError, match=r"cursus\.md.*'nergens'"):
        chunks_of(document, ["nergens"])
