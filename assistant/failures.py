"""The ways in which a language model fails, in our words, and the breaker that leaves a failing one alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.errors import ModelError

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 30.0

_SAY = {
    "unreachable": "het taalmodel is niet bereikbaar",
    "key": "het taalmodel weigert de sleutel",
    "not_found": "het adres of het model bestaat niet bij het taalmodel",
    "busy": "het taalmodel heeft het te druk",
    "server": "het taalmodel heeft een storing",
    "request": "het taalmodel weigert het verzoek",
    "first_token": "het taalmodel antwoordt niet op tijd",
    "stalled": "het taalmodel viel stil",
    "budget": "het taalmodel is te langzaam",
    "cut": "het antwoord van het taalmodel brak af",
    "garbage": "het taalmodel gaf iets onleesbaars",
    "empty": "het taalmodel gaf een leeg antwoord",
    "open": "het taalmodel faalde net een paar keer en wordt even niet gevraagd",
    "stopped": "het antwoord is gestopt",
}


def failure(reason: str) -> ModelError:
    """The error for a reason, in our own words."""
    return ModelError(_SAY[reason], reason)


@dataclass
class Breaker:
    """Stops asking an endpoint for a while after repeated failures; one trial call then decides. Thread-safe."""

    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _open_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Raise ModelError('open') while the endpoint is left alone; after that one caller may try it."""
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                return
            if self.clock() < self._open_until:
                raise failure("open")
            self._open_until = self.clock() + OPEN_SECONDS

    def note(self, good: bool) -> None:
        """Tell how a call went."""
        with self._lock:
            self._failures = 0 if good else self._failures + 1
            if self._failures >= FAILURES_TO_OPEN:
                self._open_until = self.clock() + OPEN_SECONDS
