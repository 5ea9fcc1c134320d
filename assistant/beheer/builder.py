"""Builds the candidate of a proposal in the background, and sees what publishing it would do."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO

from assistant.assistant import Assistant
from assistant.beheer.audit import Audit
from assistant.beheer.effect import effect_of
from assistant.beheer.stage import Steps, rebase
from assistant.beheer.state import Place, Proposal, save
from assistant.beheer.tools import Tools
from assistant.build import build_index
from assistant.errors import AssistantError
from assistant.publication import publications
from assistant.shelf import index_lock
from assistant.snapshot import published_id, snapshot_ids

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: the name of the step, and its count; `total` 0 when it cannot be counted."""

    step: str = "start"
    done: int = 0
    total: int = 0


class Builder:
    """One build at a time: whoever starts one hands over the lock, which is let go when the build has ended."""

    def __init__(self, assistant: Assistant, tools: Tools, place: Place, steps: Steps, audit: Audit) -> None:
        self._assistant, self._tools, self._place, self._steps, self._audit = assistant, tools, place, steps, audit
        self.progress = Progress()
        self._thread: threading.Thread | None = None

    def start(self, proposal: Proposal, who: str, lock: IO[str]) -> None:
        """Write down that a proposal is being built, and build it in a thread."""
        proposal = replace(proposal, stage="building", who=who, problem="", effect={})
        try:
            save(self._place.file, proposal)
            self.progress = Progress()
            self._thread = threading.Thread(target=self._build, args=(proposal, who, lock), name="beheer-bouwen")
            self._thread.start()
        except BaseException:
            lock.close()
            raise

    def wait(self, seconds: float) -> None:
        """Until the build that runs has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def forget(self, candidate: str) -> None:
        """Remove a candidate of a proposal, so that it takes no place among the versions that are kept."""
        index = self._place.index
        lived = {line["snapshot"] for line in publications(index)} | {published_id(index)}
        lived |= self._steps.snapshots()
        if candidate in set(snapshot_ids(index)) - lived:
            with index_lock(index):
                shutil.rmtree(index / candidate, ignore_errors=True)

    def _build(self, proposal: Proposal, who: str, lock: IO[str]) -> None:
        """Build the candidate and see what it does; whatever goes wrong is kept as the reason."""
        with closing(lock):
            try:
                ready = self._built(proposal)
                self._audit.write(who, "built", snapshot=ready.candidate)
                save(self._place.file, ready)
            except Exception as error:
                if not isinstance(error, AssistantError):
                    _LOG.exception("a candidate could not be built")
                why = str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}"
                save(self._place.file, replace(proposal, stage="failed", candidate="", problem=why))
                self._audit.write(who, "build_failed", detail=why)

    def _built(self, proposal: Proposal) -> Proposal:
        place = self._place
        known = rebase(place.corpus, place.stage, json.loads(place.base.read_text(encoding="utf-8")))
        place.base.write_text(json.dumps(known), encoding="utf-8")
        published = published_id(place.index) or ""
        self.forget(proposal.candidate)

        def tell(step: str, done: int, total: int) -> None:
            self.progress = Progress(step, done, total)

        report = build_index(
            place.stage,
            place.index,
            self._assistant.encoder,
            chroma_url=self._assistant.settings.chroma_url,
            progress=tell,
            publishing=False,
        )
        removed = {change.document for change in proposal.changes if change.what == "removed"}
        effect = effect_of(place.index, place.stage, published, report, self._tools.measure, tell, removed)
        return replace(proposal, stage="ready", candidate=report.snapshot, compared_with=published, effect=effect)
