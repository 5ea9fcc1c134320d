"""Questions that are being answered now: how far each is, what it says so far, and a way to stop it. Thread-safe."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

# More than can wait and be answered at once; what is pushed out only loses its progress.
MOST = 512
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(eq=False)
class Run:
    """One question. `html` is the proven part of its answer, safe to show; `changes` counts what there is to tell.

    `begun` says that it is being answered; `after` is how many questions had begun when it was first heard of.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    step: str = "wait"
    html: str = ""
    changes: int = 0
    over: bool = False
    watchers: int = 0
    begun: bool = False
    after: int = 0

    def at(self, step: str) -> None:
        """The next step has begun."""
        self.step = step
        self.changes += 1

    def shows(self, html: str) -> None:
        """The answer has grown."""
        self.html = html
        self.changes += 1

    def abandon(self) -> None:
        """Stop when nobody looks any more: the reader has closed the page."""
        if not self.watchers and not self.over:
            self.stop.set()


class Runs:
    """Finds a run by the token that the browser chose for its question; who knows the token may watch and stop it."""

    def __init__(self, waiting: int = MOST) -> None:
        """`waiting` is how many questions can wait in line."""
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting = waiting
        self._begun = self._busy = 0

    def of(self, token: object) -> Run | None:
        """The run of a token, made when it is new; None when this is no token."""
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return None
        with self._lock:
            run = self._runs.setdefault(token, Run(after=self._begun))
            while len(self._runs) > MOST:
                self._runs.popitem(last=False)
            return run

    def begin(self, token: object) -> Run:
        """The question of a token is being answered; one without a token gets a run that nobody watches."""
        run = self.of(token) or Run()
        with self._lock:
            run.begun = True
            self._begun += 1
            self._busy += 1
        return run

    def may_wait(self, run: Run) -> bool:
        """Whether a question that has not begun can be in line: others are being answered, and not more of them than
        fit in the line have begun since it was first heard of."""
        with self._lock:
            return self._busy > 0 and self._begun - run.after <= self._waiting

    def end(self, token: object, run: Run) -> None:
        """The answer is there, or will not come."""
        with self._lock:
            self._busy -= 1
            if isinstance(token, str):
                self._runs.pop(token, None)
        run.over = True
