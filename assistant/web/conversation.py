"""Turns of the conversation → HTML. Everything from a user or a document is escaped here, in proof or in richtext."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from assistant.assistant import Assistant
from assistant.types import Answer
from assistant.web.proof import body_html, cards_html, copy_text, generation_html, near_html, notices_html
from assistant.web.richtext import to_html
from assistant.web.texts import TEXTS, Language
from assistant.web.turns import Turn
from assistant.web.understood import again, day_of, understood_html

# What can be wrong with an answer; the names are what is stored.
REASONS = ("wrong", "incomplete", "irrelevant", "source")
_ICONS = {
    "refused": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M8 10.5h5"/>',
    "failed": '<path d="M12 3.5 2.5 20h19zM12 10v4.5M12 17.2v.3"/>',
    "chitchat": '<path d="M4 5h16v11H9l-5 4z"/>',
    "up": '<path d="M7 20H4v-9h3zm0-9 4-8c2 0 3 1.200 2.500 3.500L13 9h5.500c1.500 0 2.300 1 2 2.500l-1.300 6.500'
    'c-.3 1.200-1.200 2-2.500 2H7"/>',
}


def conversation_html(turns: Sequence[Turn], assistant: Assistant, language: Language) -> str:
    """All turns, oldest first."""
    return f'<div class="turns">{"".join(_turn(turn, assistant, language) for turn in turns)}</div>'


def _contact(answer: Answer, assistant: Assistant, say: dict[str, str]) -> str:
    """Whom to ask when the documents do not say it: the address of a near document, else one that says it is not."""
    documents = assistant.snapshot.documents
    near = [documents[c.document] for c in answer.nearest if c.document in documents]
    found = next((document for document in (*near, *documents.values()) if document.contact), None)
    if found is None:
        return ""
    address, title = escape(found.contact or ""), escape(found.title)
    link = f'<a href="mailto:{address}">{address}</a>' if "@" in address else address
    words = say["contact" if found in near else "contact_elsewhere"]
    return f'<p class="contact">{words} {link} <span>({title})</span></p>'


def _turn(turn: Turn, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    edit = (
        f'<button type="button" class="quiet" data-edit="{turn.number}" data-question="{escape(turn.question)}">'
        f"{say['edit']}</button>"
    )
    head = f'<div class="asked"><h2 class="sr">{say["you"]}</h2><p>{escape(turn.question)}</p>{edit}</div>'
    if turn.answer is None:
        told = _failed(turn, say)
    elif turn.answer.status == "answered":
        told = _answered(turn, turn.answer, assistant, language)
    else:
        told = _refused(turn, turn.answer, assistant, language)
    keep = escape(json.dumps(turn.kept, ensure_ascii=False))
    data = f'id="beurt-{turn.number}" data-made="{turn.made}" data-keep="{keep}"'
    return f'<article class="turn" {data}>{head}{told}</article>'


def _answered(turn: Turn, answer: Answer, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    basis = say["from_text"] if answer.mode != "llm" else say["from_model_plain" if turn.asked.plain else "from_model"]
    number = len(answer.citations)
    above, below = notices_html(answer)
    told = say["say_one"] if number == 1 else say["say_answer"].format(n=number)
    also = ""
    if turn.also:
        shown = near_html(turn.also, language)
        also = f'<details class="also"><summary>{say["also"]} ({len(turn.also)})</summary>{shown}</details>'
    return (
        f'<section class="told" tabindex="-1" data-say="{escape(told)}"><div class="said">'
        f'<h2 class="sr">{say["answer"]}</h2>{_changed(turn, say)}{above}'
        f"{body_html(answer, assistant, language)}{below}"
        f'<div class="under"><span class="basis">{basis}</span>'
        f"{understood_html(turn, assistant, language)}{generation_html(answer, language)}</div>"
        f"{_actions(turn, assistant, say, copy_text(answer, language))}</div>"
        f'<div class="proof"><h3 class="label">{say["sources"]}</h3>{cards_html(answer.citations, assistant, language)}'
        f"{also}{_further(answer, say)}</div></section>"
    )


def _refused(turn: Turn, answer: Answer, assistant: Assistant, language: Language) -> str:
    say = TEXTS[language]
    if answer.understood.kind == "chitchat":
        said = f'<div class="said">{_title("chitchat", say)}{to_html(answer.text)}</div>'
        return f'<section class="told chitchat" tabindex="-1">{said}</section>'
    nearest, notices = "", "".join(notices_html(answer))
    if answer.nearest:
        shown = near_html(answer.nearest, language)
        nearest = f'<div class="proof"><h3 class="label">{say["nearest"]}</h3>{shown}</div>'
    return (
        f'<section class="told refused" tabindex="-1"><div class="said">{_title("refused", say)}'
        f"{_changed(turn, say)}<p>{say['refused_why']} {say['rephrase']}</p>{_contact(answer, assistant, say)}{notices}"
        f'<div class="under">{understood_html(turn, assistant, language)}{generation_html(answer, language)}</div>'
        f"{_actions(turn, assistant, say, '')}</div>"
        f"{nearest}</section>"
    )


def _failed(turn: Turn, say: dict[str, str]) -> str:
    if turn.users_fault:
        title, text, retry = say["bad_question"], f"<p>{escape(turn.failure)}</p>", ""
    else:
        title = say["failed"]
        text = f"<p>{escape(turn.failure or say['failed_what'])}</p><p>{say['failed_do']}</p>"
        retry = f'<button type="button" class="chip" {again(turn)}>{say["retry"]}</button>'
    return (
        f'<section class="told failed" tabindex="-1" role="alert">'
        f'<div class="said">{_icon("failed")}<h2>{title}</h2>{text}{retry}</div></section>'
    )


def _actions(turn: Turn, assistant: Assistant, say: dict[str, str], copied: str) -> str:
    """What can be done with an answer: copy it, link to it, ask again, judge it."""
    query = {"q": turn.question, **({"rol": turn.asked.role} if turn.asked.role else {})}
    copy = f'<button type="button" class="quiet" data-copy="{escape(copied)}">{say["copy"]}</button>' if copied else ""
    simpler = ""
    if copied and assistant.settings.answer_mode == "llm":
        words = say["usual_words" if turn.asked.plain else "plain_words"]
        simpler = f'<button type="button" class="quiet" {again(turn, plain=not turn.asked.plain)}>{words}</button>'
    return (
        f'<div class="actions">{copy}'
        f'<button type="button" class="quiet" data-link="/?{escape(urlencode(query))}">{say["link"]}</button>'
        f'<button type="button" class="quiet" {again(turn)}>{say["again"]}</button>{simpler}{_judge(turn, say)}</div>'
        f"{_reasons(turn, say)}"
    )


def _judge(turn: Turn, say: dict[str, str]) -> str:
    buttons = "".join(
        f'<button type="button" class="thumb {verdict}" data-judge="{verdict}" data-turn="{turn.number}" '
        f'aria-pressed="{str(turn.verdict == verdict).lower()}" aria-label="{say["judge_" + verdict]}">'
        f"{_icon('up')}</button>"
        for verdict in ("up", "down")
    )
    told = {"": "", "failed": say["judge_failed"]}.get(turn.verdict, say["thanks"])
    thanks = f'<span class="thanks">{told}</span>' if told else ""
    return f'<span class="judge" role="group" aria-label="{say["judge"]}">{buttons}</span>{thanks}'


def _reasons(turn: Turn, say: dict[str, str]) -> str:
    """What was wrong, asked for after a thumb down."""
    if turn.verdict != "down" or turn.reasons_given:
        return ""
    boxes = "".join(
        f'<label><input type="checkbox" name="reason" value="{reason}"> {say["reason_" + reason]}</label>'
        for reason in REASONS
    )
    return (
        f'<form class="reasons" data-reasons="{turn.number}">'
        f"<fieldset><legend>{say['reasons']}</legend>{boxes}</fieldset>"
        f'<label>{say["remark"]}<textarea name="remark" rows="2" maxlength="1000"></textarea></label>'
        f'<button type="submit" class="chip">{say["send_remark"]}</button></form>'
    )


def _further(answer: Answer, say: dict[str, str]) -> str:
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(question)}">'
        f"{escape(question[:1].upper() + question[1:])}</button></li>"
        for question in answer.suggestions
    )
    if not chips:
        return ""
    return f'<div class="further"><h3 class="label">{say["further"]}</h3><ul class="chips">{chips}</ul></div>'


def _changed(turn: Turn, say: dict[str, str]) -> str:
    """What the reader must know of the sources: that they are not what they were."""
    if not turn.changed:
        return ""
    titles = escape(", ".join(turn.changed))
    if not turn.reopened:
        return f'<p class="notice changed">{say["source_changed"].format(titles=titles)}</p>'
    told = say["source_changed_since"].format(day=escape(day_of(turn.reopened)), titles=titles)
    button = f'<button type="button" class="chip small" {again(turn)}>{say["ask_anew"]}</button>'
    return f'<p class="notice changed">{told} {button}</p>'


def _title(kind: str, say: dict[str, str]) -> str:
    return f"{_icon(kind)}<h2>{say[kind]}</h2>"


def _icon(kind: str) -> str:
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{_ICONS[kind]}</svg>'
