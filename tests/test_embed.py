"""The door to the encoders: unit vectors in the order given, a fingerprint of the weights, and clear failures."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.embed import BATCH, BUNDLED, Encoder, load_encoder
from assistant.errors import EncoderError


def test_passages_come_in_the_order_given_as_unit_vectors(encoder: Encoder) -> None:
    texts = [f"De aios volgt cursus {n}. " * (1 + n % 7) for n in range(BATCH + 10)]
    done: list[int] = []
    vectors = encoder.passages(texts, done.append)
    assert vectors.shape == (len(texts), encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert sum(done) == len(texts)
    for number in (0, 5, BATCH + 9):
        np.testing.assert_array_equal(vectors[number], encoder.passages([texts[number]])[0])


def test_nothing_to_embed(encoder: Encoder) -> None:
    assert encoder.passages([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize("text", ["", " ", "\x00", "🙂" * 1_000, "的" * 5_000, "woord " * 5_000, "\u202e"])
def test_odd_texts_have_vectors_too(encoder: Encoder, text: str) -> None:
    vector = encoder.query(text)
    assert vector.shape == (encoder.dimensions,)
    assert np.isfinite(vector).all()


def test_meaning_is_nearer_than_other_meaning(encoder: Encoder) -> None:
    question = encoder.query("Wie betaalt de cursus?")
    near, far = encoder.passages(
        ["De opleider betaalt de kosten van de cursus.", "De commissie bezoekt het ziekenhuis."]
    )
    assert question @ near > question @ far + 0.1


def test_the_same_weights_have_the_same_fingerprint(encoder: Encoder, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(BUNDLED, copy)
    assert load_encoder(str(copy)).fingerprint == encoder.fingerprint
    (copy / "sentence_bert_config.json").write_text('{"max_seq_length": 64}')
    assert load_encoder(f"{copy}/").fingerprint != encoder.fingerprint


def test_an_encoder_is_loaded_once(encoder: Encoder) -> None:
    assert load_encoder() is encoder


def test_damaged_weights_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(BUNDLED, copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(EncoderError, match=r"kan niet worden geladen.*--embedder bundled"):
        load_encoder(str(copy))


@pytest.mark.slow
def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    with pytest.raises(EncoderError, match=r"leeg' kan niet worden geladen"):
        load_encoder(str(tmp_path / "leeg"))


def test_numbers_that_are_none_are_refused() -> None:
    def broken(texts: object) -> np.ndarray:
        return np.full((1, 4), np.nan, dtype=np.float32)

    with pytest.raises(EncoderError, match="ongeldige getallen"):
        Encoder("kapot", "0", 4, broken, broken).query("x")
