"""Weights → the graph that onnxruntime runs: int8 matrix products, weights left in model.safetensors.

    python -m evals.encoder.export FOLDER

Writes FOLDER/graph.onnx (some 400 kB) and graph.json. The weights are not copied into them: the large tensors of the
graph are external and are filled, as graph.json says, from model.safetensors when the encoder is loaded
(assistant/onnx.py), so one file of weights serves both sentence-transformers and onnxruntime. Needs the extra
`encoder`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from transformers import BertModel

from evals.encoder.train import head_of

SMALLEST = 2048


class _Sentence(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """The transformer with what modules.json says inside: mean pooling and normalisation; and, for a question and a
    passage read together, how well the one answers the other."""

    def __init__(self, model: BertModel, head: torch.nn.Linear) -> None:
        super().__init__()
        self.model = model
        self.head = head

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        states = self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        # Written out, the linear function stays in full precision: only matrix products are made int8.
        together = (mean * self.head.weight[0]).sum(1) + self.head.bias
        return torch.nn.functional.normalize(mean, p=2, dim=1), together


def export(folder: Path) -> Path:
    """Write graph.onnx beside the weights of a folder and give its path."""
    model = BertModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False)
    model.train(False)
    example = torch.ones(2, 8, dtype=torch.long)
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    with tempfile.TemporaryDirectory() as temporary:
        plain, small = Path(temporary) / "plain.onnx", Path(temporary) / "int8.onnx"
        torch.onnx.export(
            _Sentence(model, head_of(folder)),
            (example, example, example - 1),
            str(plain),
            input_names=inputs,
            output_names=["vectors", "together"],
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in inputs},
                "vectors": {0: "batch"},
                "together": {0: "batch"},
            },
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
    weights = {name: value.astype(np.float32) for name, value in load_file(folder / "model.safetensors").items()}
    table = _leave_out(graph, originals, weights)
    (folder / "graph.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
    target = folder / "graph.onnx"
    onnx.save(graph, target)
    return target


def _leave_out(
    graph: onnx.ModelProto,
    originals: dict[str, np.ndarray],
    weights: dict[str, np.ndarray],
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


def _source(value: np.ndarray, weights: dict[str, np.ndarray]) -> tuple[str, bool]:
    for name, weight in weights.items():
        if _is(value, weight):
            return name, False
        if weight.ndim == 2 and _is(value, weight.T):
            return name, True
    raise ValueError(f"no weight equals a tensor of shape {value.shape}")


def _is(value: np.ndarray, weight: np.ndarray) -> bool:
    return value.shape == weight.shape and np.allclose(value, weight, atol=1e-6)


if __name__ == "__main__":
    print(export(Path(sys.argv[1])))
