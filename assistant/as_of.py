"""Answers as they would have been on an earlier day: an index of what held then, beside the current one."""

from __future__ import annotations

import re
from datetime import date

from assistant.answer import Parts, parts_of
from assistant.assistant import Assistant
from assistant.build import Progress, build_index
from assistant.embed import load_encoder
from assistant.errors import UsageError
from assistant.settings import Settings
from assistant.snapshot import open_snapshot, published_id

FOLDER = "as-of"


def day(text: str) -> date:
    """A date written as 2023-06-01.

    Raises:
        UsageError: anything else.
    """
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is geen datum. Schrijf hem als 2023-06-01.") from error


class AssistantAsOf(Assistant):
    """An assistant over one snapshot that stays: what is published later does not take its place."""

    def __init__(self, settings: Settings, fixed: Parts) -> None:
        """Use `open_as_of`."""
        super().__init__(settings, fixed.encoder)
        self._fixed = fixed

    @property
    def parts(self) -> Parts:
        """The parts it was opened with."""
        return self._fixed


def open_as_of(settings: Settings, when: date, progress: Progress | None = None) -> AssistantAsOf:
    """The assistant over the documents that held on a day; built when it is not there yet.

    Vectors that the published index has are used again, so the cost follows what differs from now.

    Raises:
        CorpusError: no document held on that day.
    """
    encoder = load_encoder(settings.embedder)
    index = settings.index / FOLDER
    published = published_id(settings.index)
    report = build_index(
        settings.corpus,
        index,
        encoder,
        chroma_url=settings.chroma_url,
        progress=progress,
        as_of=when,
        vectors_from=settings.index / published if published else None,
    )
    snapshot = open_snapshot(index / report.snapshot, encoder, settings.chroma_url)
    return AssistantAsOf(settings, parts_of(snapshot, encoder, settings.corpus))
