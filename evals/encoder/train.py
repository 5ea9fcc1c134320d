"""Continue the training of the bundled encoder on question–passage pairs written for the purpose.

    python -m evals.encoder.train --start FOLDER --data FOLDER [FOLDER …] --out FOLDER [--minutes 25] [--bank FOLDER]

Contrastive (InfoNCE, temperature 0.05) over four kinds of pairs, in turn: everyday question → formal passage, with
questions that share the passage's words but ask what it does not say as hard negatives; heading → paragraph; Dutch →
English sentences and words, which keeps the two languages in one space. No eval question is ever read. Seeds are fixed;
the number of steps depends on the time given, so a repeat is alike, not bit-equal. Beside OUT, OUT-average holds the
mean of the weights before and after: most of what a little data taught, less of what was lost on other text. See
assistant/encoder/README.md.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertModel

TEMPERATURE = 0.05
BATCH = 48
NEAR = 2
WEIGHTS = "model.safetensors"
Ids = list[int]


@dataclass(frozen=True)
class Pair:
    """Two texts that belong together, and texts that look like the first but do not belong to the second."""

    left: Ids
    right: Ids
    near: tuple[Ids, ...] = ()


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with pairs-*.jsonl and *.tsv.xz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--bank", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    np.random.seed(options.seed)
    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    sets = list(read_sets(options.data, options.bank, tokenizer))
    for name, share, pairs in sets:
        print(f"{name}: {len(pairs)} pairs, {share:.0%} of the steps")
    model = BertModel.from_pretrained(
        options.start, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
    )
    train(model, [(share, pairs) for _, share, pairs in sets], options.minutes * 60)
    before = {name: value.float() for name, value in load_file(options.start / WEIGHTS).items()}
    state = {**before, **model.state_dict()}
    save(state, options.start, options.out)
    mean = {name: (value + before[name]) / 2 for name, value in state.items()}
    save(mean, options.start, options.out.with_name(options.out.name + "-average"))


def read_sets(data: Sequence[Path], bank: Path | None, tokenizer: Tokenizer) -> Iterator[tuple[str, float, list[Pair]]]:
    """The pairs by kind, with the share of the steps that each gets."""

    def ids(text: str, longest: int = 96) -> Ids:
        found = tokenizer.encode(text).ids
        return found if len(found) <= longest else [*found[: longest - 1], found[-1]]

    written: list[Pair] = []
    for path in sorted(path for folder in data for path in folder.glob("pairs-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            near = tuple(ids(text) for text in row["near"])
            written += [Pair(ids(q), ids(row["passage"]), near) for q in [*row["questions"], row["english"]]]
    for row in _table(data, "questions-passages.tsv.xz"):
        written.append(Pair(ids(row[0]), ids(row[1])))
    for row in _table(data, "paraphrases.tsv.xz"):
        written.append(Pair(ids(row[0]), ids(row[1]), (ids(row[2]),) if len(row) > 2 and row[2].strip() else ()))
    own = [Pair(ids(q), ids(passage)) for q, passage in _bank(bank)] if bank else []
    headings = [Pair(ids(r[0], 48), ids(r[1])) for r in _table(data, "headings.tsv.xz") if r[2] != "ictu"]
    random.Random(0).shuffle(headings)
    parallel = [Pair(ids(r[0], 64), ids(r[1], 64)) for r in _table(data, "parallel.tsv.xz")]
    words = [Pair(ids(r[0], 48), ids(r[1], 48)) for r in _table(data, "lexicon.tsv.xz")]
    yield "question–passage", 0.5 if not own else 0.35, written
    if own:
        yield "question bank", 0.2, own
    yield "heading–paragraph", 0.15, headings[:60_000]
    yield "parallel sentences", 0.2 if not own else 0.15, parallel
    yield "lexicon", 0.15, words


def _table(folders: Sequence[Path], name: str) -> Iterator[list[str]]:
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"no {name} in {', '.join(map(str, folders))}")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def _bank(folder: Path) -> Iterator[tuple[str, str]]:
    """Bank questions with the passage they were written for, under its headings as the index shows it."""
    import yaml

    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["passages"]:
            place = ". ".join(entry[key] for key in ("under", "section") if entry.get(key))
            passage = f"{place}. {entry['quote']}" if place else entry["quote"]
            for question in [*entry["questions"], *entry["english"]]:
                yield question, passage


def train(model: BertModel, sets: Sequence[tuple[float, list[Pair]]], seconds: float) -> None:
    """Train in place until the time is up, with a warm-up and a linear decay of the learning rate."""
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    table = list(model.embeddings.word_embeddings.parameters())
    body = [p for name, p in model.named_parameters() if not name.startswith("embeddings.word")]
    rates = (2e-4, 6e-5)
    optimiser = torch.optim.AdamW(
        [
            {"params": table, "lr": rates[0], "weight_decay": 0.0},
            {"params": body, "lr": rates[1], "weight_decay": 0.01},
        ],
        betas=(0.9, 0.98),
        fused=True,
    )
    started = last = time.time()
    step, losses = 0, []
    while (done := (time.time() - started) / seconds) < 1:
        factor = min(1.0, (step + 1) / 60) * max(0.03, 1 - done)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        pairs = random.choices([pairs for _, pairs in sets], [share for share, _ in sets])[0]
        loss = contrast(model, random.sample(pairs, BATCH))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        losses.append(loss.item())
        if time.time() - last > 60:
            print(f"{time.time() - started:.0f} s, step {step}, loss {np.mean(losses):.3f}", flush=True)
            losses, last = [], time.time()


def contrast(model: BertModel, pairs: Sequence[Pair]) -> torch.Tensor:
    """InfoNCE both ways: a question finds its passage, a passage its question among the others and the near-misses."""
    left = vectors(model, [p.left for p in pairs])
    right = vectors(model, [p.right for p in pairs])
    near = [ids for p in pairs for ids in random.sample(p.near, min(NEAR, len(p.near)))]
    scores = left @ right.T / TEMPERATURE
    # The same passage may stand in a batch twice, with two of its questions: that is no negative.
    twins = torch.tensor([[a.right == b.right and i != j for j, b in enumerate(pairs)] for i, a in enumerate(pairs)])
    scores = scores.masked_fill(twins, -1e4)
    back = scores.T
    if near:
        back = torch.cat([back, right @ vectors(model, near).T / TEMPERATURE], 1)
    target = torch.arange(len(pairs))
    return (functional.cross_entropy(scores, target) + functional.cross_entropy(back, target)) / 2


def vectors(model: BertModel, batch: Sequence[Ids]) -> torch.Tensor:
    """Token ids → unit vectors: mean pooling over the last layer."""
    longest = max(map(len, batch))
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    for row, found in enumerate(batch):
        ids[row, : len(found)] = torch.tensor(found)
        mask[row, : len(found)] = 1
    with torch.autocast("cpu", torch.bfloat16):
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    mean = (states.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return functional.normalize(mean, dim=1)


def save(state: dict[str, torch.Tensor], start: Path, out: Path) -> None:
    """Write weights in half precision, with the tokenizer and settings of the folder that they started from."""
    shutil.copytree(start, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(WEIGHTS, "graph.*", "README.md"))
    halves = {name: value.half().contiguous() for name, value in state.items()}
    save_file(halves, out / WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
