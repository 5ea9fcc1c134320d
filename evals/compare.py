"""Two runs side by side: which answers changed, for better or worse, on the terminal and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals import page
from evals.results import Run
from evals.score import Outcome
from evals.summary import figures_of

SHOWN = 400


@dataclass(frozen=True, slots=True)
class Pair:
    """One case in both runs, with another answer."""

    before: Outcome
    after: Outcome

    @property
    def gain(self) -> tuple[float, float]:
        """How much better the later answer is, below zero: worse; first whether it is right, then how good it is."""
        right = self.after.values["correct"] - self.before.values["correct"]
        return right, self.after.quality - self.before.quality

    @property
    def verdict(self) -> str:
        """Right where it was wrong, wrong where it was right, or neither."""
        return "beter" if self.gain[0] > 0 else "slechter" if self.gain[0] < 0 else "anders"


def changed_pairs(before: Run, after: Run) -> list[Pair]:
    """The cases of both runs whose answer or refusal changed, the worst fall first."""
    earlier = {outcome.id: outcome for outcome in before.outcomes}
    pairs = [Pair(earlier[outcome.id], outcome) for outcome in after.outcomes if outcome.id in earlier]
    changed = [pair for pair in pairs if (pair.before.status, pair.before.text) != (pair.after.status, pair.after.text)]
    return sorted(changed, key=lambda pair: (pair.gain, pair.after.id))


def summary(pairs: Sequence[Pair], before: Run, after: Run) -> str:
    """How many answers changed, in one sentence."""
    counts = {verdict: sum(pair.verdict == verdict for pair in pairs) for verdict in ("beter", "slechter", "anders")}
    both = len({outcome.id for outcome in before.outcomes} & {outcome.id for outcome in after.outcomes})
    return (
        f"{before.name} → {after.name}: {len(pairs)} van {both} antwoorden veranderd; "
        f"{counts['beter']} van fout naar juist, {counts['slechter']} van juist naar fout, {counts['anders']} anders."
    )


def show_comparison(console: Console, before: Run, after: Run) -> None:
    """Print what changed: each answer in short, side by side."""
    pairs = changed_pairs(before, after)
    console.print(summary(pairs, before, after))
    table = Table(show_lines=True)
    table.add_column("vraag", ratio=2)
    table.add_column(before.name, ratio=3)
    table.add_column(after.name, ratio=3)
    for pair in pairs:
        colour = {"beter": "green", "slechter": "red", "anders": "yellow"}[pair.verdict]
        asked = Text.assemble((pair.verdict, colour), f" {pair.after.id}\n{pair.after.question}")
        table.add_row(asked, _short(pair.before), _short(pair.after))
    if pairs:
        console.print(table)


def comparison(before: Run, after: Run) -> str:
    """The page: what changed in the measures, then every changed answer beside its earlier form."""
    pairs = changed_pairs(before, after)
    rows = [
        [escape(found.measure.label), found.measure.show(now.mean - found.change.mean), found.measure.show(now.mean),
         page.changed(found)]
        for found in figures_of(after.outcomes, before.outcomes)
        if found.change and (now := found.now)
    ]  # fmt: skip
    body = [
        f"<h1>Vergelijking {escape(after.set)}</h1><p>{escape(summary(pairs, before, after))}</p>",
        page.table(["maat", before.name, after.name, "verandering"], rows),
        "<p>* meer dan toeval (gepaard, 95 %).</p><h2>Veranderde antwoorden</h2>",
        *(_card(pair, before.name, after.name) for pair in pairs),
    ]
    return page.page(f"{before.name} → {after.name}", "\n".join(body))


def _card(pair: Pair, before: str, after: str) -> str:
    style = {"beter": "up", "slechter": "down", "anders": "same"}[pair.verdict]
    sides = "".join(
        f'<div><p class="label">{escape(name)}</p>{page.answer(outcome.text)}'
        f'<p class="why">{escape("; ".join(outcome.reasons))}</p></div>'
        for name, outcome in ((before, pair.before), (after, pair.after))
    )
    return (
        f'<article class="case"><b class="{style}">{pair.verdict}</b>{page.question(pair.after)}'
        f'<div class="columns">{sides}</div><p class="label">Goud</p>{page.gold(pair.after)}</article>'
    )


def _short(outcome: Outcome) -> Text:
    words = " ".join(outcome.text.split())
    text = words if len(words) <= SHOWN else words[:SHOWN] + " …"
    return Text.assemble(text, ("\n" + "; ".join(outcome.reasons) if outcome.reasons else "", "dim"))
