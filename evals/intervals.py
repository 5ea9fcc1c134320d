"""How sure a mean is: 95 % bootstrap intervals over cases (Efron and Tibshirani 1993, percentile method), seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20240501
SAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the bounds between which it lies in 95 % of the resamples, and their standard deviation."""

    mean: float
    low: float
    high: float
    error: float
    count: int


def interval(values: Sequence[float]) -> Interval | None:
    """The mean of one measure over the cases it applies to; None when there are none."""
    if not values:
        return None
    data = np.asarray(values, dtype=np.float64)
    means = _resampled(data)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(data.mean()), float(low), float(high), float(means.std()), len(data))


def change(before: dict[str, float], after: dict[str, float]) -> Interval | None:
    """What a measure changed by, over the cases that both have: paired, so that a hard case weighs on neither side.

    Paired bootstrap as in Koehn 2004 ("Statistical significance tests for machine translation evaluation").
    """
    return interval([after[case] - before[case] for case in sorted(before.keys() & after.keys())])


def real(difference: Interval) -> bool:
    """Whether a change is more than chance: zero lies outside its interval."""
    return difference.low > 0 or difference.high < 0


def _resampled(data: NDArray[np.float64]) -> NDArray[np.float64]:
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(0, len(data), (SAMPLES, len(data)))
    return np.asarray(data[drawn].mean(axis=1), dtype=np.float64)
