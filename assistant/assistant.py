"""The assistant as a whole: opens the published index once, follows a newly published one, answers and searches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.answer import Note, Parts, answer_question, parts_of
from assistant.embed import Encoder, load_encoder
from assistant.errors import FailedError, UsageError
from assistant.generate import Writer, similarity_of, write
from assistant.model import load_model
from assistant.question import understand
from assistant.retrieve import retrieve
from assistant.settings import Settings, load_settings
from assistant.snapshot import Snapshot, open_published, published_id
from assistant.supported import Checker
from assistant.types import Answer, Hit
from assistant.vocabulary import Vocabulary

_log = logging.getLogger(__name__)


class Assistant:
    """Answers questions from a published index; safe to use from several threads.

    Example:
        >>> Assistant.open().ask("Wat zijn de taken van de COC voor het opleidingsklimaat?")  # doctest: +SKIP
    """

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        """Use `Assistant.open`."""
        self.settings = settings
        self.encoder = encoder
        self._lock = threading.Lock()
        self._parts: Parts | None = None
        self._refused: str | None = None
        self._model = load_model(settings)
        # Told every answer; what listens keeps questions where the operator wants that.
        self.heard: Callable[[Answer], None] | None = None

    @staticmethod
    def open(
        settings: Settings | None = None, *, corpus: Path | str | None = None, index: Path | str | None = None
    ) -> Assistant:
        """Open the published index.

        Args:
            settings: everything at once; by default flags, environment, assistant.toml and defaults are merged.
            corpus: overrides the corpus folder.
            index: overrides the index folder.

        Raises:
            IndexMissing, IndexMismatch: build it first with `assistant index`.
            EncoderError: the encoder cannot be loaded.
        """
        settings = settings or load_settings({"corpus": corpus, "index": index})
        assistant = Assistant(settings, load_encoder(settings.embedder))
        assistant.parts  # noqa: B018 - opens it now, so that what is missing is said now
        return assistant

    @property
    def snapshot(self) -> Snapshot:
        """The published snapshot, as of now."""
        return self.parts.snapshot

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the field that came with the corpus."""
        return self.parts.vocabulary

    def ask(
        self,
        question: str,
        *,
        actor: str | None = None,
        history: Sequence[str] = (),
        mode: str | None = None,
        plain: bool = False,
    ) -> Answer:
        """Answer a question.

        Args:
            question: as typed, in Dutch or English.
            actor: id of the role the user chose (aios, opleider, coc, rvb, cluster, oor, docent), or None.
            history: earlier questions of the conversation, oldest first.
            mode: `quote`, `llm` or `auto`; by default what the settings say.
            plain: in mode llm, ask for plain language (B1).

        Raises:
            QuestionError: an empty or far too long question, or an unknown actor.
            UsageError: mode llm without the settings that name a model.
        """
        *_, answer = self.stream(question, actor=actor, history=history, mode=mode, plain=plain)
        return answer

    def stream(
        self,
        question: str,
        *,
        actor: str | None = None,
        history: Sequence[str] = (),
        mode: str | None = None,
        plain: bool = False,
        stop: threading.Event | None = None,
        note: Note = lambda step: None,
    ) -> Iterator[Answer]:
        """The answer as it grows, sentence by proven sentence; the last one is whole. In mode quote there is one.

        Args and errors are those of `ask`; closing the iterator or setting `stop` ends the request to the model, and
        `note` is told each step when it begins.
        """
        started = time.perf_counter()
        parts = self.parts
        earlier = [_sound(text) for text in history]
        quoted = answer_question(_sound(question), parts, actor, earlier, note)
        if self.heard is not None:
            self.heard(quoted)
        writer = self._writer(mode, parts)
        if writer is None:
            yield quoted
            return
        hits = self.search(question, k=8, actor=actor, history=history) if quoted.status == "answered" else []
        if hits:
            note("write")
        for answer in write(quoted, hits, writer, plain=plain, stop=stop):
            yield replace(answer, seconds=time.perf_counter() - started)

    def _writer(self, mode: str | None, parts: Parts) -> Writer | None:
        chosen = mode if mode and mode != "auto" else self.settings.answer_mode
        if chosen == "quote":
            return None
        if chosen != "llm":
            raise UsageError(f"Onbekende manier van antwoorden '{chosen}'. Kies uit: auto, quote, llm.")
        if self._model is None:
            raise UsageError(
                "Voor --mode llm zijn de instellingen llm_base_url en llm_model nodig. Zie: assistant doctor"
            )
        checker = Checker(parts.vocabulary, similarity_of(parts.encoder))
        return Writer(self._model, checker, parts.snapshot, parts.vocabulary)

    def search(self, question: str, *, k: int = 10, actor: str | None = None, history: Sequence[str] = ()) -> list[Hit]:
        """The k passages nearest to a question, best first; see `ask` for the arguments and errors."""
        parts = self.parts
        earlier = [_sound(text) for text in history]
        understood = understand(_sound(question), parts.vocabulary, parts.snapshot.lexical.correct, actor, earlier)
        return retrieve(understood, parts.snapshot, parts.encoder, parts.vocabulary, k=k)

    @property
    def parts(self) -> Parts:
        """The opened parts; a snapshot published since the last question takes the place of the old one.

        One that cannot be opened does not: that is logged, and the old one goes on serving.
        """
        parts = self._parts
        published = published_id(self.settings.index)
        if parts is not None and published in {None, self._refused, parts.snapshot.manifest.id}:
            return parts
        with self._lock:
            if self._parts is None:
                self._parts = self._opened()
            elif published not in {None, self._refused, self._parts.snapshot.manifest.id}:
                try:
                    # The old snapshot is not closed: another thread may still be reading from it.
                    self._parts = self._opened()
                except FailedError as error:
                    # What serves goes on serving; the command line says the same to who asks there.
                    _log.warning("%s", error)
                    self._refused = published
            return self._parts

    def _opened(self) -> Parts:
        snapshot = open_published(self.settings.index, self.encoder, self.settings.chroma_url)
        return parts_of(snapshot, self.encoder, self.settings.corpus)


def _sound(text: str) -> str:
    """A text without halves of surrogate pairs, which no encoder takes: they come from broken bytes or JSON escapes."""
    return text.encode(errors="replace").decode()
