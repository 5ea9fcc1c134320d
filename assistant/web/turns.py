"""Questions as the browser sends them → turns of the conversation: an answer, or the sentence that says why none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer import cite
from assistant.assistant import Assistant
from assistant.errors import AssistantError, UsageError
from assistant.types import Answer, Citation
from assistant.vocabulary import Vocabulary
from assistant.web.given import Given, Seal, Sealed
from assistant.web.running import Run
from assistant.web.texts import TEXTS, Language

# The questions before this one that may explain it, and the other sections that are shown beside an answer.
HISTORY, ALSO = 6, 3
MAX_QUESTION = 1_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: in which role, whether it stands alone, whether in plain language, and what came of it before."""

    question: str
    role: str | None = None
    alone: bool = False
    plain: bool = False
    versions: tuple[tuple[str, str], ...] = ()
    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it.

    `changed` are the titles of the sources that are not what they were when this was first asked; `reopened` is the
    day on which an answer was given that is shown as it was then; `made` tells an answer given again from the one
    before it, even when both say the same.
    """

    number: int
    asked: Asked
    answer: Answer | None = None
    also: tuple[Citation, ...] = ()
    changed: tuple[str, ...] = ()
    reopened: str = ""
    sealed: Sealed | None = None
    failure: str = ""
    users_fault: bool = False
    verdict: str = ""
    verdict_id: int = 0
    reasons_given: bool = False
    made: int = 0

    @property
    def question(self) -> str:
        """The question as it is shown."""
        return self.asked.question[: MAX_QUESTION + 1]

    @property
    def versions(self) -> dict[str, str]:
        """The documents that the answer quotes, each with the version quoted."""
        return {citation.document: citation.version for citation in self.answer.citations} if self.answer else {}

    @property
    def kept(self) -> dict[str, object]:
        """What the browser keeps of it, and sends when the conversation is reopened; see `asked_from`."""
        asked = self.asked
        kept: dict[str, object] = {"question": self.question, "role": asked.role, "versions": self.versions}
        kept.update({name: True for name, value in (("alone", asked.alone), ("plain", asked.plain)) if value})
        if self.sealed:
            kept.update(given=self.sealed.text, seal=self.sealed.seal)
        return kept


def asked_from(sent: object, vocabulary: Vocabulary) -> Asked:
    """What a browser sent, with everything that is not as it should be left out."""
    fields = sent if isinstance(sent, dict) else {}
    role, versions = fields.get("role"), fields.get("versions")
    given, seal = fields.get("given"), fields.get("seal")
    known = versions.items() if isinstance(versions, dict) else ()
    return Asked(
        # Halves of surrogate pairs come from broken clients; no file and no page can hold them.
        question=str(fields.get("question") or "").encode(errors="replace").decode().strip(),
        role=role if isinstance(role, str) and vocabulary.role(role) else None,
        alone=fields.get("alone") is True,
        plain=fields.get("plain") is True,
        versions=tuple((str(document), str(version)) for document, version in known),
        sealed=Sealed(given, seal) if isinstance(given, str) and isinstance(seal, str) else None,
    )


class Desk:
    """Answers the questions of conversations, and takes back the answers that it gave."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._seal = Seal(assistant.settings.index)

    def take(
        self,
        asked: Asked,
        earlier: Sequence[Turn],
        language: Language,
        run: Run | None = None,
        show: Callable[[Answer], str] | None = None,
        mode: str | None = None,
    ) -> Turn:
        """Answer a question; what goes wrong becomes a turn that says so.

        Args:
            asked: the question.
            earlier: the turns before it.
            language: the language of what goes wrong.
            run: is told how far it is, and can stop a language model.
            show: gives the HTML of an answer that is still growing, for `run`.
            mode: as in Assistant.ask.
        """
        number, made = _number(earlier), time.monotonic_ns()
        history = [] if asked.alone else [turn.question for turn in earlier][-HISTORY:]
        actor = _actor(asked, self._assistant)
        try:
            answer = self._answer(asked, actor, history, run or Run(), show, mode)
            also = self._also(answer, asked, actor, history) if answer.status == "answered" else ()
        except AssistantError as error:
            return Turn(number, asked, failure=str(error), users_fault=isinstance(error, UsageError), made=made)
        except Exception:
            _LOG.exception("a question could not be answered")
            return Turn(number, asked, failure=TEXTS[language]["failed_what"], made=made)
        sealed = self._seal.close(Given(asked.question, date.today().isoformat(), answer, also))
        return Turn(number, asked, answer, also, self._changed(asked.versions), sealed=sealed, made=made)

    def reopen(self, asked: Asked, earlier: Sequence[Turn], language: Language) -> Turn:
        """The answer as it was given; one whose seal is not ours is asked anew, without a language model."""
        given = self._seal.open(asked.sealed, asked.question) if asked.sealed else None
        if given is None:
            return self.take(asked, earlier, language, mode="quote")
        cited = {citation.document: citation.version for citation in given.answer.citations}
        return Turn(
            number=_number(earlier),
            asked=asked,
            answer=given.answer,
            also=given.also,
            changed=self._changed(tuple(cited.items()), {c.document: c.title for c in given.answer.citations}),
            reopened=given.day,
            sealed=asked.sealed,
            made=time.monotonic_ns(),
        )

    def _answer(
        self,
        asked: Asked,
        actor: str | None,
        history: Sequence[str],
        run: Run,
        show: Callable[[Answer], str] | None,
        mode: str | None,
    ) -> Answer:
        """The last of the answers that come; those before it are shown as they grow."""
        last: Answer | None = None
        for answer in self._assistant.stream(
            asked.question, actor=actor, history=history, mode=mode, plain=asked.plain, stop=run.stop, note=run.at
        ):
            last = answer
            if show is not None and answer.mode == "llm" and answer.generation is None:
                run.shows(show(answer))
        if last is None:
            raise AssertionError("the assistant gave no answer at all")
        return last

    def _also(self, answer: Answer, asked: Asked, actor: str | None, history: Sequence[str]) -> tuple[Citation, ...]:
        """The best passages of other sections than those cited, one of each."""
        seen = {(citation.document, citation.section) for citation in answer.citations}
        found: list[Citation] = []
        for hit in self._assistant.search(asked.question, k=40, actor=actor, history=history):
            place = (hit.passage.document, hit.passage.section)
            if place not in seen and hit.passage.kind != "heading" and len(found) < ALSO:
                seen.add(place)
                found.append(cite(hit.passage, len(found) + 1, self._assistant.snapshot))
        return tuple(found)

    def _changed(self, versions: Sequence[tuple[str, str]], titles: dict[str, str] | None = None) -> tuple[str, ...]:
        """The titles of those documents that are not of this version any more, or gone."""
        now = self._assistant.snapshot.documents
        return tuple(
            now[document].title if document in now else (titles or {}).get(document, document)
            for document, version in versions
            if document not in now or now[document].sha256 != version
        )


def _number(earlier: Sequence[Turn]) -> int:
    return earlier[-1].number + 1 if earlier else 1


def _actor(asked: Asked, assistant: Assistant) -> str | None:
    role = assistant.vocabulary.role(asked.role)
    return role.actor if role else None
