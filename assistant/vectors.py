"""Texts → vectors under their keys: what an earlier snapshot holds is used again, only the rest is embedded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.embed import Encoder
from assistant.errors import IndexMismatch
from assistant.snapshot import read_manifest


def key_of(text: str) -> str:
    """The key of a text: the same text has the same key, and so one vector, in every snapshot."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def vectors_of(
    by_key: dict[str, str],
    order: Sequence[str],
    encoder: Encoder,
    previous: Path | None,
    tell: Callable[[str, int, int], None],
) -> tuple[NDArray[np.float32], int]:
    """Vectors in the order of the keys, and how many texts had to be embedded for them.

    Args:
        by_key: the text of each key.
        order: the keys, in the order of the rows wanted.
        encoder: embeds what is new.
        previous: folder of an earlier snapshot to take vectors from, or None.
        tell: told ("embed", done, total).
    """
    known, old = _known_vectors(previous, encoder) if previous is not None else ({}, None)
    vectors = np.zeros((len(order), encoder.dimensions), dtype=np.float32)
    fresh = [row for row, key in enumerate(order) if key not in known]
    kept = [(row, known[key]) for row, key in enumerate(order) if key in known]
    if old is not None and kept:
        vectors[[row for row, _ in kept]] = old[[source for _, source in kept]]
    done = 0

    def count(step: int) -> None:
        nonlocal done
        done += step
        tell("embed", done, len(fresh))

    if fresh:
        vectors[fresh] = encoder.passages([by_key[order[row]] for row in fresh], count)
    return vectors, len(fresh)


def _known_vectors(previous: Path, encoder: Encoder) -> tuple[dict[str, int], NDArray[np.float32] | None]:
    """The vectors of an earlier snapshot, by key; none when another encoder made them or a file is damaged."""
    try:
        if read_manifest(previous).encoder_fingerprint != encoder.fingerprint:
            return {}, None
        keys = json.loads((previous / "keys.json").read_text(encoding="utf-8"))
        old = np.load(previous / "vectors.npy", mmap_mode="r")
    except (IndexMismatch, OSError, ValueError):
        return {}, None  # whatever can no longer be read is computed again
    if old.shape != (len(keys), encoder.dimensions):
        return {}, None
    sound = np.abs(np.linalg.norm(old, axis=1) - 1) < 0.01
    return {key: row for row, key in enumerate(keys) if sound[row]}, old
