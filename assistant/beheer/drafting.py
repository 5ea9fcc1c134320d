"""Has a language model draft questions in the background, one document at a time; the drafts wait for review."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.beheer.audit import Audit
from assistant.errors import AssistantError, UsageError
from assistant.model import ChatModel
from assistant.types import Document, Passage
from assistant.written_questions import draft_all, drafts_file, read_written, undrafted, write_written

# So many passages at once: a maintainer has to read what comes of it.
AT_ONCE = 20
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """How far the drafting for a document is; `problem` says why it stopped early."""

    document: str
    done: int = 0
    total: int = 0
    over: bool = False
    problem: str = ""


class Drafting:
    """The drafting of one index folder."""

    def __init__(self, index: Path, model: ChatModel | None, audit: Audit) -> None:
        self.index, self.model, self._audit = index, model, audit
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._thread: threading.Thread | None = None

    def job(self, document: str) -> Job | None:
        """The job of this document, if it had the last one."""
        return self._job if self._job and self._job.document == document else None

    def start(self, document: Document, passages: Sequence[Passage], who: str) -> None:
        """Draft questions for the first passages that have no drafts yet.

        Raises:
            UsageError: no language model is set, all have drafts, or another document is being worked on.
            FailedError: the drafts that are there cannot be read, or the log cannot be written.
        """
        if self.model is None:
            raise UsageError("Er is geen taalmodel ingesteld (llm_base_url en llm_model).")
        todo = undrafted(passages, read_written(drafts_file(self.index, document.id)))[:AT_ONCE]
        if not todo:
            raise UsageError("Voor alle passages zonder vragen staat al een concept klaar. Kijk die eerst na.")
        with self._lock:
            if self._job and not self._job.over:
                raise UsageError("Er worden al vragen opgesteld. Wacht tot dat klaar is.")
            # Before anything is sent, and not where nothing is sent.
            self._audit.write(who, "drafted", document=document.id)
            self._job = Job(document.id, 0, len(todo))
        self._thread = threading.Thread(target=self._work, args=(self.model, document, todo), name="beheer-vragen")
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until the job that runs has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self, model: ChatModel, document: Document, todo: Sequence[Passage]) -> None:
        job = Job(document.id, 0, len(todo))

        def tell(done: int, total: int) -> None:
            self._job = replace(job, done=done, total=total)

        try:
            made, why = draft_all(model, document, todo, tell)
            file = drafts_file(self.index, document.id)
            if made:
                write_written(file, document.id, [*read_written(file), *made])
            self._job = replace(job, done=len(made), over=True, problem=why)
        except Exception as error:
            if not isinstance(error, AssistantError):
                _LOG.exception("questions could not be drafted")
            why = str(error) if isinstance(error, AssistantError) else type(error).__name__
            self._job = replace(job, over=True, problem=why)
