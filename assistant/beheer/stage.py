"""A copy of the corpus in which changes are made ready, and the changes as values that can be done and undone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import FailedError
from assistant.filing import copy_whole, corpus_lock, write_whole

ORIGINALS = "originals"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One text file before and after; None where it is not there."""

    file: str
    before: bytes | None
    after: bytes | None

    @property
    def undone(self) -> FileChange:
        """The change back."""
        return FileChange(self.file, self.after, self.before)


def text_files(corpus: Path) -> Iterator[str]:
    """Every file of a corpus but its originals and what is hidden, by its path below the folder."""
    for root, folders, names in os.walk(corpus):
        place = Path(root)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not (place == corpus and name == ORIGINALS)
        )
        for name in sorted(names):
            if not name.startswith("."):
                yield (place / name).relative_to(corpus).as_posix()


def copy_corpus(corpus: Path, stage: Path) -> None:
    """Copy all but the originals into an empty folder, as it is at one moment."""
    with corpus_lock(corpus):
        for file in text_files(corpus):
            target = stage / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(corpus / file, target)


def prints(corpus: Path) -> dict[str, str]:
    """A hash for each text file."""
    return {file: hashlib.sha256((corpus / file).read_bytes()).hexdigest() for file in text_files(corpus)}


def changes_of(
    corpus: Path, stage: Path, base: Mapping[str, str], begun: Iterable[FileChange] = ()
) -> tuple[FileChange, ...]:
    """What a stage has otherwise than the corpus that it was made of.

    Args:
        corpus: as it is now.
        stage: the copy with the changes.
        base: the hashes of the corpus when the copy was made.
        begun: the same changes, as they were kept when making them was begun before.

    Raises:
        FailedError: the corpus is no longer what the copy was made of.
    """
    now, staged = prints(corpus), prints(stage)
    earlier = {change.file: change for change in begun}
    found = []
    for file in sorted(now.keys() | staged.keys() | base.keys()):
        if now.get(file) not in (base.get(file), staged.get(file)):
            raise FailedError(f"{file} is intussen buiten dit voorstel gewijzigd. Bouw het voorstel opnieuw.")
        if base.get(file) == staged.get(file):
            continue
        made = now.get(file) == staged.get(file)
        change = FileChange(file, _read(corpus / file), _read(stage / file))
        found.append(earlier.get(file, change) if made else change)
    return tuple(found)


def clashing(corpus: Path, changes: Iterable[FileChange]) -> list[str]:
    """Files that are neither as they were before a change nor as they are after it: someone else changed them."""
    return [change.file for change in changes if _read(corpus / change.file) not in (change.before, change.after)]


def apply(corpus: Path, changes: Iterable[FileChange]) -> None:
    """Make changes: what comes first, what goes last, each file whole; doing it again after a crash is harmless.

    Raises:
        FailedError: a file was changed by someone else (then nothing is done), or the disk refuses.
    """
    changes = tuple(changes)
    try:
        with corpus_lock(corpus):
            if others := clashing(corpus, changes):
                raise FailedError(
                    f"{', '.join(others[:3])} is intussen buiten dit voorstel gewijzigd. Bouw het voorstel opnieuw op."
                )
            for change in changes:
                if change.after is not None:
                    write_whole(corpus / change.file, change.after)
            for change in changes:
                if change.after is None:
                    (corpus / change.file).unlink(missing_ok=True)
    except OSError as error:
        raise FailedError(
            f"In {corpus} kan niet worden geschreven ({error.strerror or error}). Maak ruimte of controleer de rechten."
        ) from error


def bring_originals(stage: Path, corpus: Path) -> None:
    """Copy the originals that were added in a stage; they have their hash in their name and never change."""
    for path in sorted((stage / ORIGINALS).glob("*")):
        target = corpus / ORIGINALS / path.name
        if path.is_file() and not target.exists():
            copy_whole(path, target, hashlib.sha256(path.read_bytes()).hexdigest())


def rebase(corpus: Path, stage: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Bring what changed in the corpus since a stage was made into the stage; gives the hashes of the corpus now.

    Raises:
        FailedError: a file was changed in both.
    """
    now, staged = prints(corpus), prints(stage)
    for file in sorted(now.keys() | base.keys()):
        if now.get(file) == base.get(file) or now.get(file) == staged.get(file):
            continue
        if staged.get(file) != base.get(file):
            raise FailedError(
                f"{file} is intussen ook buiten dit voorstel gewijzigd. Verwerp het voorstel en bied het document "
                "opnieuw aan."
            )
        content = _read(corpus / file)
        if content is None:
            (stage / file).unlink(missing_ok=True)
        else:
            write_whole(stage / file, content)
    return now


class Steps:
    """The publications that changed the corpus: from which snapshot to which, with what. Rolling back undoes them."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the first step is kept."""
        self._folder = folder

    def keep(self, before: str, after: str, changes: Iterable[FileChange]) -> None:
        """Remember a step, before it is made."""
        rows = [[change.file, _to_json(change.before), _to_json(change.after)] for change in changes]
        write_whole(self._folder / f"{before}_{after}.json", json.dumps(rows, ensure_ascii=False))

    def kept(self, before: str, after: str) -> tuple[FileChange, ...]:
        """A step that was begun before, as when the program stopped in the middle of it."""
        path = self._folder / f"{before}_{after}.json"
        return tuple(_step(path, False)) if path.is_file() else ()

    def snapshots(self) -> set[str]:
        """Every snapshot that a step leads from or to."""
        return {name for path in self._folder.glob("*_*.json") for name in path.stem.split("_", 1)}

    def way(self, start: str, end: str) -> tuple[FileChange, ...] | None:
        """The changes that lead from the corpus of one snapshot to that of another; None when no way is known."""
        ways: dict[str, list[tuple[str, Path, bool]]] = {}
        for path in sorted(self._folder.glob("*_*.json")):
            one, other = path.stem.split("_", 1)
            ways.setdefault(one, []).append((other, path, False))
            ways.setdefault(other, []).append((one, path, True))
        reached: dict[str, tuple[tuple[Path, bool], ...]] = {start: ()}
        front = [start]
        while front and end not in reached:
            here = front.pop(0)
            for there, path, back in ways.get(here, []):
                if there not in reached:
                    reached[there] = (*reached[here], (path, back))
                    front.append(there)
        if end not in reached:
            return None
        return _joined(change for path, back in reached[end] for change in _step(path, back))


def _step(path: Path, back: bool) -> list[FileChange]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    changes = [FileChange(file, _from_json(before), _from_json(after)) for file, before, after in rows]
    return [change.undone for change in changes] if back else changes


def _joined(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes one after the other as one change a file."""
    joined: dict[str, FileChange] = {}
    for change in changes:
        earlier = joined.get(change.file)
        joined[change.file] = FileChange(change.file, earlier.before if earlier else change.before, change.after)
    return tuple(change for change in joined.values() if change.before != change.after)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _to_json(content: bytes | None) -> str | None:
    """Bytes as text that JSON holds, whatever their encoding: Latin-1 has a character for each."""
    return None if content is None else content.decode("latin-1")


def _from_json(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")
