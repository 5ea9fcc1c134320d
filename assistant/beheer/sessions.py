"""Who is signed in, and how often someone may try: both in memory, so that a restart ends every session."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
LONGEST, IDLE = 8 * 3600, 3600
# Failed attempts within the window after which one waits: for one name, and from one address.
PER_NAME, PER_ADDRESS, WINDOW = 5, 20, 900
_MOST_SESSIONS, _MOST_KEYS = 1_000, 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `mark` is what the account looked like then; `csrf` goes along with every form."""

    name: str
    csrf: str
    mark: str
    began: float
    seen: float


class Sessions:
    """Random tokens, of which only a hash is kept."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def begin(self, name: str, mark: str = "") -> tuple[str, Session]:
        """A new session; gives the token for the cookie."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(name, secrets.token_urlsafe(24), mark, now, now)
        with self._lock:
            self._sweep(now)
            self._open[_key(token)] = session
        return token, session

    def of(self, token: str) -> Session | None:
        """The session of a token, which counts as seen now; None when it is unknown or has ended."""
        now, key = self._clock(), _key(token)
        with self._lock:
            session = self._open.get(key)
            if session is None or _over(session, now):
                self._open.pop(key, None)
                return None
            self._open[key] = Session(session.name, session.csrf, session.mark, session.began, now)
            return session

    def end(self, token: str) -> None:
        """Sign out."""
        with self._lock:
            self._open.pop(_key(token), None)

    def _sweep(self, now: float) -> None:
        self._open = {key: session for key, session in self._open.items() if not _over(session, now)}
        while len(self._open) >= _MOST_SESSIONS:
            self._open.pop(min(self._open, key=lambda key: self._open[key].seen))


def _over(session: Session, now: float) -> bool:
    return now - session.began > LONGEST or now - session.seen > IDLE


def _key(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class Attempts:
    """Failed sign-ins of the last quarter of an hour, by name and by address."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: dict[tuple[str, str], deque[float]] = {}

    def wait(self, name: str, address: str) -> int:
        """How many seconds to wait before the next attempt; 0 when one may be made now.

        An attempt that may be made counts as failed until `succeeded` says otherwise, so that many at once do not pass.
        """
        now = self._clock()
        limits = ((("name", name.strip().lower()[:100]), PER_NAME), (("address", address), PER_ADDRESS))
        with self._lock:
            self._sweep(now)
            longest = 0.0
            for key, most in limits:
                times = self._failed.get(key, deque())
                if len(times) >= most:
                    longest = max(longest, times[-most] + WINDOW - now)
            if longest > 0:
                return int(longest) + 1
            for key, _ in limits:
                self._failed.setdefault(key, deque()).append(now)
            return 0

    def succeeded(self, name: str, address: str) -> None:
        """The last attempt was right: the name starts anew, the address loses one."""
        with self._lock:
            self._failed.pop(("name", name.strip().lower()[:100]), None)
            if times := self._failed.get(("address", address)):
                times.pop()

    def _sweep(self, now: float) -> None:
        for key in list(self._failed):
            times = self._failed[key]
            while times and now - times[0] > WINDOW:
                times.popleft()
            if not times:
                del self._failed[key]
        while len(self._failed) > _MOST_KEYS:
            del self._failed[next(iter(self._failed))]
