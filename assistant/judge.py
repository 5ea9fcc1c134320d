"""A question read together with passages → how surely each answers it, by the judge that ships with the package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from assistant.embed import BUNDLED as ENCODER
from assistant.errors import EncoderError
from assistant.onnx import OnnxJudge, Vectors

BUNDLED = Path(__file__).resolve().parent / "judge"
Judge = Callable[[str, Sequence[str]], Vectors]


def judged(question: str, texts: Sequence[str]) -> Vectors:
    """How surely each text answers a question: shape (len(texts),), from 0 to 1, above a half where it answers.

    It works beside any encoder, and is loaded when it is first asked (0.4 s).

    Raises:
        EncoderError: when it cannot be loaded, or gives no numbers.
    """
    scores = _load().judge(question, texts)
    if not np.isfinite(scores).all():
        raise EncoderError("Het meegeleverde model voor vraag en passage samen gaf ongeldige getallen.")
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


@cache
def _load() -> OnnxJudge:
    try:
        return OnnxJudge(BUNDLED, ENCODER)
    except Exception as error:  # the loaders raise whatever their formats raise
        raise EncoderError(
            f"Het meegeleverde model voor vraag en passage samen kan niet worden geladen ({type(error).__name__}). "
            "Installeer het pakket opnieuw."
        ) from error
