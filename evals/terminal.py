"""A run on the terminal: the measures, the groups, the worst cases, and rivals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from evals.intervals import Interval, real
from evals.results import Rival, Run
from evals.score import Outcome
from evals.summary import (
    BY_NAME,
    COMPARED,
    GROUPINGS,
    IN_GROUPS,
    SHORT,
    Figure,
    Measure,
    figures_of,
    groups_of,
    percentile,
    rival_value,
    values_of,
    worst,
)


def show_run(console: Console, run: Run, before: Run | None) -> None:
    """Print a run, with what changed since another."""
    earlier = before.outcomes if before else ()
    since = f", verandering sinds {before.name}" if before else ""
    console.print(f"[bold]{run.name}[/] · {run.set}: {len(run.outcomes)} vragen in {run.seconds:.0f} s{since}")
    table = Table(box=None, pad_edge=False)
    table.add_column("maat")
    for heading in ("waarde", "95 %", "n", "verandering"):
        table.add_column(heading, justify="right")
    for figure in figures_of(run.outcomes, earlier):
        if figure.now:
            mean, count = figure.measure.show(figure.now.mean), str(figure.now.count)
            table.add_row(figure.measure.label, mean, bounds(figure.measure, figure.now), count, changed(figure))
    console.print(table)
    seconds = list(values_of(run.outcomes, "seconds").values())
    console.print(
        f"tijd per vraag: p50 {percentile(seconds, 0.5):.3f} s, p95 {percentile(seconds, 0.95):.3f} s".replace(".", ",")
    )
    for grouping, (label, _) in GROUPINGS.items():
        console.print()
        console.print(_group_table(run, earlier, grouping, label))


def show_worst(console: Console, run: Run, count: int) -> None:
    """Print the worst cases in short: what was asked and why the answer is wrong."""
    console.print()
    for outcome in worst(run.outcomes, count):
        console.print(
            Text.assemble((f"{outcome.id} ", "bold"), outcome.question, (" → " + "; ".join(outcome.reasons), "dim"))
        )


def show_rivals(console: Console, title: str, run: Run, rivals: Sequence[Rival]) -> None:
    """Print other systems over the same cases beside the product; a star: the difference is more than chance."""
    table = Table(
        box=None, pad_edge=False, title=f"{title} (* verschil met het product is meer dan toeval)", title_justify="left"
    )
    table.add_column("systeem")
    names = [name for name in COMPARED if any(name in rival.figures for rival in rivals)]
    for name in names:
        table.add_column(SHORT.get(name, BY_NAME[name].label), justify="right")
    own = {figure.measure.name: figure.now for figure in figures_of(run.outcomes)}
    table.add_row(
        "product", *(BY_NAME[name].show(now.mean if (now := own[name]) else None) for name in names), style="bold"
    )
    for rival in rivals:
        table.add_row(rival.system, *(rival_value(rival, name) for name in names))
    console.print()
    console.print(table)


def bounds(measure: Measure, found: Interval) -> str:
    """The bounds of an interval."""
    return f"{measure.show(found.low)}–{measure.show(found.high)}"


def changed(figure: Figure) -> Text:
    """A change with its sign, coloured when it is more than chance."""
    if figure.change is None:
        return Text("")
    text = figure.measure.show_change(figure.change.mean)
    if not real(figure.change) or text == "=" or figure.measure.better is None:
        return Text(text, style="dim")
    return Text(text + "*", style="green" if figure.change.mean * figure.measure.better > 0 else "red")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """A progress bar on standard error, only on a terminal: gives a function (task, total) → function (step)."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:

        def start(description: str, total: int) -> Callable[[int], None]:
            task = bar.add_task(description, total=total)
            return lambda step: bar.advance(task, step)

        yield start


def _group_table(run: Run, earlier: Sequence[Outcome], grouping: str, label: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(label)
    table.add_column("n", justify="right")
    for name in IN_GROUPS:
        table.add_column(SHORT[name], justify="right")
    for group in groups_of(run.outcomes, earlier, grouping):
        cells = [Text.assemble(f.measure.show(f.now.mean) if f.now else "", " ", changed(f)) for f in group.figures]
        table.add_row(group.name, str(group.count), *cells)
    return table
