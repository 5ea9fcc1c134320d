"""Files written whole or not at all, and one writer at a time: what a crash leaves behind is the earlier file."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from assistant.errors import ConversionError, FailedError


def write_whole(target: Path, content: str | bytes) -> None:
    """Write text (as UTF-8) or bytes as a file, by one rename."""
    with _replacing(target) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def copy_whole(source: Path, target: Path, sha256: str) -> None:
    """Copy a file, by one rename.

    Raises:
        ConversionError: the file is no longer the one with this hash.
    """
    with _replacing(target) as file:
        with source.open("rb") as original:
            shutil.copyfileobj(original, file)
        file.flush()
        if hashlib.sha256(Path(file.name).read_bytes()).hexdigest() != sha256:
            raise ConversionError(f"{source.name}: het bestand is gewijzigd sinds het is bekeken. Probeer opnieuw.")


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """A new file beside the target that takes its place when all went well, and is gone when it did not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@contextmanager
def corpus_lock(corpus: Path) -> Iterator[None]:
    """Hold a corpus folder for adding; made when missing.

    Raises:
        FailedError: another process is adding.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    with (corpus / ".add.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FailedError(
                "Er wordt op dit moment al een document toegevoegd. Wacht tot dat klaar is en probeer opnieuw."
            ) from error
        yield
