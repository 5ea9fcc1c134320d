"""Logistic regression whose weights may not point the wrong way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin

Values = NDArray[np.float64]


class SignedLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn classifier of two classes, with a bound of zero on chosen weights.

    Few cases and features that say nearly the same let a free fit give one of them a weight against its sense, which
    fits those cases and fails on others: a hit far above the next must not lower the trust in it.

    Args:
        signs: per feature 1 (its weight may not be negative), -1 (not positive) or 0 (free).
        C: the inverse of the strength of the L2 penalty, as scikit-learn has it; the intercept has none.
    """

    def __init__(self, signs: Sequence[int] = (), C: float = 1.0) -> None:
        self.signs = signs
        self.C = C

    def fit(self, values: Values, truth: NDArray[np.bool_]) -> SignedLogistic:
        """Find the weights (L-BFGS-B) for rows of values and whether each is of the second class."""
        sides = np.where(truth, 1.0, -1.0)

        def loss(weights: Values) -> tuple[float, Values]:
            margins = sides * (values @ weights[:-1] + weights[-1])
            pull = -self.C * sides / (1 + np.exp(margins))
            slope = np.append(weights[:-1] + values.T @ pull, pull.sum())
            return float(weights[:-1] @ weights[:-1] / 2 + self.C * np.logaddexp(0, -margins).sum()), slope

        bounds = [(0.0 if sign > 0 else None, 0.0 if sign < 0 else None) for sign in (*self.signs, 0)]
        found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
        self.classes_ = np.array([False, True])
        self.coef_, self.intercept_ = found[None, :-1], found[-1:]
        return self

    def predict_proba(self, values: Values) -> Values:
        """The probability of either class, a row a case."""
        second = 1 / (1 + np.exp(-(values @ self.coef_[0] + self.intercept_[0])))
        return np.column_stack([1 - second, second])

    def predict(self, values: Values) -> NDArray[np.bool_]:
        """The likelier class."""
        return np.asarray(self.predict_proba(values)[:, 1] > 0.5)
