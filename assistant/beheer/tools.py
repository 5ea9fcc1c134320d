"""What the command line lends to the pages of maintainers: the evals, which the package itself does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tools:
    """`measure(before, after, tell)` compares the answers of two snapshots, as evals.effect.Effect in plain values;
    `draft(row)` turns reviewed feedback into a draft of an eval case. None where the evals are not installed."""

    measure: Callable[[str | None, str, Tell], Mapping[str, Any]] | None = None
    draft: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
