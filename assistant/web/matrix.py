"""Passages → the matrix actor × domain of a document, from the actors and domains that its headings name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.types import Document, Passage

_LISTED = {"item", "paragraph", "table"}


@dataclass(frozen=True, slots=True)
class Group:
    """Passages under one heading of the document, such as 'Taken van de COC. Zij:'."""

    heading: str
    aspect: str | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a document says of one actor in one domain."""

    actor: str
    domain: str
    groups: tuple[Group, ...]

    def count(self, aspect: str) -> int:
        """How many passages there are of an aspect."""
        return sum(len(group.passages) for group in self.groups if group.aspect == aspect)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the document."""
        return tuple(passage for group in self.groups for passage in group.passages)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Actors and domains in the order of the document; `about` is what it says of an actor outside any domain."""

    document: Document
    actors: tuple[str, ...]
    domains: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    about: Mapping[str, tuple[Passage, ...]]

    def of_actor(self, actor: str, domain: str | None = None) -> tuple[Cell, ...]:
        """The cells of an actor, of one domain or of all."""
        wanted = [name for name in self.domains if domain in (None, name)]
        return tuple(self.cells[actor, name] for name in wanted if (actor, name) in self.cells)


def build_matrices(documents: Mapping[str, Document], passages: Iterable[Passage]) -> dict[str, Matrix]:
    """A matrix for each document whose headings name more than one actor or domain.

    Args:
        documents: by id.
        passages: of all documents; those of a document in its order.
    """
    of_document: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.actors and passage.kind in _LISTED and passage.quote.strip():
            of_document.setdefault(passage.document, []).append(passage)
    found = {}
    for name, own in of_document.items():
        matrix = _matrix(documents[name], own)
        if len(matrix.actors) + len(matrix.domains) > 2:
            found[name] = matrix
    return found


def mark_of(cell: Cell, passage: Passage) -> str:
    """The name under which a tick is kept: it stays the same while the words do, wherever they stand."""
    parts = (passage.document, cell.actor, cell.domain, passage.quote)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _matrix(document: Document, passages: Sequence[Passage]) -> Matrix:
    inside: dict[tuple[str, str], list[Passage]] = {}
    about: dict[str, list[Passage]] = {}
    for passage in passages:
        for actor in passage.actors:
            if passage.domain is None:
                about.setdefault(actor, []).append(passage)
            else:
                inside.setdefault((actor, passage.domain), []).append(passage)
    return Matrix(
        document=document,
        actors=tuple(dict.fromkeys(actor for actor, _ in inside)),
        domains=tuple(dict.fromkeys(domain for _, domain in inside)),
        cells={key: Cell(*key, _groups(own)) for key, own in inside.items()},
        about={actor: tuple(own) for actor, own in about.items()},
    )


def _groups(passages: Sequence[Passage]) -> tuple[Group, ...]:
    groups = []
    for (section, aspect), own in groupby(passages, key=lambda passage: (passage.section, passage.aspect)):
        groups.append(Group(section[-1] if section else "", aspect, tuple(own)))
    return tuple(groups)
