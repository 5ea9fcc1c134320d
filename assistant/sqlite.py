"""One door to the small SQLite files beside the index: opened for one piece of work, closed after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import FailedError

# How long a writer waits for another one.
_SECONDS = 5


@contextmanager
def opened(path: Path, schema: str, what: str) -> Iterator[sqlite3.Connection]:
    """A connection whose work is kept when it went well, and undone when it did not.

    What is removed is also overwritten in the file: questions and remarks must not linger in it.

    Args:
        path: the file; it and its folder are made when missing.
        schema: makes the table where it is not there.
        what: is in it, for the message ('De oordelen').

    Raises:
        FailedError: the file cannot be opened, read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_SECONDS)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            with connection:
                connection.execute(schema)
                yield connection
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise FailedError(f"{what} in {path} zijn niet bereikbaar ({error}). Controleer de rechten.") from error
