"""The bundled encoder without torch: an int8 graph for onnxruntime, its weights filled from model.safetensors."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]
# Tokens of a question and a passage together: as many as it was trained on.
TOGETHER = 128
GRAPH, TABLE, WEIGHTS, TOKENIZER = "graph.onnx", "graph.json", "model.safetensors", "tokenizer.json"


class OnnxModel:
    """A sentence encoder of `evals.encoder.export`; a text always gives the same vector, whatever else is encoded."""

    def __init__(self, folder: Path) -> None:
        """Load graph, weights and tokenizer from a folder (0.4 s)."""
        settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(int(settings.get("max_seq_length") or 256))
        self._tokenizer.no_padding()
        # A question and a passage read together: of what is too long the longer one loses its end.
        self._pairs = Tokenizer.from_file(str(folder / TOKENIZER))
        self._pairs.enable_truncation(TOGETHER, strategy="longest_first")
        self._pairs.no_padding()
        options = onnxruntime.SessionOptions()
        # Texts are encoded side by side, one thread each: int8 activations are scaled over a whole batch, so that in a
        # batch a text's vector would depend on its neighbours.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        names, values = _weights(folder)
        options.add_external_initializers(names, values)
        self._session = onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
        self.dimensions = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Texts → unit vectors of shape (len(texts), dimensions)."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.concatenate(self._each([self._tokenizer.encode(text) for text in texts], "vectors"))

    def judge(self, question: str, passages: Sequence[str]) -> Vectors:
        """A question read together with each passage → shape (len(passages),): above 0 where the passage answers."""
        if not passages:
            return np.zeros(0, np.float32)
        return np.concatenate(self._each([self._pairs.encode(question, text) for text in passages], "together"))

    def _each(self, encodings: Sequence[Encoding], output: str) -> list[Vectors]:
        if len(encodings) == 1:
            return [self._run(encodings[0], output)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return list(pool.map(lambda encoding: self._run(encoding, output), encodings))

    def _run(self, encoding: Encoding, output: str) -> Vectors:
        inputs = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask}
        inputs["token_type_ids"] = encoding.type_ids
        given = {name: np.array([numbers], dtype=np.int64) for name, numbers in inputs.items()}
        return np.asarray(self._session.run([output], given)[0], dtype=np.float32)


def is_onnx(folder: Path) -> bool:
    """Whether a folder holds what `OnnxModel` needs."""
    return all((folder / name).is_file() for name in (GRAPH, TABLE, WEIGHTS, TOKENIZER))


def _weights(folder: Path) -> tuple[list[str], list[onnxruntime.OrtValue]]:
    """The graph's large tensors by name: as they are, or as int8 columns with a scale each (the largest is 127)."""
    raw = (folder / WEIGHTS).read_bytes()
    # safetensors: eight bytes with the length of a JSON header, the header, then the tensors.
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    kinds = {"F16": np.float16, "F32": np.float32}
    names: list[str] = []
    values: list[onnxruntime.OrtValue] = []
    for name, (how, source, turned) in json.loads((folder / TABLE).read_text(encoding="utf-8")).items():
        entry = header[source]
        first, last = entry["data_offsets"]
        kind = kinds[entry["dtype"]]
        count = (last - first) // np.dtype(kind).itemsize
        weight = np.frombuffer(raw, kind, count, start + first).reshape(entry["shape"]).astype(np.float32)
        names.append(name)
        filled = np.ascontiguousarray(_filled(weight.T if turned else weight, how))
        values.append(onnxruntime.OrtValue.ortvalue_from_numpy(filled))
    return names, values


def _filled(weight: Vectors, how: str) -> NDArray[Any]:
    """A weight as it is ('float'), the scale of each of its columns ('scale'), or its columns in those ('int8')."""
    if how == "float":
        return weight
    scale = np.asarray(np.abs(weight).max(axis=0), dtype=np.float32) / 127
    return scale if how == "scale" else np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
