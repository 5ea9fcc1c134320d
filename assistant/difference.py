"""Two snapshots side by side: which documents and passages came, went, changed or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from assistant.errors import UsageError
from assistant.plan import moved_files
from assistant.snapshot import published_id, read_manifest, snapshot_ids
from assistant.text import plain


@dataclass(frozen=True, slots=True)
class PassageChange:
    """A passage that is in one snapshot only."""

    document: str
    section: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What B has that A has not, and the other way round. Kept passages have the same words and headings."""

    before: str
    after: str
    documents_added: tuple[str, ...]
    documents_removed: tuple[str, ...]
    documents_changed: tuple[str, ...]
    documents_moved: tuple[tuple[str, str], ...]
    passages_added: tuple[PassageChange, ...]
    passages_removed: tuple[PassageChange, ...]
    passages_kept: int


def snapshot_named(index: Path, name: str) -> str:
    """The id meant by a name: an id, the only one that begins so, or 'huidig' for the published one.

    Raises:
        UsageError: no snapshot, or more than one, is meant.
    """
    if name == "huidig":
        found = [published] if (published := published_id(index)) else []
    else:
        found = [known for known in snapshot_ids(index) if known.startswith(name)]
    if len(found) != 1:
        raise UsageError(
            f"Er is {'geen' if not found else 'meer dan één'} versie {name}. Bekijk ze met: assistant snapshots"
        )
    return found[0]


def compare(index: Path, before: str, after: str) -> Difference:
    """Compare two snapshots of an index folder by what stands in them.

    Raises:
        IndexMismatch: one of them is damaged or of another format.
    """
    old, new = read_manifest(index / before).files, read_manifest(index / after).files
    moved = moved_files(old, new)
    names = renamed(moved)
    one, other = passages_of(index / before, names), passages_of(index / after, {})
    return Difference(
        before=before,
        after=after,
        documents_added=tuple(sorted(new.keys() - old.keys() - {now for _, now in moved})),
        documents_removed=tuple(sorted(old.keys() - new.keys() - {gone for gone, _ in moved})),
        documents_changed=tuple(sorted(file for file in old.keys() & new.keys() if old[file] != new[file])),
        documents_moved=moved,
        passages_added=tuple((other - one).elements()),
        passages_removed=tuple((one - other).elements()),
        passages_kept=(one & other).total(),
    )


def renamed(moved: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The id that a moved document had, and the one that it has now."""
    return {_id(gone): _id(now) for gone, now in moved}


def _id(file: str) -> str:
    return Path(file).with_suffix("").as_posix()


def passages_of(folder: Path, names: Mapping[str, str]) -> Counter[PassageChange]:
    """The passages of a snapshot; those of a moved document under the name that it has now."""
    found: Counter[PassageChange] = Counter()
    for line in (folder / "passages.jsonl").read_bytes().splitlines():
        raw = orjson.loads(line)[0]
        quote = raw["text"][raw["quote_start"] - raw["start"] : raw["quote_end"] - raw["start"]]
        found[PassageChange(names.get(raw["document"], raw["document"]), tuple(raw["section"]), plain(quote))] += 1
    return found
