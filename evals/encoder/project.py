"""The last step of the bundled encoder: one linear map over its vectors, learnt on question–passage pairs.

    python -m evals.encoder.project --start assistant/encoder --data evals/encoder/data FOLDER --out FOLDER

The texts are embedded once and only the map is trained (384 × 384, from the identity), with the loss and the data of
`evals.encoder.train`: a minute where training all weights takes an hour, and little to learn by heart with. Half of
what was learnt is kept, the mean of the map and the identity, which loses nothing on other text. A map that START has
already is left out first, so the same command makes the bundled encoder again from itself. OUT is a folder for
sentence-transformers and for onnxruntime. Needs the extra `encoder`.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional

from assistant.embed import load_encoder
from evals.encoder.export import PROJECTION, export
from evals.encoder.train import Pair, contrast_of, read_sets, some

RATE, STEPS, PASSAGES, KEPT = 3e-4, 600, 64, 0.5
# Of the large sets a sample is embedded: they only hold the map near what it was.
MOST = 2000
DENSE = "sentence_transformers.base.modules.dense.Dense"
Sets = Sequence[tuple[float, list[Pair]]]


def main() -> None:
    """Train and write as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with pairs-*.jsonl and *.tsv.xz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    sets: list[tuple[float, list[Pair]]] = []
    for name, share, pairs in read_sets(options.data, None):
        sets.append((share, pairs if len(pairs) <= MOST else random.sample(pairs, MOST)))
        print(f"{name}: {len(sets[-1][1])} of {len(pairs)} pairs, {share:.0%} of the steps", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / "plain"
        without_projection(options.start, plain)
        export(plain)
        texts = list(dict.fromkeys(t for _, pairs in sets for p in pairs for t in (p.right, *p.lefts, *p.near)))
        print(f"embedding {len(texts)} texts", flush=True)
        vectors = torch.from_numpy(load_encoder(str(plain)).passages(texts))
        learnt = train(vectors, {text: row for row, text in enumerate(texts)}, sets)
        write(plain, options.out, (1 - KEPT) * torch.eye(len(learnt)) + KEPT * learnt)
    export(options.out)


def train(vectors: torch.Tensor, rows: dict[str, int], sets: Sets) -> torch.Tensor:
    """Learn the map; gives it whole, before half of it is kept."""
    change = torch.zeros(vectors.shape[1], vectors.shape[1], requires_grad=True)
    optimiser = torch.optim.Adam([change], lr=RATE)
    losses: list[float] = []

    def mapped(texts: Sequence[str]) -> torch.Tensor:
        unit = vectors[torch.tensor([rows[text] for text in texts])]
        return functional.normalize(unit + unit @ change.T, dim=1)

    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        pairs = random.choices([pairs for _, pairs in sets], [share for share, _ in sets])[0]
        loss = contrast_of(mapped, some(pairs, PASSAGES))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if len(losses) == 100:
            print(f"step {step + 1}, loss {sum(losses) / len(losses):.3f}", flush=True)
            losses.clear()
    return torch.eye(vectors.shape[1]) + change.detach()


def without_projection(start: Path, out: Path) -> None:
    """Copy an encoder without its map, graph and card."""
    shutil.copytree(start, out, ignore=shutil.ignore_patterns(PROJECTION, "graph.*", "README.md"))
    modules = json.loads((start / "modules.json").read_text(encoding="utf-8"))
    _write_modules(out, [module for module in modules if module["type"] != DENSE])


def write(plain: Path, out: Path, projection: torch.Tensor) -> None:
    """Copy an encoder and put a map before its last module, the normalisation."""
    shutil.copytree(plain, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("graph.*"))
    folder = out / PROJECTION
    folder.mkdir(exist_ok=True)
    config = {"bias": False, "activation_function": "torch.nn.modules.linear.Identity"}
    config |= {"in_features": len(projection), "out_features": len(projection)}
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    save_file({"linear.weight": projection.half().contiguous()}, folder / "model.safetensors")
    modules = json.loads((plain / "modules.json").read_text(encoding="utf-8"))
    _write_modules(out, [*modules[:-1], {"path": PROJECTION, "type": DENSE}, modules[-1]])


def _write_modules(out: Path, modules: Sequence[dict[str, object]]) -> None:
    numbered = [{**module, "idx": number, "name": str(number)} for number, module in enumerate(modules)]
    (out / "modules.json").write_text(json.dumps(numbered, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
