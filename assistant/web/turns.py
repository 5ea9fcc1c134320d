"""Questions as the browser sends them → turns of the conversation: an answer, or the sentence that says why none."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import cite
from assistant.assistant import Assistant
from assistant.errors import AssistantError, UsageError
from assistant.types import Answer, Citation
from assistant.web.texts import TEXTS, Language

# The questions before this one that may explain it, and the other sections that are shown beside an answer.
HISTORY, ALSO = 6, 3
MAX_QUESTION = 1_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the role it is asked in, whether it stands alone, and the sources that its answer had before."""

    question: str
    role: str | None = None
    alone: bool = False
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it.

    `changed` says that a source is not what it was when this was first asked; `made` tells an answer given again
    from the one before it, even when both say the same.
    """

    number: int
    asked: Asked
    answer: Answer | None = None
    also: tuple[Citation, ...] = ()
    changed: bool = False
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


def asked_from(sent: object, actors: Mapping[str, object]) -> Asked:
    """What a browser sent, with everything that is not as it should be left out."""
    fields = sent if isinstance(sent, dict) else {}
    role, versions = fields.get("role"), fields.get("versions")
    known = versions.items() if isinstance(versions, dict) else ()
    return Asked(
        question=str(fields.get("question") or "").strip(),
        role=role if isinstance(role, str) and role in actors else None,
        alone=fields.get("alone") is True,
        versions=tuple((str(document), str(version)) for document, version in known),
    )


def take_turn(asked: Asked, earlier: Sequence[Turn], assistant: Assistant, language: Language) -> Turn:
    """Answer a question; what goes wrong becomes a turn that says so."""
    number, made = (earlier[-1].number + 1 if earlier else 1), time.monotonic_ns()
    history = [] if asked.alone else [turn.question for turn in earlier][-HISTORY:]
    try:
        answer = assistant.ask(asked.question, actor=asked.role, history=history)
        also = _also(answer, asked, history, assistant) if answer.status == "answered" else ()
    except AssistantError as error:
        return Turn(number, asked, failure=str(error), users_fault=isinstance(error, UsageError), made=made)
    except Exception:
        _LOG.exception("a question could not be answered")
        return Turn(number, asked, failure=TEXTS[language]["failed_what"], made=made)
    return Turn(number, asked, answer, also, changed=_changed(asked, assistant), made=made)


def _also(answer: Answer, asked: Asked, history: Sequence[str], assistant: Assistant) -> tuple[Citation, ...]:
    """The best passages of other sections than those cited, one of each."""
    seen = {(citation.document, citation.section) for citation in answer.citations}
    found: list[Citation] = []
    for hit in assistant.search(asked.question, k=40, actor=asked.role, history=history):
        place = (hit.passage.document, hit.passage.section)
        if place not in seen and hit.passage.kind != "heading" and len(found) < ALSO:
            seen.add(place)
            found.append(cite(hit.passage, len(found) + 1, assistant.snapshot))
    return tuple(found)


def _changed(asked: Asked, assistant: Assistant) -> bool:
    documents = assistant.snapshot.documents
    return any(
        document not in documents or documents[document].sha256 != version for document, version in asked.versions
    )
