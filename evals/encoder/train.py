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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from transformers import BertModel

from evals.encoder import HEADINGS_OF, HELD_OUT

TEMPERATURE = 0.05
PASSAGES, LEFTS, NEAR = 32, 6, 2
# Passages of a batch that follow one another where they were written: alike ones, told apart by their meaning alone.
TOGETHER = 4
LONGEST = 96
# Passages that a bank question without an answer is a near-miss of.
BESIDE = 2
WEIGHTS, WORDS = "model.safetensors", "embeddings.word_embeddings.weight"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Pair:
    """A text with those that belong to it, and texts that look like these but do not belong to it."""

    right: str
    lefts: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairSet:
    """Pairs of one kind, and the share of the steps that they get."""

    name: str
    share: float
    pairs: list[Pair]


@dataclass(frozen=True)
class Reader:
    """The transformer in training: texts → vectors."""

    model: BertModel
    tokenizer: Tokenizer

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Texts → unit vectors."""
        return functional.normalize(self.mean(self.tokenizer.encode_batch(list(texts))), dim=1)

    def mean(self, encodings: Sequence[Encoding]) -> torch.Tensor:
        """Tokens → the mean over the last layer, in single precision; the layers compute in half of it."""
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = torch.zeros(len(encodings), longest, dtype=torch.long)
        kinds, mask = ids.clone(), ids.clone()
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
            kinds[row, : len(encoding.ids)] = torch.tensor(encoding.type_ids)
            mask[row, : len(encoding.ids)] = 1
        with torch.autocast("cpu", torch.bfloat16):
            states = self.model(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        mean: torch.Tensor = (states.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return mean


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with the files of read_sets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--bank", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    np.random.seed(options.seed)
    torch.set_num_threads(options.threads)
    model = BertModel.from_pretrained(
        options.start, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
    )
    reader = Reader(model, tokenizer_of(options.start, LONGEST, "longest_first"))
    sets = list(read_sets(options.data, options.bank, reader))
    for one in sets:
        print(f"{one.name}: {len(one.pairs)} pairs, {one.share:.0%} of the steps")
    train(reader, sets, options.minutes * 60)
    before = {name: value.float() for name, value in load_file(options.start / WEIGHTS).items()}
    state = {**before, **model.state_dict()}
    mean = {name: (value + before[name]) / 2 for name, value in state.items()}
    for weights, out in ((state, options.out), (mean, options.out.with_name(options.out.name + "-average"))):
        save(weights, options.start, out)


def tokenizer_of(start: Path, longest: int, cut: str) -> Tokenizer:
    """The tokenizer of a folder, which cuts what is longer and pads nothing."""
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    tokenizer.enable_truncation(longest, strategy=cut)
    tokenizer.no_padding()
    return tokenizer


def read_sets(data: Sequence[Path], bank: Path | None, reader: Reader) -> Iterator[PairSet]:
    """The pairs by kind; the reader finds beside which passages a question without an answer lies.

    Read are pairs-*.jsonl, sentences.tsv, groups.tsv (written for this project) and the *.tsv.xz of assistant/encoder.
    """
    written: list[Pair] = []
    for path in written_files(data):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            written.append(Pair(row["passage"], (*row["questions"], *row["english"]), tuple(row["near"])))
    short = [
        Pair(row[1], (row[0],), (row[2],) if len(row) > 2 and row[2].strip() else ())
        for name in ("questions-passages.tsv.xz", "paraphrases.tsv.xz")
        for row in _table(data, name)
    ]
    # everyday, official, English, and an official sentence that says something else
    short += [Pair(row[1], (row[0], row[2]), (row[3],)) for row in _lines(data, "sentences.tsv")]
    groups = [list(filter(None, row)) for row in _lines(data, "groups.tsv")]
    headings = [Pair(row[1], (row[0],)) for row in _table(data, "headings.tsv.xz") if row[2] != HEADINGS_OF]
    parallel = [Pair(row[1], (row[0],)) for row in _table(data, "parallel.tsv.xz")]
    lexicon = [Pair(row[1], (row[0],)) for row in _table(data, "lexicon.tsv.xz")]
    same_meaning = [_group(row) for row in groups]
    # What follows one another here may mean the same, so that it must not stand in one batch.
    for pairs in (short, headings, parallel, lexicon, same_meaning):
        random.Random(0).shuffle(pairs)
    yield PairSet("question–passage", 0.6 if not bank else 0.5, written)
    if bank:
        yield PairSet("question bank", 0.1, bank_of(bank, reader))
    yield PairSet("question–passage and paraphrase, short", 0.1, short)
    yield PairSet("heading–paragraph", 0.08, headings[:60_000])
    yield PairSet("parallel sentences", 0.1, parallel)
    yield PairSet("lexicon", 0.06, lexicon)
    yield PairSet("words that mean the same", 0.06, same_meaning)


def written_files(folders: Sequence[Path]) -> list[Path]:
    """The files of written passages that may be trained on, by name."""
    found = {path for folder in folders for path in folder.glob("pairs-*.jsonl")}
    return sorted(
        (path for path in found if not path.name.startswith(HELD_OUT)), key=lambda path: (path.stem, str(path))
    )


def _table(folders: Sequence[Path], name: str) -> Iterator[list[str]]:
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"no {name} in {', '.join(map(str, folders))}")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def _lines(folders: Sequence[Path], name: str) -> Iterator[list[str]]:
    for path in (folder / name for folder in folders):
        if path.is_file():
            yield from (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())


def _group(row: Sequence[str]) -> Pair:
    """Dutch words, the most official last, a bar, English ones: the official one with all others."""
    bar = row.index("|")
    return Pair(row[bar - 1], (*row[: bar - 1], *row[bar + 1 :]))


def bank_of(folder: Path, reader: Reader) -> list[Pair]:
    """Passages with the bank questions that were written for them, under their headings as the index shows them.

    A question that was written down as unanswered is a near-miss of the passages of its document that lie nearest to
    it before training (of all documents, where it was written for none).
    """
    import yaml

    passages: list[Pair] = []
    documents: list[tuple[range, list[str]]] = []
    for path in sorted(folder.glob("*.yaml")):
        file = yaml.safe_load(path.read_text(encoding="utf-8"))
        first = len(passages)
        for entry in file.get("passages", []):
            place = ". ".join(entry[key] for key in ("under", "section") if entry.get(key))
            passage = f"{place}. {entry['quote']}" if place else entry["quote"]
            passages.append(Pair(passage, (*entry["questions"], *entry["english"])))
        documents.append((range(first, len(passages)), file.get("unanswered", [])))
    near: list[list[str]] = [[] for _ in passages]
    vectors = vectors_of(reader, [pair.right for pair in passages])
    for own, unanswered in documents:
        if not unanswered:
            continue
        places = own or range(len(passages))
        cosines = vectors_of(reader, unanswered) @ vectors[places.start : places.stop].T
        nearest = cosines.topk(min(BESIDE, len(places)), dim=1).indices.tolist()
        for question, beside in zip(unanswered, nearest, strict=True):
            for place in beside:
                near[places[place]].append(question)
    return [replace(pair, near=tuple(near[number])) for number, pair in enumerate(passages)]


def vectors_of(reader: Reader, texts: Sequence[str]) -> torch.Tensor:
    """Unit vectors of many texts, as the reader gives them before training."""
    with torch.no_grad():
        return torch.cat([reader.vectors(texts[first : first + 256]) for first in range(0, len(texts), 256)])


def train(reader: Reader, sets: Sequence[PairSet], seconds: float) -> None:
    """Train in place until the time is up, with a warm-up and a linear decay of the learning rate."""
    model = reader.model
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
    step = 0
    losses: list[float] = []
    while (done := (time.time() - started) / seconds) < 1:
        factor = min(1.0, (step + 1) / 25) * max(0.03, 1 - done)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        chosen = random.choices(sets, [one.share for one in sets])[0]
        batch = batch_of(chosen.pairs)
        loss = contrast_of(reader, batch, *sides_of(reader, batch))
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(model.parameters()), 1.0)
        optimiser.step()
        step += 1
        if time.time() - last > 60:
            print(f"{time.time() - started:.0f} s, step {step}, loss {np.mean(losses):.3f}", flush=True)
            losses, last = [], time.time()


def sides_of(reader: Reader, pairs: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The vectors of some lefts of each pair, the number of the pair of each, and the vectors of the rights."""
    chosen = [(owner, left) for owner, pair in enumerate(pairs) for left in some(pair.lefts, LEFTS)]
    owner = torch.tensor([number for number, _ in chosen])
    return reader.vectors([text for _, text in chosen]), owner, reader.vectors([pair.right for pair in pairs])


