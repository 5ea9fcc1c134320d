"""What the pages need of a published snapshot, worked out once for each: passages by document, matrices, pathways."""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.findable import searchable
from assistant.pathway_file import load_pathways
from assistant.pathways import Pathways
from assistant.snapshot import Snapshot
from assistant.types import Passage
from assistant.vocabulary import Vocabulary
from assistant.web.matrix import Matrix, build_matrices
from assistant.web.texts import Language


@dataclass(frozen=True, eq=False)
class View:
    """One snapshot, arranged for showing. `counts` says how many passages of a document can be found and quoted."""

    snapshot: Snapshot
    vocabulary: Vocabulary
    passages: dict[str, tuple[Passage, ...]]
    counts: dict[str, int]
    matrices: dict[str, Matrix]
    pathways: Pathways

    def section_at(self, document: str, start: int) -> tuple[str, ...]:
        """The headings above a place in a document, without the document's own title."""
        passages = self.passages.get(document, ())
        number = bisect_right(passages, start, key=lambda passage: passage.start) - 1
        title = self.snapshot.documents[document].title
        return tuple(part for part in passages[max(number, 0)].section if part != title) if passages else ()

    def label(self, part: str, name: str, language: Language) -> str:
        """The name of an actor ('actors'), domain ('domains') or aspect in the reader's language."""
        entry = getattr(self.vocabulary, part).get(name)
        label = ((entry.label_en if language == "en" else "") or entry.label) if entry else name
        return label[:1].upper() + label[1:]


class Library:
    """Gives the view of the snapshot that is published now; safe to use from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._kept: tuple[object, View] | None = None

    def view(self) -> View:
        """The published snapshot, arranged; the same value until it or a pathway file changes."""
        parts = self._assistant.parts
        folder = self._assistant.settings.corpus / "pathways"
        key = (parts.snapshot.manifest.id, _state(folder))
        kept = self._kept
        if kept is not None and kept[0] == key:
            return kept[1]
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, _arrange(parts.snapshot, parts.vocabulary, folder))
            return self._kept[1]


def _arrange(snapshot: Snapshot, vocabulary: Vocabulary, folder: Path) -> View:
    passages: dict[str, list[Passage]] = {}
    for passage in snapshot.passages:
        passages.setdefault(passage.document, []).append(passage)
    return View(
        snapshot=snapshot,
        vocabulary=vocabulary,
        passages={name: tuple(sorted(own, key=lambda passage: passage.start)) for name, own in passages.items()},
        counts={name: sum(map(searchable, own)) for name, own in passages.items()},
        matrices=build_matrices(snapshot.documents, snapshot.passages),
        pathways=load_pathways(folder, snapshot.documents.values()),
    )


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file in the folder does."""
    stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.yaml"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
