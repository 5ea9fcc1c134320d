"""Keeps the questions that the documents did not answer well, where the operator switched that on."""

from __future__ import annotations

import logging

from assistant.assistant import Assistant
from assistant.beheer.gaps import Questions
from assistant.errors import FailedError
from assistant.text import STOP, fold
from assistant.types import Answer

_LOG = logging.getLogger(__name__)


def listen(assistant: Assistant) -> Questions:
    """The file of kept questions; from now on the assistant's answers come by there, unless that is switched off."""
    questions = Questions(assistant.settings.index, assistant.settings.keep_questions_days)
    if questions.days > 0:

        def hear(answer: Answer) -> None:
            words = assistant.snapshot.lexical.words
            try:
                questions.keep(answer, lambda word: (own := fold(word)) in STOP or own in words)
            except FailedError as error:
                _LOG.warning("%s", error)  # the answer itself goes on

        assistant.heard = hear
    return questions
