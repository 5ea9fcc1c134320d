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
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertModel

TEMPERATURE = 0.05
PASSAGES, LEFTS, NEAR = 32, 6, 2
# Passages of a batch that follow one another where they were written: alike ones, told apart by their meaning alone.
TOGETHER = 4
LONGEST, LONGEST_TOGETHER = 96, 128
# Wrong passages that a question is read together with.
WRONG = 3
WEIGHTS, HEAD = "model.safetensors", "together.safetensors"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Pair:
    """A text with those that belong to it, and texts that look like these but do not belong to it."""

    right: str
    lefts: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairSet:
    """Pairs of one kind, the share of the steps that they get, and whether their two sides are also read together."""

    name: str
    share: float
    pairs: list[Pair]
    together: bool = False


@dataclass(frozen=True)
class Reader:
    """The transformer in training: texts → vectors, and a question read together with a passage → how well it is
    answered there."""

    model: BertModel
    tokenizer: Tokenizer
    pair_tokenizer: Tokenizer
    head: torch.nn.Linear

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Texts → unit vectors: mean pooling over the last layer."""
        return functional.normalize(
            self._mean([(e.ids, e.type_ids) for e in self.tokenizer.encode_batch(list(texts))]), dim=1
        )

    def scores(self, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
        """Questions with passages → a number each: a linear function of the mean over both."""
        encoded = self.pair_tokenizer.encode_batch([(question, passage) for question, passage in pairs])
        scores: torch.Tensor = self.head(self._mean([(e.ids, e.type_ids) for e in encoded]))[:, 0]
        return scores

    def _mean(self, batch: Sequence[tuple[list[int], list[int]]]) -> torch.Tensor:
        longest = max(len(ids) for ids, _ in batch)
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        kinds, mask = ids.clone(), ids.clone()
        for row, (found, kind) in enumerate(batch):
            ids[row, : len(found)] = torch.tensor(found)
            kinds[row, : len(found)] = torch.tensor(kind)
            mask[row, : len(found)] = 1
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
    sets = list(read_sets(options.data, options.bank))
    for one in sets:
        too = ", read together too" if one.together else ""
        print(f"{one.name}: {len(one.pairs)} pairs, {one.share:.0%} of the steps{too}")
    model = BertModel.from_pretrained(
        options.start, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
    )
    reader = Reader(
        model,
        tokenizer_of(options.start, LONGEST, "longest_first"),
        tokenizer_of(options.start, LONGEST_TOGETHER, "only_second"),
        head_of(options.start),
    )
    train(reader, sets, options.minutes * 60)
    before = {name: value.float() for name, value in load_file(options.start / WEIGHTS).items()}
    state = {**before, **model.state_dict()}
    mean = {name: (value + before[name]) / 2 for name, value in state.items()}
    for weights, out in ((state, options.out), (mean, options.out.with_name(options.out.name + "-average"))):
        save(weights, options.start, out)
        save_file({name: value.detach() for name, value in reader.head.state_dict().items()}, out / HEAD)


def tokenizer_of(start: Path, longest: int, cut: str) -> Tokenizer:
    """The tokenizer of a folder, which cuts what is longer and pads nothing."""
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    tokenizer.enable_truncation(longest, strategy=cut)
    tokenizer.no_padding()
    return tokenizer


def head_of(start: Path) -> torch.nn.Linear:
    """What was learnt before of the judgement over a question and a passage, or a beginning of it."""
    head = torch.nn.Linear(384, 1)
    if (start / HEAD).is_file():
        head.load_state_dict(load_file(start / HEAD))
    else:
        torch.nn.init.normal_(head.weight, std=0.02)
        torch.nn.init.zeros_(head.bias)
    return head


def read_sets(data: Sequence[Path], bank: Path | None) -> Iterator[PairSet]:
    """The pairs by kind.

    Read are pairs-*.jsonl, sentences.tsv, groups.tsv (written for this project) and the *.tsv.xz of assistant/encoder.
    """
    written: list[Pair] = []
    for path in sorted(path for folder in data for path in folder.glob("pairs-*.jsonl")):
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
    headings = [Pair(row[1], (row[0],)) for row in _table(data, "headings.tsv.xz") if row[2] != "ictu"]
    parallel = [Pair(row[1], (row[0],)) for row in _table(data, "parallel.tsv.xz")]
    lexicon = [Pair(row[1], (row[0],)) for row in _table(data, "lexicon.tsv.xz")]
    same_meaning = [_group(row) for row in groups]
    # What follows one another here may mean the same, so that it must not stand in one batch.
    for pairs in (short, headings, parallel, lexicon, same_meaning):
        random.Random(0).shuffle(pairs)
    yield PairSet("question–passage", 0.6 if not bank else 0.45, written, together=True)
    if bank:
        yield PairSet("question bank", 0.15, list(_bank(bank)), together=True)
    yield PairSet("question–passage and paraphrase, short", 0.1, short)
    yield PairSet("heading–paragraph", 0.08, headings[:60_000])
    yield PairSet("parallel sentences", 0.1, parallel)
    yield PairSet("lexicon", 0.06, lexicon)
    yield PairSet("words that mean the same", 0.06, same_meaning)


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


def _bank(folder: Path) -> Iterator[Pair]:
    """Passages with the bank questions that were written for them, under its headings as the index shows it."""
    import yaml

    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("passages", []):
            place = ". ".join(entry[key] for key in ("under", "section") if entry.get(key))
            passage = f"{place}. {entry['quote']}" if place else entry["quote"]
            yield Pair(passage, (*entry["questions"], *entry["english"]))


def train(reader: Reader, sets: Sequence[PairSet], seconds: float) -> None:
    """Train in place until the time is up, with a warm-up and a linear decay of the learning rate."""
    model = reader.model
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    table = list(model.embeddings.word_embeddings.parameters())
    body = [p for name, p in model.named_parameters() if not name.startswith("embeddings.word")]
    rates = (2e-4, 6e-5, 1e-3)
    optimiser = torch.optim.AdamW(
        [
            {"params": table, "lr": rates[0], "weight_decay": 0.0},
            {"params": body, "lr": rates[1], "weight_decay": 0.01},
            {"params": list(reader.head.parameters()), "lr": rates[2], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
        fused=True,
    )
    started = last = time.time()
    step = 0
    losses: list[float] = []
    judged: list[float] = []
    while (done := (time.time() - started) / seconds) < 1:
        factor = min(1.0, (step + 1) / 25) * max(0.03, 1 - done)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        chosen = random.choices(sets, [one.share for one in sets])[0]
        batch = batch_of(chosen.pairs)
        left, owner, right = sides_of(reader, batch)
        loss = contrast_of(reader, batch, left, owner, right)
        losses.append(loss.item())
        if chosen.together:
            together = together_of(reader, batch, left[1], owner, (left[0] @ right.T).detach())
            judged.append(together.item())
            loss = loss + together
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*model.parameters(), *reader.head.parameters()], 1.0)
        optimiser.step()
        step += 1
        if time.time() - last > 60:
            loss_now, judged_now = np.mean(losses), np.mean(judged)
            spent = time.time() - started
            print(f"{spent:.0f} s, step {step}, loss {loss_now:.3f}, together {judged_now:.3f}", flush=True)
            losses, judged, last = [], [], time.time()


def sides_of(
    reader: Reader, pairs: Sequence[Pair]
) -> tuple[tuple[torch.Tensor, list[str]], torch.Tensor, torch.Tensor]:
    """Some lefts of each pair (vectors and texts), the number of the pair of each, and the vectors of the rights."""
    chosen = [(owner, left) for owner, pair in enumerate(pairs) for left in some(pair.lefts, LEFTS)]
    texts = [text for _, text in chosen]
    owner = torch.tensor([number for number, _ in chosen])
    return (reader.vectors(texts), texts), owner, reader.vectors([pair.right for pair in pairs])


def contrast_of(
    reader: Reader,
    pairs: Sequence[Pair],
    left: tuple[torch.Tensor, list[str]],
    owner: torch.Tensor,
    right: torch.Tensor,
) -> torch.Tensor:
    """InfoNCE both ways: a question finds its passage, a passage its question among the others and the near-misses.

    Every passage comes with several of its questions, which costs far less than a passage for each: these are no
    negatives of one another.
    """
    near = [text for pair in pairs for text in some(pair.near, NEAR)]
    scores = left[0] @ right.T / TEMPERATURE
    target = torch.arange(len(owner))
    siblings = (owner[:, None] == owner[None, :]) & (target[:, None] != target[None, :])
    back = scores.T[owner].masked_fill(siblings, -1e4)
    if near:
        back = torch.cat([back, (right @ reader.vectors(near).T / TEMPERATURE)[owner]], 1)
    return (functional.cross_entropy(scores, owner) + functional.cross_entropy(back, target)) / 2


def together_of(
    reader: Reader, pairs: Sequence[Pair], lefts: Sequence[str], owner: torch.Tensor, near: torch.Tensor
) -> torch.Tensor:
    """A question of each passage read together with it, and with the wrong ones of the batch that lie nearest to it.

    The right one must come first (listwise cross-entropy); and by itself each is judged right or wrong, as are the
    near-misses of a passage (binary cross-entropy): a number that says whether a passage answers at all.
    """
    rows = [
        random.choice([row for row, number in enumerate(owner.tolist()) if number == one]) for one in range(len(pairs))
    ]
    asked: list[tuple[str, str]] = []
    for number, row in enumerate(rows):
        order = [one for one in near[row].argsort(descending=True).tolist() if one != number]
        asked += [(lefts[row], pairs[one].right) for one in (number, *order[:WRONG])]
    missed = [(question, pair.right) for pair in pairs for question in some(pair.near, 1)]
    scores = reader.scores(asked + missed)
    listed = scores[: len(asked)].view(len(pairs), WRONG + 1)
    first = functional.cross_entropy(listed, torch.zeros(len(pairs), dtype=torch.long))
    truth = torch.zeros(len(scores))
    truth[: len(asked) : WRONG + 1] = 1.0
    return first + functional.binary_cross_entropy_with_logits(scores, truth, pos_weight=torch.tensor(float(WRONG)))


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
    save_file(halves, out / WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
