"""The Gradio page: three pieces of our own HTML, and three events that bring them up to date."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import AssistantError, UsageError
from assistant.web.conversation import Turn, conversation_html
from assistant.web.shell import MAX_QUESTION, composer_html, header_html, start_html, tools_html
from assistant.web.starters import Starters
from assistant.web.texts import NAME, TEXTS, Language, language_of

# The conversation that one browser tab can hold, and the questions before this one that may explain it.
TURNS, HISTORY = 40, 6
WAITING, AT_ONCE = 64, 8
_FORGET_AFTER = 3 * 3600
_LOG = logging.getLogger(__name__)
# The names of the events stand here in quotes because Gradio looks for them in this text.
_ATTACH = "window.opleidingsassistent.attach(element, trigger, watch, ['ask', 'setup', 'restart']);"
_Turns = tuple[Turn, ...]


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page, not yet mounted."""
    chat = Chat(assistant)
    with gr.Blocks(title=NAME, analytics_enabled=False, fill_width=True) as page:
        turns = gr.State((), time_to_live=_FORGET_AFTER)
        header = _piece(header_html("/", "nl", tools_html("nl")), "kop")
        talk = _piece(chat.talk((), None, "nl"), "gesprek")
        composer = _piece(composer_html(assistant, None, "nl"), "invoer")
        how: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
        composer.ask(chat.ask, [turns], [talk, turns], concurrency_limit=AT_ONCE, **how)
        composer.setup(chat.setup, [turns], [header, talk, composer], concurrency_limit=AT_ONCE, **how)
        composer.restart(chat.restart, None, [talk, turns], concurrency_limit=AT_ONCE, **how)
    page.queue(api_open=False, max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return page


class Chat:
    """What happens on each event. The browser sends role and language along; the turns stay on the server."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._starters = Starters(assistant)

    def ask(self, event: gr.EventData, turns: _Turns) -> tuple[str, _Turns]:
        """Answer a question; what goes wrong becomes a turn that says so."""
        role, language = self._choices(event)
        question = str(_sent(event).get("question") or "").strip()
        turn = self._answer(question, turns, role, language)
        turns = (*turns, turn)[-TURNS:]
        return self.talk(turns, role, language), turns

    def setup(self, event: gr.EventData, turns: _Turns) -> tuple[str, str, str]:
        """Another role or language: the same conversation in other words."""
        role, language = self._choices(event)
        header = header_html("/", language, tools_html(language))
        return header, self.talk(turns, role, language), composer_html(self._assistant, role, language)

    def restart(self, event: gr.EventData) -> tuple[str, _Turns]:
        """Forget the conversation."""
        role, language = self._choices(event)
        return self.talk((), role, language), ()

    def talk(self, turns: _Turns, role: str | None, language: Language) -> str:
        """The conversation, or the start screen when there is none yet."""
        if turns:
            return conversation_html(turns, self._assistant, language)
        return start_html(self._assistant, self._starters.of(role, language), role, language)

    def _answer(self, question: str, turns: _Turns, role: str | None, language: Language) -> Turn:
        number = turns[-1].number + 1 if turns else 1
        shown = question[: MAX_QUESTION + 1]
        try:
            answer = self._assistant.ask(question, actor=role, history=[turn.question for turn in turns][-HISTORY:])
        except AssistantError as error:
            return Turn(number, shown, failure=str(error), users_fault=isinstance(error, UsageError))
        except Exception:
            _LOG.exception("a question could not be answered")
            return Turn(number, shown, failure=TEXTS[language]["failed_what"])
        return Turn(number, shown, answer)

    def _choices(self, event: gr.EventData) -> tuple[str | None, Language]:
        sent = _sent(event)
        role = str(sent.get("role") or "")
        return (role if role in self._assistant.vocabulary.actors else None), language_of(sent.get("language"))


def _sent(event: gr.EventData) -> dict[str, object]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _piece(html: str, name: str) -> gr.HTML:
    return gr.HTML(html, elem_id=name, js_on_load=_ATTACH, apply_default_css=False, padding=False)
