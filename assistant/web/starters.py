"""Six questions to start with: those of starters.yaml for the role chosen, filled up from the question bank."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.answer import answer_question
from assistant.assistant import Assistant
from assistant.web.texts import Language

STARTERS = 6
_FILE = Path(__file__).with_name("starters.yaml")
# What shows well on a small button.
_SHORTEST, _LONGEST = 18, 75


class Starters:
    """Finds the questions once for each role, language and snapshot: each is put to the assistant first."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._found: dict[tuple[str, str | None, Language], tuple[str, ...]] = {}

    def of(self, role: str | None, language: Language) -> tuple[str, ...]:
        """Up to six questions that the documents answer, for a role or for nobody in particular."""
        key = (self._assistant.snapshot.manifest.id, role, language)
        if key not in self._found:
            self._found[key] = self._find(role, language)
        return self._found[key]

    def _find(self, role: str | None, language: Language) -> tuple[str, ...]:
        chosen: list[str] = []
        for document, question in (*self._written(role, language), *self._asked(role, language)):
            if question not in chosen and self._answers(question, role, document):
                chosen.append(question)
            if len(chosen) == STARTERS:
                break
        return tuple(chosen)

    def _written(self, role: str | None, language: Language) -> Iterator[tuple[str, str]]:
        starters, known = _starters(), self._assistant.vocabulary.role(role)
        rows = starters.get(role or "none") or starters.get(known.actor if known else "") or []
        for document, dutch, english in rows:
            if document in self._assistant.snapshot.documents:
                yield document, english if language == "en" else dutch

    def _asked(self, role: str | None, language: Language) -> Iterator[tuple[str, str]]:
        """One question of the bank for each section that speaks to the role."""
        snapshot, known = self._assistant.snapshot, self._assistant.vocabulary.role(role)
        sections: set[tuple[str, ...]] = set()
        for passage, questions in zip(snapshot.passages, snapshot.questions, strict=True):
            section = (passage.document, *passage.section)
            if section in sections or (known and known.actor not in (*passage.actors, *passage.audience)):
                continue
            wanted = questions[-1:] if language == "en" else questions
            for question in wanted:
                if _SHORTEST <= len(question) <= _LONGEST and question.endswith("?"):
                    sections.add(section)
                    yield passage.document, question[0].upper() + question[1:]
                    break

    def _answers(self, question: str, role: str | None, document: str) -> bool:
        known = self._assistant.vocabulary.role(role)
        # Not `ask`: nobody asked it, so nobody is to hear of it, and a language model need not be put to work.
        answer = answer_question(question, self._assistant.parts, known.actor if known else None)
        return answer.status == "answered" and any(citation.document == document for citation in answer.citations)


@lru_cache(maxsize=1)
def _starters() -> dict[str, list[tuple[str, str, str]]]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {role: [(str(d), str(nl), str(en)) for d, nl, en in rows] for role, rows in raw.items()}
