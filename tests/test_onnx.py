"""The bundled encoder without torch gives what sentence-transformers gives with it, but for its int8 products."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from support import CORPUS

from assistant.embed import BUNDLED, Encoder, _sentence_transformer
from assistant.onnx import OnnxEncoder, is_onnx
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.vocabulary import Vocabulary

# What int8 products cost, measured on the 40 texts below: cosine 0.987 at worst, 0.991 on average.
WORST, AVERAGE = 0.96, 0.985


@pytest.fixture(scope="module")
def texts() -> list[str]:
    quotes = [p.quote for document in read_corpus(CORPUS)[0] for p in split_document(document, Vocabulary()) if p.quote]
    return [*quotes[::12], "a", "Wat doet de COC?", "What does the committee do?", "woord " * 600, "的 é 🙂"]


@pytest.mark.slow
def test_vectors_equal_those_of_sentence_transformers(encoder: Encoder, texts: list[str]) -> None:
    reference = _sentence_transformer("reference", str(BUNDLED), "0")
    assert reference.dimensions == encoder.dimensions
    cosines = (encoder.passages(texts) * reference.passages(texts)).sum(axis=1)
    assert cosines.min() > WORST
    assert cosines.mean() > AVERAGE
    assert encoder.query(texts[-4]) @ reference.query(texts[-4]) > WORST


def test_a_vector_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    model = OnnxEncoder(BUNDLED)
    few = texts[:24]
    alone = np.concatenate([model.encode([text]) for text in few])
    np.testing.assert_array_equal(model.encode(few), alone)
    np.testing.assert_array_equal(model.encode(few[::-1])[::-1], alone)
    np.testing.assert_array_equal(model.encode([few[0], "woord " * 500])[0], alone[0])


def test_nothing_in_gives_nothing_out() -> None:
    model = OnnxEncoder(BUNDLED)
    assert model.encode([]).shape == (0, model.dimensions)


def test_a_folder_needs_all_parts() -> None:
    assert is_onnx(BUNDLED)
    assert not is_onnx(BUNDLED / "1_Pooling")


def test_answering_does_not_import_torch() -> None:
    code = (
        "import sys; from assistant.embed import load_encoder; import assistant.assistant; load_encoder().query('x'); "
        "sys.exit(', '.join({'torch', 'transformers', 'sentence_transformers', 'llama_index'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
