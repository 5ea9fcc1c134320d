"""Vectors in a real Chroma: written once, found back by cosine, damage noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant import store as store_module
from assistant.errors import FailedError
from assistant.store import create_store, open_store


def unit_vectors(count: int, dimensions: int = 16, seed: int = 7) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_nearest_is_by_cosine_best_first(tmp_path: Path) -> None:
    vectors = unit_vectors(300)
    keys = [f"k{n}" for n in range(300)]
    create_store(tmp_path / "chroma", "vectors-een", keys, vectors)
    store = open_store(tmp_path / "chroma", "vectors-een")
    assert store.count() == 300
    question = unit_vectors(1, seed=8)[0]
    exact = vectors @ question
    wanted = [keys[n] for n in np.argsort(-exact)[:10]]
    found = store.nearest(question, 10)
    assert [key for key, _ in found] == wanted
    np.testing.assert_allclose([score for _, score in found], np.sort(exact)[::-1][:10], atol=1e-5)
    assert store.complete(vectors[0])
    store.close()


def test_fewer_vectors_than_asked_and_none_at_all(tmp_path: Path) -> None:
    create_store(tmp_path / "chroma", "vectors-een", ["a", "b"], unit_vectors(2))
    create_store(tmp_path / "chroma", "vectors-leeg", [], unit_vectors(0))
    few, none = open_store(tmp_path / "chroma", "vectors-een"), open_store(tmp_path / "chroma", "vectors-leeg")
    assert len(few.nearest(unit_vectors(1)[0], 50)) == 2
    assert none.nearest(unit_vectors(1)[0], 50) == []


def test_writing_again_replaces(tmp_path: Path) -> None:
    create_store(tmp_path / "chroma", "vectors-een", ["a", "b"], unit_vectors(2))
    create_store(tmp_path / "chroma", "vectors-een", ["c"], unit_vectors(1))
    assert open_store(tmp_path / "chroma", "vectors-een").nearest(unit_vectors(1)[0], 5)[0][0] == "c"


def test_more_than_one_batch(tmp_path: Path) -> None:
    vectors = unit_vectors(6_000, 8)
    create_store(tmp_path / "chroma", "vectors-een", [f"k{n}" for n in range(6_000)], vectors)
    store = open_store(tmp_path / "chroma", "vectors-een")
    assert store.count() == 6_000
    assert store.nearest(vectors[5_999], 1)[0][0] == "k5999"


def test_a_store_that_lost_its_vectors_is_not_complete(tmp_path: Path) -> None:
    vectors = unit_vectors(1_500, 8)
    create_store(tmp_path / "chroma", "vectors-een", [f"k{n}" for n in range(1_500)], vectors)
    (folder,) = [path for path in (tmp_path / "chroma").iterdir() if path.is_dir()]
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    store = open_store(tmp_path / "chroma", "vectors-een")
    assert store.count() == 1_500  # Chroma itself sees nothing wrong
    assert not store.complete(vectors[0])


def test_what_chroma_cannot_write_is_said_in_dutch(tmp_path: Path) -> None:
    vectors = unit_vectors(2)
    vectors[0, 0] = np.nan
    with pytest.raises(FailedError, match="De vectoren konden niet worden opgeslagen"):
        create_store(tmp_path / "chroma", "vectors-een", ["a", "b"], vectors)
    with pytest.raises(FailedError, match="De vectoren konden niet worden opgeslagen"):
        create_store(tmp_path / "unused", "vectors-een", ["a"], unit_vectors(1), url="http://127.0.0.1:9")


def test_no_other_collection_is_named(tmp_path: Path) -> None:
    create_store(tmp_path / "chroma", "vectors-een", ["a"], unit_vectors(1))
    with pytest.raises(Exception, match="vectors-twee"):
        open_store(tmp_path / "chroma", "vectors-twee")
    assert store_module._HNSW["space"] == "cosine"
