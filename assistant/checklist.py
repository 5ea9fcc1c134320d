"""A checklist as it was ticked: the values that its page makes and its export writes. All text is plain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be ticked, as the document words it."""

    text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The lines under one heading of the document, within a domain."""

    domain: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The list of one actor; `source` says which document and version it is from."""

    title: str
    actor: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    source: str

    @property
    def ticked(self) -> int:
        """How many lines are ticked."""
        return sum(line.ticked for part in self.parts for line in part.lines)

    @property
    def size(self) -> int:
        """How many lines there are."""
        return sum(len(part.lines) for part in self.parts)
