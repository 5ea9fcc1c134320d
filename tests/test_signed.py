"""The classifier of the calibration: a weight never points the wrong way."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from evals.signed import SignedLogistic, Values

COUNT = 300


@pytest.fixture(scope="module")
def cases() -> tuple[Values, np.ndarray]:
    """Three features of which the second goes down with the truth."""
    noise = np.random.default_rng(0)
    truth = noise.random(COUNT) < 0.5
    values = noise.normal(size=(COUNT, 3))
    values[:, 0] += truth
    values[:, 1] -= truth
    return values, truth


def test_without_bounds_it_is_scikit_learns_own(cases: tuple[Values, np.ndarray]) -> None:
    values, truth = cases
    ours, theirs = SignedLogistic([0, 0, 0], 0.3).fit(values, truth), LogisticRegression(C=0.3).fit(values, truth)
    np.testing.assert_allclose(ours.predict_proba(values), theirs.predict_proba(values), atol=1e-3)
    assert (ours.predict(values) == theirs.predict(values)).mean() > 0.99


def test_a_weight_stops_at_zero_rather_than_point_the_wrong_way(cases: tuple[Values, np.ndarray]) -> None:
    values, truth = cases
    weights = SignedLogistic([1, 1, 0], 0.3).fit(values, truth).coef_[0]
    assert weights[0] > 0.5
    assert weights[1] == 0
    assert SignedLogistic([-1, -1, 0], 0.3).fit(values, truth).coef_[0][1] < -0.5
