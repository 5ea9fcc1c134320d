"""The Gradio page: three pieces of our own HTML, and the events that bring them up to date."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import FailedError
from assistant.feedback import Feedback, Verdict
from assistant.web.conversation import REASONS, conversation_html
from assistant.web.proof import body_html
from assistant.web.running import Runs
from assistant.web.shell import composer_html, header_html, start_html, tools_html
from assistant.web.starters import Starters
from assistant.web.texts import NAME, Language, language_of
from assistant.web.turns import Desk, Turn, asked_from

# The conversation that one browser tab can hold.
TURNS = 40
WAITING, AT_ONCE = 64, 8
_FORGET_AFTER = 3 * 3600
_LONGEST_REMARK = 1_000
_LOG = logging.getLogger(__name__)
# The names of the events stand here in quotes because Gradio looks for them in this text.
_ATTACH = "window.opleidingsassistent.attach(element, trigger, watch, ['ask', 'setup', 'restart', 'restore', 'judge']);"
_Turns = tuple[Turn, ...]


def build_page(assistant: Assistant, desk: Desk, runs: Runs) -> gr.Blocks:
    """The page, not yet mounted; `runs` says how far its questions are."""
    chat = Chat(assistant, desk, runs)
    with gr.Blocks(title=NAME, analytics_enabled=False, fill_width=True) as page:
        turns = gr.State((), time_to_live=_FORGET_AFTER)
        header = _piece(header_html("/", "nl", tools_html("nl")), "kop")
        talk = _piece(chat.talk((), None, "nl"), "gesprek")
        composer = _piece(composer_html(assistant, None, "nl"), "invoer")
        how: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "trigger_mode": "multiple",
            "concurrency_limit": AT_ONCE,
        }
        composer.ask(chat.ask, [turns], [talk, turns], **how)
        composer.setup(chat.setup, [turns], [header, talk, composer], **how)
        composer.restart(chat.restart, None, [talk, turns], **how)
        composer.restore(chat.restore, None, [header, talk, composer, turns], **how)
        composer.judge(chat.judge, [turns], [talk, turns], **how)
    page.queue(api_open=False, max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return page


class Chat:
    """What happens on each event. The browser sends role and language along; the turns stay on the server."""

    def __init__(self, assistant: Assistant, desk: Desk, runs: Runs) -> None:
        self._assistant, self._desk, self._runs = assistant, desk, runs
        self._starters = Starters(assistant)
        self._feedback = Feedback(assistant.settings.index)

    def ask(self, event: gr.EventData, turns: _Turns) -> tuple[str, _Turns]:
        """Answer a question; with `at` it takes the place of that turn, and what came after it goes."""
        role, language = self._choices(event)
        sent = _sent(event)
        at = sent.get("at")
        if isinstance(at, int):
            turns = tuple(turn for turn in turns if turn.number < at)
        token = sent.get("token")
        run = self._runs.begin(token)
        try:
            asked = asked_from(sent, self._assistant.vocabulary)
            turn = self._desk.take(asked, turns, language, run, lambda a: body_html(a, self._assistant, language))
        finally:
            self._runs.end(token, run)
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

    def restore(self, event: gr.EventData) -> tuple[str, str, str, _Turns]:
        """The page as the browser kept it: role, language, and a conversation with its answers as they were given."""
        role, language = self._choices(event)
        kept = _sent(event).get("turns")
        turns: _Turns = ()
        for sent in (kept if isinstance(kept, list) else [])[-TURNS:]:
            asked = asked_from(sent, self._assistant.vocabulary)
            turns = (*turns, self._desk.reopen(asked, turns, language))
        header = header_html("/", language, tools_html(language))
        return header, self.talk(turns, role, language), composer_html(self._assistant, role, language), turns

    def judge(self, event: gr.EventData, turns: _Turns) -> tuple[str, _Turns]:
        """Store what the reader thinks of an answer."""
        role, language = self._choices(event)
        sent = _sent(event)
        turns = tuple(self._judged(turn, sent) if turn.number == sent.get("turn") else turn for turn in turns)
        return self.talk(turns, role, language), turns

    def talk(self, turns: _Turns, role: str | None, language: Language) -> str:
        """The conversation, or the start screen when there is none yet."""
        if turns:
            return conversation_html(turns, self._assistant, language)
        return start_html(self._assistant, self._starters.of(role, language), role, language)

    def _judged(self, turn: Turn, sent: dict[str, object]) -> Turn:
        verdict, given = sent.get("verdict"), sent.get("reasons")
        if turn.answer is None or verdict not in ("up", "down"):
            return turn
        reasons = tuple(reason for reason in REASONS if isinstance(given, list) and reason in given)
        stored = Verdict(
            verdict="up" if verdict == "up" else "down",
            question=turn.question,
            status=turn.answer.status,
            answer=turn.answer.text,
            role=turn.asked.role,
            versions=turn.versions,
            reasons=reasons,
            remark=str(sent.get("remark") or "")[:_LONGEST_REMARK],
            id=turn.verdict_id,
        )
        try:
            number = self._feedback.record(stored)
        except FailedError:
            _LOG.exception("a verdict could not be stored")
            return replace(turn, verdict="failed")
        return replace(turn, verdict=str(verdict), verdict_id=number, reasons_given=isinstance(given, list))

    def _choices(self, event: gr.EventData) -> tuple[str | None, Language]:
        sent = _sent(event)
        role = sent.get("chosen", sent.get("role"))
        known = self._assistant.vocabulary.role(role) if isinstance(role, str) else None
        return (known.id if known else None), language_of(sent.get("language"))


def _sent(event: gr.EventData) -> dict[str, object]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _piece(html: str, name: str) -> gr.HTML:
    return gr.HTML(html, elem_id=name, js_on_load=_ATTACH, apply_default_css=False, padding=False)
