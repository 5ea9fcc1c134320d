"""Train the judge: given a question and a passage as one text, how surely the passage answers it.

    python -m evals.encoder.judge --encoder FOLDER --data FOLDER [FOLDER …] --out FOLDER [--minutes 40]

A cross-encoder (Nogueira and Cho 2019, arXiv 1901.04085) that begins as the trained encoder and keeps its tables of
words and places, so that only the layers have to be stored again. It learns from the written passages with their
questions (pairs-*.jsonl): a question is read with its passage and with WRONG others of the same writer that lie near
it by the encoder's vectors; the right one must come first (listwise cross-entropy), and each is judged by itself, as
are questions that share a passage's words but ask what it does not say (binary cross-entropy). A third of the questions
of a step are read with a passage that answers them and with one beside it that does not, so that what a question asks
of (what it costs, by when) tells nothing alone. No question bank is read: the judge works where there is none. Seeds
are fixed; the number of steps depends on the time given. What was learnt is written to OUT/judge-full.safetensors, and
with --start the mean of the weights before and after to OUT-average; `evals.encoder.export` makes of either what ships.
See assistant/judge/README.md.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from transformers import BertModel

from assistant.embed import Encoder, load_encoder
from evals.encoder.train import Reader, tokenizer_of, written_files

LONGEST = 128
QUESTIONS, WRONG, NEAR, TWINS = 16, 3, 12, 8
# Of the nearest wrong passages of a question, those that it may be read with.
HARD = 8
# Rounds of one batch: texts of like length, so that little is padded.
ROUNDS = 4
FULL, HEAD = "judge-full.safetensors", "head"
# One of so many questions is held out, to see what is learnt.
ONE_OF = 40


@dataclass(frozen=True)
class Asked:
    """A question with the passage that answers it, and those beside it that do not."""

    question: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Missed:
    """A question that a passage does not answer, near as it is."""

    question: str
    passage: str


Twin = tuple[Asked, Missed]


@dataclass(frozen=True)
class Judge:
    """The transformer with a linear function of its mean: a question and a passage → how well the one answers the
    other."""

    reader: Reader
    head: torch.nn.Linear

    def scores(self, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
        """Questions with passages → a number each, those of like length in one round."""
        order = sorted(range(len(pairs)), key=lambda number: len(pairs[number][0]) + len(pairs[number][1]))
        size = -(-len(order) // ROUNDS)
        rounds = [[pairs[number] for number in order[first : first + size]] for first in range(0, len(order), size)]
        scores = torch.cat(
            [self.head(self.reader.mean(self.reader.tokenizer.encode_batch(one)))[:, 0] for one in rounds]
        )
        return scores[torch.tensor(np.argsort(order))]


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with pairs-*.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a folder with what an earlier run learnt, to go on from")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    torch.set_num_threads(options.threads)
    asked, missed = read(options.data, load_encoder(str(options.encoder)))
    held, asked = asked[::ONE_OF], [one for number, one in enumerate(asked) if number % ONE_OF]
    held_missed, missed = missed[::ONE_OF], [one for number, one in enumerate(missed) if number % ONE_OF]
    print(f"{len(asked)} questions with an answer, {len(missed)} without; held out {len(held)}, {len(held_missed)}")
    model = BertModel.from_pretrained(
        options.encoder, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
    )
    judge = Judge(Reader(model, tokenizer_of(options.encoder, LONGEST, "only_second")), torch.nn.Linear(384, 1))
    learnt = prepare(judge, load_file(options.start / FULL) if options.start else {})
    before = {name: value.detach().clone() for name, value in learnt.items()}
    train(judge, learnt, asked, missed, options.minutes * 60)
    print(f"held out: {first_of(judge, held):.3f} right ones first; {above_of(judge, held, held_missed)}")
    after = {name: value.detach() for name, value in learnt.items()}
    mean = {name: (value + before[name]) / 2 for name, value in after.items()}
    results = [(after, options.out)]
    if options.start:
        results.append((mean, options.out.with_name(f"{options.out.name}-average")))
    for weights, out in results:
        out.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in weights.items()}, out / FULL)


def read(data: Sequence[Path], encoder: Encoder) -> tuple[list[Asked], list[Missed]]:
    """The written questions, each with the passages of the same writer that lie nearest to it."""
    asked: list[Asked] = []
    missed: list[Missed] = []
    for _, files in groupby(written_files(data), key=lambda path: path.stem.rpartition("-")[0]):
        rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
        passages = [row["passage"] for row in rows]
        vectors = encoder.passages(passages)
        for own, question, near in _nearest(rows, vectors, encoder):
            wrong = [passages[number] for number in near if number != own]
            asked.append(Asked(question, passages[own], tuple(wrong[:HARD])))
        missed += [Missed(question, row["passage"]) for row in rows for question in row["near"]]
    return asked, missed


def _nearest(
    rows: Sequence[dict[str, list[str]]], vectors: np.ndarray, encoder: Encoder
) -> Iterator[tuple[int, str, list[int]]]:
    """For each question the number of its passage, and the passages by nearness."""
    questions = [(number, text) for number, row in enumerate(rows) for text in (*row["questions"], *row["english"])]
    cosines = encoder.passages([text for _, text in questions]) @ vectors.T
    for (number, text), row in zip(questions, cosines, strict=True):
        yield number, text, [int(other) for other in np.argsort(-row)[: HARD + 1]]


def twins_of(asked: Sequence[Asked], missed: Sequence[Missed]) -> list[Twin]:
    """The same question twice: with a passage that answers it, and with one that does not."""
    answered = {one.question: one for one in asked}
    return [(answered[one.question], one) for one in missed if one.question in answered]


def prepare(judge: Judge, before: dict[str, torch.Tensor]) -> dict[str, torch.nn.Parameter]:
    """Leave the tables of words and places as they are, tell the two texts apart, drop nothing out; gives what is
    learnt, which begins as what was learnt before."""
    model = judge.reader.model
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    kinds = model.embeddings.token_type_embeddings.weight
    with torch.no_grad():
        kinds[1] = kinds[0] + 0.02 * torch.randn(kinds.shape[1])
    torch.nn.init.normal_(judge.head.weight, std=0.02)
    torch.nn.init.zeros_(judge.head.bias)
    model.embeddings.word_embeddings.weight.requires_grad = False
    model.embeddings.position_embeddings.weight.requires_grad = False
    learnt = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    learnt |= {f"{HEAD}.{name}": parameter for name, parameter in judge.head.named_parameters()}
    with torch.no_grad():
        for name, value in before.items():
            learnt[name].copy_(value)
    return learnt


def train(
    judge: Judge,
    learnt: dict[str, torch.nn.Parameter],
    asked: Sequence[Asked],
    missed: Sequence[Missed],
    seconds: float,
) -> None:
    """Train in place until the time is up, with a warm-up and a linear decay of the learning rate."""
    judge.reader.model.train()
    rates = (1e-4, 1e-3)
    optimiser = torch.optim.AdamW(
        [
            {"params": [one for name, one in learnt.items() if not name.startswith(HEAD)], "weight_decay": 0.01},
            {"params": [one for name, one in learnt.items() if name.startswith(HEAD)], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
        fused=True,
    )
    twins = twins_of(asked, missed)
    print(f"{len(twins)} questions that one passage answers and another beside it does not")
    started = last = time.time()
    losses: list[float] = []
    step = 0
    while (done := (time.time() - started) / seconds) < 1:
        factor = min(1.0, (step + 1) / 50) * max(0.03, 1 - done)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        both = random.sample(twins, min(TWINS, len(twins)))
        loss = loss_of(
            judge,
            [*random.sample(asked, QUESTIONS), *(one for one, _ in both)],
            [*random.sample(missed, NEAR), *(one for _, one in both)],
        )
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(learnt.values()), 1.0)
        optimiser.step()
        step += 1
        losses.append(loss.item())
        if time.time() - last > 60:
            print(f"{time.time() - started:.0f} s, step {step}, loss {np.mean(losses):.3f}", flush=True)
            losses, last = [], time.time()


def loss_of(judge: Judge, asked: Sequence[Asked], missed: Sequence[Missed]) -> torch.Tensor:
    """The right passage first among those read with a question, and each judged right or wrong by itself."""
    pairs = [(one.question, text) for one in asked for text in (one.right, *random.sample(one.wrong, WRONG))]
    listed = len(pairs)
    pairs += [(one.question, one.passage) for one in missed]
    scores = judge.scores(pairs)
    first = functional.cross_entropy(scores[:listed].view(-1, WRONG + 1), torch.zeros(len(asked), dtype=torch.long))
    truth = torch.zeros(len(pairs))
    truth[: listed : WRONG + 1] = 1.0
    return first + functional.binary_cross_entropy_with_logits(scores, truth, pos_weight=torch.tensor(float(WRONG)))


def first_of(judge: Judge, held: Sequence[Asked]) -> float:
    """The share of held-out questions whose passage is judged best among all that lie near."""
    with torch.no_grad():
        scores = [judge.scores([(one.question, text) for text in (one.right, *one.wrong)]) for one in held]
    return float(np.mean([one.argmax() == 0 for one in scores]))


def above_of(judge: Judge, held: Sequence[Asked], missed: Sequence[Missed]) -> str:
    """How often an answered question's passage is judged above 0, and the passage of a near-miss."""
    with torch.no_grad():
        right = (judge.scores([(one.question, one.right) for one in held]) > 0).float().mean()
        wrong = (judge.scores([(one.question, one.passage) for one in missed]) > 0).float().mean()
    return f"above 0: {right:.3f} of the right ones, {wrong:.3f} of the near-misses"


if __name__ == "__main__":
    main()
