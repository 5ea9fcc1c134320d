"""Housekeeping of an index folder: one builder at a time, new ids, what a crash left behind, how many are kept."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.errors import FailedError, IndexBusy
from assistant.snapshot import published_id, snapshot_ids

KEEP = 3
UNFINISHED = ".building-"
_STAMP = "%Y%m%dT%H%M%SZ"


@contextmanager
def index_lock(index: Path) -> Iterator[None]:
    """Hold the index folder for building; the system lets go of it when the process ends, however it ends.

    Raises:
        IndexBusy: another process holds it; the message names its number.
        FailedError: the folder cannot be written.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        file = (index / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise FailedError(
            f"In de map {index} kan niet worden geschreven ({error.strerror}). Geef een andere met --index."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = re.sub(r"\D", "", file.read(20))
            raise IndexBusy(
                f"Een ander proces{f' ({holder})' if holder else ''} werkt de index {index} nu bij. "
                "Wacht tot dat klaar is en probeer opnieuw."
            ) from error
        # The number only helps who waits; on a full disk the lock holds without it.
        with suppress(OSError):
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), f"{os.getpid()}\n".encode())
        yield


def new_id(index: Path, recipe: str) -> tuple[str, datetime]:
    """An id that sorts after every other one in the folder, and its time: now, or later when the clock ran back."""
    now = datetime.now(UTC).replace(microsecond=0)
    if names := snapshot_ids(index):
        last = datetime.strptime(names[-1].split("-")[0], _STAMP).replace(tzinfo=UTC)
        now = max(now, last + timedelta(seconds=1))
    return f"{now:{_STAMP}}-{recipe[:8]}", now


def remove_unfinished(index: Path) -> None:
    """Throw away what builds left behind that did not end; only under the lock."""
    for path in index.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in index.glob(".CURRENT.*"):
        path.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Have the system write a finished folder to the disk itself, so that a power cut cannot publish half of it."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def prune(index: Path) -> None:
    """Remove all but the newest snapshots; the published one stays, however old it is."""
    for name in snapshot_ids(index)[:-KEEP]:
        if name != published_id(index):
            shutil.rmtree(index / name, ignore_errors=True)
