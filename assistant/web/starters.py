"""Six questions to start with: from the question bank, fit for the role chosen, spread over the documents."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.assistant import Assistant
from assistant.types import Passage
from assistant.web.texts import Language

STARTERS = 6
# What shows best on a small button.
_SHORTEST, _LONGEST = 18, 75


def starter_questions(assistant: Assistant, role: str | None, language: Language) -> tuple[str, ...]:
    """Questions that the assistant answers from what the documents say to a role; any passage when nobody is chosen."""
    chosen: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for spread in (_place, _section, lambda passage: (passage.id,)):
        for passage, question in _candidates(assistant, role, language):
            if len(chosen) == STARTERS:
                return tuple(chosen)
            if spread(passage) not in seen and question not in chosen and _answered(assistant, question, role, passage):
                seen |= {spread(passage), _section(passage), (passage.id,)}
                chosen.append(question)
    return tuple(chosen)
