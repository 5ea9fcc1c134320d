"""Weights → the graphs that onnxruntime runs: int8 matrix products, weights left in their own files.

    python -m evals.encoder.export FOLDER [--judge FOLDER]

Writes FOLDER/graph.onnx (some 400 kB) and graph.json. The weights are not copied into them: the large tensors of the
graph are external and are filled, as graph.json says, from model.safetensors when the encoder is loaded
(assistant/onnx.py), so one file of weights serves both sentence-transformers and onnxruntime. With --judge, the same
for a judge that `evals.encoder.judge` trained from this very encoder; its matrices are written as int8 to
judge.safetensors. Needs the extra `encoder`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file, save_file
from transformers import BertModel

from assistant.onnx import JUDGE_WEIGHTS, SCALE
from evals.encoder.judge import FULL, HEAD
from evals.encoder.train import WEIGHTS

SMALLEST = 2048
Arrays = dict[str, np.ndarray]


class _Sentence(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """The transformer with what modules.json says inside: mean pooling and normalisation."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        return torch.nn.functional.normalize(self.mean(input_ids, attention_mask, token_type_ids), p=2, dim=1)

    def mean(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        states = self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean: torch.Tensor = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return mean


class _Judge(_Sentence):
    """The transformer with a linear function of the mean over a question and a passage."""

    def __init__(self, model: BertModel, head: Arrays) -> None:
        super().__init__(model)
        self.weight = torch.tensor(head["weight"][0])
        self.bias = torch.tensor(head["bias"])

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        # Written out, the linear function stays in full precision: only matrix products are made int8.
        return (self.mean(input_ids, attention_mask, token_type_ids) * self.weight).sum(1) + self.bias


def export(folder: Path) -> Path:
    """Write graph.onnx and graph.json beside the weights of an encoder; gives the path of the graph."""
    return _write(folder, _Sentence(_model(folder)), "vectors", _floats(load_file(folder / WEIGHTS)))


def export_judge(folder: Path, encoder: Path) -> Path:
    """Write graph.onnx, graph.json and judge.safetensors beside what a judge learnt; gives the path of the graph.

    Args:
        folder: holds judge-full.safetensors.
        encoder: the folder that the judge was trained from, whose tables of words and places it goes on using.
    """
    learnt = _floats(load_file(folder / FULL))
    small: Arrays = {}
    for name, value in learnt.items():
        if value.ndim == 2 and value.size >= SMALLEST:
            scale = np.abs(value).max(axis=1) / 127
            small[name] = np.clip(np.rint(value / scale[:, None]), -127, 127).astype(np.int8)
            small[name + SCALE] = scale
            learnt[name] = small[name] * scale[:, None]
    save_file(small, folder / JUDGE_WEIGHTS)
    head = {name.removeprefix(f"{HEAD}."): learnt.pop(name) for name in [one for one in learnt if one.startswith(HEAD)]}
    model = _model(encoder)
    model.load_state_dict({**model.state_dict(), **{name: torch.tensor(value) for name, value in learnt.items()}})
    weights = {**_floats(load_file(encoder / WEIGHTS)), **learnt}
    return _write(folder, _Judge(model, head), "together", weights)


def _model(folder: Path) -> BertModel:
    model = BertModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False)
    model.train(False)
    return model


def _floats(weights: Arrays) -> Arrays:
    return {name: value.astype(np.float32) for name, value in weights.items()}


def _write(folder: Path, module: torch.nn.Module, output: str, weights: Arrays) -> Path:
    example = torch.ones(2, 8, dtype=torch.long)
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    with tempfile.TemporaryDirectory() as temporary:
        plain, small = Path(temporary) / "plain.onnx", Path(temporary) / "int8.onnx"
        torch.onnx.export(
            module,
            (example, example, example - 1),
            str(plain),
            input_names=inputs,
            output_names=[output],
            dynamic_axes={**{name: {0: "batch", 1: "tokens"} for name in inputs}, output: {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            plain,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            extra_options={"MatMulConstBOnly": True},
        )
        originals = {i.name: numpy_helper.to_array(i) for i in onnx.load(plain).graph.initializer}
        graph = onnx.load(small)
    table = _leave_out(graph, originals, weights)
    (folder / "graph.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
    target = folder / "graph.onnx"
    onnx.save(graph, target)
    return target


def _leave_out(
    graph: onnx.ModelProto,
    originals: Arrays,
    weights: Arrays,
) -> dict[str, tuple[str, str, bool]]:
    """Make every large tensor external; gives by name which weight fills it, how, and whether turned."""
    table: dict[str, tuple[str, str, bool]] = {}
    for tensor in graph.graph.initializer:
        if int(np.prod(tensor.dims)) < SMALLEST and not tensor.name.endswith(("_quantized", "_scale")):
            continue
        base = tensor.name.removesuffix("_quantized").removesuffix("_scale")
        if base not in originals:
            continue
        source, turned = _source(originals[base], weights)
        how = "int8" if tensor.name.endswith("_quantized") else "scale" if tensor.name.endswith("_scale") else "float"
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.ClearField("int32_data")
        tensor.data_location = TensorProto.EXTERNAL
        del tensor.external_data[:]
        length = int(np.prod(tensor.dims)) * (1 if how == "int8" else 4)
        for key, value in (("location", "model.safetensors"), ("offset", "0"), ("length", str(length))):
            tensor.external_data.add(key=key, value=value)
        table[tensor.name] = (how, source, turned)
    return table


def _source(value: np.ndarray, weights: Arrays) -> tuple[str, bool]:
    for name, weight in weights.items():
        if _is(value, weight):
            return name, False
        if weight.ndim == 2 and _is(value, weight.T):
            return name, True
    raise ValueError(f"no weight equals a tensor of shape {value.shape}")


def _is(value: np.ndarray, weight: np.ndarray) -> bool:
    return value.shape == weight.shape and np.allclose(value, weight, atol=1e-6)


def main() -> None:
    """Export as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--judge", type=Path)
    options = parser.parse_args()
    print(export(options.encoder))
    if options.judge:
        print(export_judge(options.judge, options.encoder))


if __name__ == "__main__":
    main()