def contrast_of(
    reader: Reader, pairs: Sequence[Pair], left: torch.Tensor, owner: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """InfoNCE both ways: a question finds its passage, a passage its question among the others and the near-misses.

    Every passage comes with several of its questions, which costs far less than a passage for each: these are no
    negatives of one another.
    """
    near = [text for pair in pairs for text in some(pair.near, NEAR)]
    scores = left @ right.T / TEMPERATURE
    target = torch.arange(len(owner))
    siblings = (owner[:, None] == owner[None, :]) & (target[:, None] != target[None, :])
    back = scores.T[owner].masked_fill(siblings, -1e4)
    if near:
        back = torch.cat([back, (right @ reader.vectors(near).T / TEMPERATURE)[owner]], 1)
    return (functional.cross_entropy(scores, owner) + functional.cross_entropy(back, target)) / 2


def batch_of(pairs: Sequence[Pair]) -> list[Pair]:
    """PASSAGES pairs, each once: runs of TOGETHER that follow one another, begun at random."""
    starts = random.sample(range(0, len(pairs) - TOGETHER + 1, TOGETHER), PASSAGES // TOGETHER)
    shift = random.randrange(min(TOGETHER, len(pairs) - max(starts) - TOGETHER + 1))
    return [pairs[start + shift + place] for start in starts for place in range(TOGETHER)]


def some(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many, drawn at random."""
    return random.sample(items, min(most, len(items)))


def save(state: dict[str, torch.Tensor], start: Path, out: Path) -> None:
    """Write weights in half precision, with the tokenizer and settings of the folder that they started from."""
    shutil.copytree(start, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(WEIGHTS, "graph.*", "README.md"))
    halves = {name: value.half().contiguous() for name, value in state.items()}
    halves[WORDS] = shortened(halves[WORDS])
    save_file(halves, out / WEIGHTS, metadata={"format": "pt"})


def shortened(halves: torch.Tensor) -> torch.Tensor:
    """Numbers in half precision rounded to five bits after the first (1.6 % at most), the last five left zero.

    The table of words is half of the weights, and so takes a third less in the wheel.
    """
    bits = halves.view(torch.int16).to(torch.int32)
    return ((bits + 16) & ~31).to(torch.int16).view(torch.float16)


if __name__ == "__main__":
    main()
