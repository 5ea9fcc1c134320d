"""A snapshot says what made it and is refused, with the command that mends it, when that is not what is in use."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.embed import Encoder
from assistant.errors import IndexMismatch, IndexMissing
from assistant.read import read_corpus
from assistant.snapshot import CURRENT, open_published, publish, published_id, read_manifest, snapshot_ids
from assistant.types import Passage


def published(index: Path) -> Path:
    name = published_id(index)
    assert name is not None
    return index / name


def test_what_is_opened_is_what_was_read(tiny_index: Path, tiny_corpus: Path, encoder: Encoder) -> None:
    snapshot = open_published(tiny_index, encoder)
    documents = {d.id: d for d in read_corpus(tiny_corpus)[0]}
    assert snapshot.documents == documents
    for number, passage in enumerate(snapshot.passages):
        assert documents[passage.document].text[passage.start : passage.end] == passage.text
        assert snapshot.numbers[passage.id] == number
        assert isinstance(passage.section, tuple)
    assert len(snapshot.vectors) == len(snapshot.rows) == snapshot.manifest.vectors
    # What has no answer is compared with, not searched.
    assert snapshot.store.count() == len(snapshot.vectors) - len(snapshot.unanswered) == len(snapshot.holders)
    key = snapshot.keys[0][0]
    found = snapshot.store.nearest(np.asarray(snapshot.vectors[snapshot.rows[key]]), 1)
    assert found == [(key, pytest.approx(1, abs=1e-4))]
    for key, holders in snapshot.holders.items():
        assert all(key in snapshot.keys[number] for number in holders)


def test_the_manifest_states_what_made_it(tiny_index: Path, tiny_corpus: Path, encoder: Encoder) -> None:
    manifest = read_manifest(published(tiny_index))
    assert manifest.encoder_fingerprint == encoder.fingerprint
    assert manifest.files == {d.file: d.sha256 for d in read_corpus(tiny_corpus)[0]}
    assert manifest.documents == 2
    assert manifest.id == published_id(tiny_index)


def test_nothing_published_is_said_with_the_command(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(IndexMissing, match="Maak hem met: assistant index"):
        open_published(tmp_path / "weg", encoder)


def test_another_format_or_encoder_is_refused_with_the_command(tiny_index: Path, encoder: Encoder) -> None:
    other = dataclasses.replace(encoder, name="ander", fingerprint="0")
    with pytest.raises(IndexMismatch, match=r"encoder 'bundled', nu is 'ander'.*assistant index --full"):
        open_published(tiny_index, other)
    path = published(tiny_index) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 999}))
    with pytest.raises(IndexMismatch, match=r"formaat 999.*assistant index --full"):
        open_published(tiny_index, encoder)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garbage(path: Path) -> None:
    path.write_bytes(b"\x93kapot\xff" * 500)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [empty, halve, garbage, remove])
@pytest.mark.parametrize(
    "part",
    ["manifest.json", "documents.jsonl", "passages.jsonl", "keys.json", "vectors.npy", "unanswered.json",
     "chroma/chroma.sqlite3", "lexical/words.json", "lexical/vocab.index.json", "lexical/indices.csc.index.npy"],
)  # fmt: skip
def test_a_damaged_part_is_noticed(
    tiny_index: Path, encoder: Encoder, part: str, damage: Callable[[Path], None]
) -> None:
    damage(published(tiny_index) / part)
    expected = IndexMissing if part == "manifest.json" and damage is remove else IndexMismatch
    with pytest.raises(expected, match="assistant index"):
        open_published(tiny_index, encoder)


@pytest.mark.parametrize("content", [None, "", "\n", "20200101T000000Z-00000000", "../..", "\x00", "x" * 5_000])
def test_a_pointer_to_nothing_is_no_index(tiny_index: Path, content: str | None) -> None:
    if content is None:
        (tiny_index / CURRENT).unlink()
    else:
        (tiny_index / CURRENT).write_text(content)
    assert published_id(tiny_index) is None


def test_publishing_is_one_rename_that_leaves_nothing_behind(tiny_index: Path) -> None:
    (name,) = snapshot_ids(tiny_index)
    (tiny_index / CURRENT).write_text("")
    publish(tiny_index, name)
    assert published_id(tiny_index) == name
    assert {p.name for p in tiny_index.iterdir()} == {name, CURRENT, ".lock"}


def test_only_complete_snapshots_are_listed(tiny_index: Path) -> None:
    (tiny_index / ".building-x").mkdir()
    (tiny_index / "20200101T000000Z-0000000a").mkdir()
    (tiny_index / "notities").mkdir()
    assert snapshot_ids(tiny_index) == [published_id(tiny_index)]
    assert snapshot_ids(tiny_index / "weg") == []


def test_a_passage_shows_what_one_would_quote(make_passage: Callable[..., Passage]) -> None:
    assert make_passage("- koffie en thee\n\n", start=5, quote_start=7, quote_end=21).quote == "koffie en thee"
