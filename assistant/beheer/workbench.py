"""The road of every change: a staged copy of the corpus → a candidate → its effect → published, or thrown away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant.abbreviations import Abbreviation, add_to_vocabulary
from assistant.add import accept, current, withdraw
from assistant.assistant import Assistant
from assistant.beheer.accounts import FOLDER
from assistant.beheer.audit import Audit
from assistant.beheer.builder import Builder, Progress
from assistant.beheer.stage import Steps, apply, bring_originals, changes_of, copy_corpus, prints
from assistant.beheer.state import Change, Lock, Place, Proposal, load, now
from assistant.beheer.tools import Tools
from assistant.convert.preview import Preview
from assistant.errors import FailedError, UsageError
from assistant.publication import check_gate, record
from assistant.snapshot import open_snapshot, publish, published_id, snapshot_ids

_GATE = {"passed": "door de poort", "failed": "niet door de poort", "none": "antwoorden niet gemeten"}
ROLLED_BACK = "terug naar een eerdere versie"


class Workbench:
    """What maintainers do to the documents of one assistant; safe to use from several threads and processes."""

    def __init__(self, assistant: Assistant, tools: Tools) -> None:
        self._assistant = assistant
        self.corpus, self.index = assistant.settings.corpus, assistant.settings.index
        self.place = Place(self.corpus, self.index)
        self._lock = Lock(self.index / FOLDER / ".lock")
        self._steps = Steps(self.index / FOLDER / "stappen")
        self.audit = Audit(self.index)
        self._builder = Builder(assistant, tools, self.place, self._steps, self.audit)

    @property
    def stage(self) -> Path:
        """The folder that changes are made in: a copy of the corpus while there is a proposal, else the corpus."""
        return self.place.stage if self.place.file.exists() else self.corpus

    @property
    def progress(self) -> Progress:
        """How far the build is that runs here."""
        return self._builder.progress

    def wait(self, seconds: float = 60) -> None:
        """Until the build that runs has ended."""
        self._builder.wait(seconds)

    def proposal(self) -> Proposal | None:
        """What is being prepared; a build that ended with its process counts as failed."""
        found = load(self.place.file)
        if found and found.stage == "building" and not self._lock.held():
            found = load(self.place.file)  # it may have ended just before the lock was let go
        if found and found.stage == "building" and not self._lock.held():
            why = "Het bouwen is afgebroken omdat het programma stopte. Er is niets verloren: bouw opnieuw."
            return replace(found, stage="failed", problem=why)
        return found

    def add(self, preview: Preview, who: str, terms: Sequence[Abbreviation] = ()) -> bool:
        """Take a document into the proposal and build its candidate; gives False when the corpus has it already.

        Raises:
            AssistantError: it cannot be taken in, or another maintainer is busy; nothing has changed then.
        """
        if preview.known_as:
            return False
        what = "replaced" if preview.edition else "added"
        title = _title_of(preview)

        def change(stage: Path) -> None:
            accept(preview, stage)
            if terms:
                add_to_vocabulary(stage, terms)

        self.change(Change(what, preview.id, title, who, now()), change)
        return True

    def remove(self, document: str, who: str) -> None:
        """Take a document out, as a proposal.

        Raises:
            AssistantError: there is no such document, or another maintainer is busy.
        """
        known = next((found for found in current(self.stage) if found.id == document), None)
        if known is None:
            raise UsageError("Dat document is er niet meer.")

        def change(stage: Path) -> None:
            withdraw(known, stage)

        self.change(Change("removed", known.id, known.title, who, now()), change)

    def rebuild(self, who: str) -> None:
        """Build the candidate again, over what the documents are now.

        Raises:
            AssistantError: there is no proposal, or another maintainer is busy.
        """
        lock = self._lock.take()
        try:
            proposal = load(self.place.file)
            if proposal is None:
                raise UsageError("Er is geen voorstel om te bouwen.")
        except BaseException:
            lock.close()
            raise
        self._builder.start(proposal, who, lock)

    def publish(self, candidate: str, who: str, reason: str = "") -> None:
        """Put a candidate to use: the documents first, then the pointer; done again after a crash it completes.

        Args:
            candidate: that the maintainer has seen.
            who: puts it to use.
            reason: to do so although it did not pass the gate.

        Raises:
            AssistantError: it is not what was seen any more, or did not pass; nothing has changed then.
        """
        with closing(self._lock.take()):
            proposal = load(self.place.file)
            if proposal is None or proposal.stage != "ready" or proposal.candidate != candidate:
                raise UsageError("Het voorstel is intussen veranderd. Bekijk het effect opnieuw.")
            published = published_id(self.index) or ""
            if published not in (proposal.compared_with, candidate):
                raise UsageError(
                    "Er is intussen een andere versie in gebruik genomen. Bouw het voorstel opnieuw, en bekijk dan "
                    "het effect."
                )
            gate = check_gate(self.index, candidate, reason or None)
            self._must_open(candidate)
            base = json.loads(self.place.base.read_text(encoding="utf-8"))
            begun = self._steps.kept(proposal.compared_with, candidate)
            changes = changes_of(self.corpus, self.place.stage, base, begun)
            self._steps.keep(proposal.compared_with, candidate, changes)
            documents = ", ".join(change.document for change in proposal.changes)
            detail = _GATE[gate] + (f"; reden: {reason.strip()}" if gate == "failed" else "")
            self.audit.write(who, "published", snapshot=candidate, document=documents, detail=detail)
            bring_originals(self.place.stage, self.corpus)
            apply(self.corpus, changes)
            publish(self.index, candidate)
            record(self.index, candidate, gate, reason or None, who)
            shutil.rmtree(self.place.folder)

    def discard(self, candidate: str, who: str, what: str = "discarded") -> None:
        """Throw the proposal away, with its candidate; the documents stay as they were. `what` is for the log.

        Raises:
            AssistantError: it is not what was seen any more, or another maintainer is busy.
        """
        with closing(self._lock.take()):
            proposal = load(self.place.file)
            if proposal is None or proposal.candidate != candidate:
                raise UsageError("Het voorstel is intussen veranderd. Bekijk het opnieuw.")
            documents = ", ".join(change.document for change in proposal.changes)
            self.audit.write(who, what, snapshot=candidate, document=documents)
            self._builder.forget(candidate)
            shutil.rmtree(self.place.folder)

    def roll_back(self, snapshot: str, who: str) -> str:
        """Put an earlier snapshot to use, and the documents back to what they were; gives what a person must know.

        Raises:
            AssistantError: there is no such snapshot, or another maintainer is busy.
        """
        with closing(self._lock.take()):
            proposal, published = load(self.place.file), published_id(self.index)
            if snapshot not in snapshot_ids(self.index) or (proposal and proposal.candidate == snapshot):
                raise UsageError("Die versie is er niet meer.")
            if snapshot == published:
                raise UsageError("Die versie is al in gebruik.")
            gate = check_gate(self.index, snapshot, ROLLED_BACK)
            self._must_open(snapshot)
            self.audit.write(who, "rolled_back", snapshot=snapshot, detail=f"van {published}")
            told = self._restore(published or "", snapshot)
            publish(self.index, snapshot)
            record(self.index, snapshot, gate, ROLLED_BACK, who)
            return told

    def _must_open(self, snapshot: str) -> None:
        """Refuse to point readers to what they could not open: pruned, damaged, or made by another encoder.

        Raises:
            FailedError: saying which of these.
        """
        if snapshot not in snapshot_ids(self.index):
            raise FailedError("Deze versie is intussen opgeruimd. Bouw het voorstel opnieuw.")
        opened = open_snapshot(self.index / snapshot, self._assistant.encoder, self._assistant.settings.chroma_url)
        opened.store.close()

    def _restore(self, published: str, snapshot: str) -> str:
        """Put the documents back to those of a snapshot, where it is known how."""
        changes = self._steps.way(published, snapshot)
        if changes is None:
            return (
                "De map met documenten is niet teruggezet, want een van deze versies is buiten Beheer gemaakt. Een "
                "volgend voorstel gaat uit van de map zoals zij nu is."
            )
        try:
            apply(self.corpus, changes)
        except FailedError as error:
            return f"De map met documenten is niet teruggezet: {error}"
        return ""

    def change(self, change: Change, make: Callable[[Path], None]) -> None:
        """Make a change in the stage, which is made first when there is none, and start the build.

        Raises:
            AssistantError: it cannot be made, or another maintainer is busy; nothing has changed then.
        """
        lock = self._lock.take()
        try:
            proposal = load(self.place.file)
            if proposal is None:
                shutil.rmtree(self.place.folder, ignore_errors=True)
                stage = self.place.stage
                stage.mkdir(parents=True)
                copy_corpus(self.corpus, stage)
                self.place.base.write_text(json.dumps(prints(stage)), encoding="utf-8")
                proposal = Proposal(())
            make(self.place.stage)
            self.audit.write(change.who, change.what, document=change.document, detail=change.title)
        except OSError as error:
            lock.close()
            raise FailedError(
                f"Het voorstel kon niet worden geschreven ({error.strerror or error}). Maak ruimte."
            ) from error
        except BaseException:
            lock.close()
            raise
        self._builder.start(replace(proposal, changes=(*proposal.changes, change)), change.who, lock)


def _title_of(preview: Preview) -> str:
    from assistant.add import parts

    return parts(preview.text)[0].get("title", preview.id)
