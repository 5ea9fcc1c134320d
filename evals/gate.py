"""The gate: a measure may not fall by more than its noise below evals/gate.toml.

`python -m evals.gate RESULT.json …` prints a new gate from results: the values as they are, with as noise one standard
error (the standard deviation of the bootstrap means), so that what a few other questions could have done passes.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import FailedError, UsageError
from evals.cases import FOLDER
from evals.results import load
from evals.score import Outcome
from evals.summary import BY_NAME, MEASURES, Measure, figures_of

GATE = FOLDER / "gate.toml"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a measure was when the gate was set, and how far from that is still noise."""

    measure: Measure
    value: float
    noise: float

    def broken(self, now: float) -> bool:
        """Whether a value is worse than the gate allows."""
        return (self.value - now) * (self.measure.better or 1) > self.noise + 1e-9


def load_gate(set_name: str, path: Path = GATE) -> list[Bound]:
    """The bounds of a set.

    Raises:
        FailedError: the file cannot be read or names a measure that does not exist.
        UsageError: the file has no bounds for this set.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        bounds = [
            Bound(BY_NAME[name], float(row["value"]), float(row["noise"]))
            for name, row in raw.get(set_name, {}).items()
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FailedError(
            f"{path} is geen geldige poort ({error!r}). Maak hem opnieuw met: python -m evals.gate RESULTAAT"
        ) from error
    if not bounds:
        raise UsageError(f"{path.name} heeft geen grenzen voor de verzameling '{set_name}'.")
    return bounds


def breaches(bounds: Sequence[Bound], outcomes: Sequence[Outcome]) -> list[str]:
    """What is worse than the gate allows, one line each; a measure that no case has any more is a breach too."""
    lines = []
    for bound, figure in zip(bounds, figures_of(outcomes, names=[bound.measure.name for bound in bounds]), strict=True):
        now = figure.now.mean if figure.now else None
        if now is None or bound.broken(now):
            show = bound.measure.show
            allowed = f"de poort vraagt {show(bound.value)}, met een speling van {show(bound.noise)}"
            lines.append(f"{bound.measure.label}: {show(now) or 'niet gemeten'}, {allowed}")
    return lines


def written(set_name: str, outcomes: Sequence[Outcome]) -> str:
    """The gate that these outcomes just pass, as TOML."""
    lines = [f"[{set_name}]"]
    names = [measure.name for measure in MEASURES if measure.better is not None]
    for figure in figures_of(outcomes, names=names):
        if figure.now:
            lines.append(
                f'"{figure.measure.name}" = {{ value = {figure.now.mean:.4f}, noise = {figure.now.error:.4f} }}'
            )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Print a gate made from results."""
    if not arguments:
        raise SystemExit("usage: python -m evals.gate RESULT.json … > evals/gate.toml")
    print(
        "# Written by python -m evals.gate: the value of each measure, and as noise one standard error over the cases."
    )
    for run in map(load, map(Path, arguments)):
        print(f"# {run.name}: {len(run.outcomes)} cases\n{written(run.set, run.outcomes)}")


if __name__ == "__main__":
    main(sys.argv[1:])
