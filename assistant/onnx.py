"""The bundled encoder and judge without torch: int8 graphs for onnxruntime, filled from files of weights."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]
# Tokens of a question and a passage together: as many as the judge was trained on.
TOGETHER = 128
GRAPH, TABLE, WEIGHTS, TOKENIZER = "graph.onnx", "graph.json", "model.safetensors", "tokenizer.json"
JUDGE_WEIGHTS, SCALE = "judge.safetensors", "_scale"


class OnnxEncoder:
    """A sentence encoder of `evals.encoder.export`; a text always gives the same vector, whatever else is encoded."""

    def __init__(self, folder: Path) -> None:
        """Load graph, weights and tokenizer from a folder (0.4 s)."""
        settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self._tokenizer = _tokenizer(folder, int(settings.get("max_seq_length") or 256))
        self._session = _session(folder, [folder / WEIGHTS])
        self.dimensions = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Texts → unit vectors of shape (len(texts), dimensions)."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.concatenate(_each(self._session, [self._tokenizer.encode(text) for text in texts]))


class OnnxJudge:
    """A cross-encoder of `evals.encoder.export`, which shares the tables of words and places with an encoder."""

    def __init__(self, folder: Path, encoder: Path) -> None:
        """Load graph and weights from a folder, the tables and the tokenizer from that of the encoder (0.4 s)."""
        self._tokenizer = _tokenizer(encoder, TOGETHER)
        self._session = _session(folder, [encoder / WEIGHTS, folder / JUDGE_WEIGHTS])

    def judge(self, question: str, passages: Sequence[str]) -> Vectors:
        """A question read together with each passage → shape (len(passages),): above 0 where the passage answers.

        Of what is too long together the longer one loses its end.
        """
        if not passages:
            return np.zeros(0, np.float32)
        return np.concatenate(_each(self._session, [self._tokenizer.encode(question, text) for text in passages]))


def is_onnx(folder: Path) -> bool:
    """Whether a folder holds what `OnnxEncoder` needs."""
    return all((folder / name).is_file() for name in (GRAPH, TABLE, WEIGHTS, TOKENIZER))


def _tokenizer(folder: Path, longest: int) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(longest, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


def _session(folder: Path, files: Sequence[Path]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Texts are encoded side by side, one thread each: int8 activations are scaled over a whole batch, so that in a
    # batch a text's vector would depend on its neighbours.
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    names, values = _weights(folder / TABLE, files)
    options.add_external_initializers(names, values)
    return onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])


def _each(session: onnxruntime.InferenceSession, encodings: Sequence[Encoding]) -> list[Vectors]:
    if len(encodings) == 1:
        return [_run(session, encodings[0])]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(lambda encoding: _run(session, encoding), encodings))


def _run(session: onnxruntime.InferenceSession, encoding: Encoding) -> Vectors:
    inputs = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    given = {name: np.array([numbers], dtype=np.int64) for name, numbers in inputs.items()}
    return np.asarray(session.run(None, given)[0], dtype=np.float32)


def _weights(table: Path, files: Sequence[Path]) -> tuple[list[str], list[onnxruntime.OrtValue]]:
    """A graph's large tensors by name: as they are, or as int8 columns with a scale each (the largest is 127).

    Of a name that several files have, the last counts.
    """
    tensors = {name: tensor for file in files for name, tensor in _tensors(file)}
    names: list[str] = []
    values: list[onnxruntime.OrtValue] = []
    for name, (how, source, turned) in json.loads(table.read_text(encoding="utf-8")).items():
        weight = tensors[source].astype(np.float32)
        if tensors[source].dtype == np.int8:
            weight *= tensors[source + SCALE][:, None]
        names.append(name)
        filled = np.ascontiguousarray(_filled(weight.T if turned else weight, how))
        values.append(onnxruntime.OrtValue.ortvalue_from_numpy(filled))
    return names, values


def _tensors(path: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """The tensors of a safetensors file, as they lie in it."""
    raw = path.read_bytes()
    # eight bytes with the length of a JSON header, the header, then the tensors
    start = 8 + int.from_bytes(raw[:8], "little")
    kinds = {"F16": np.float16, "F32": np.float32, "I8": np.int8}
    for name, entry in json.loads(raw[8:start]).items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        kind = np.dtype(kinds[entry["dtype"]])
        count = (last - first) // kind.itemsize
        yield name, np.frombuffer(raw, kind, count, start + first).reshape(entry["shape"])


def _filled(weight: Vectors, how: str) -> NDArray[Any]:
    """A weight as it is ('float'), the scale of each of its columns ('scale'), or its columns in those ('int8')."""
    if how == "float":
        return weight
    scale = np.asarray(np.abs(weight).max(axis=0), dtype=np.float32) / 127
    return scale if how == "scale" else np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
