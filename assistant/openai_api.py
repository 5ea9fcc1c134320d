"""The assistant as a model behind the OpenAI chat protocol, so that any chat front end can use it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict

from assistant.assistant import Assistant
from assistant.cite import shift_marks
from assistant.errors import AssistantError
from assistant.place import place_of
from assistant.present import answer_json, citation_json
from assistant.text import plain as plain_text
from assistant.types import Answer, Citation

MODEL = "opleidingsassistent"
_SUFFIXES = {"": (None, False), "-citaat": ("quote", False), "-eenvoudig": ("llm", True)}
_END = object()
LOOK = 0.2  # seconds between looks whether the client is still there


class Message(BaseModel):
    """One turn; content is text, or parts of which the texts count."""

    model_config = ConfigDict(extra="ignore")
    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The words of the turn."""
        if isinstance(self.content, list):
            return "\n".join(
                str(part.get("text", "")) for part in self.content if part.get("type") in {"text", "input_text"}
            )
        return self.content or ""


class ChatRequest(BaseModel):
    """A chat completion request; what does not apply to us (temperature, tools …) is ignored."""

    model_config = ConfigDict(extra="ignore")
    model: str
    messages: list[Message]
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    actor: str | None = None


@dataclass(frozen=True)
class _Ask:
    """A chat request as a question to the assistant."""

    question: str
    history: tuple[str, ...]
    actor: str | None
    mode: str | None
    plain: bool
    model: str
    usage: bool
    id: str
    created: int


def add_openai_routes(router: APIRouter, assistant: Assistant) -> None:
    """Add /v1/models and /v1/chat/completions."""

    @router.get("/v1/models", summary="OpenAI-compatibel: de modellen")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(name) for name in _names(assistant)]}

    @router.get("/v1/models/{name}", summary="OpenAI-compatibel: een model", response_model=None)
    def model(name: str) -> dict[str, Any] | Response:
        return (
            _model(name)
            if name in _names(assistant)
            else _error(f"Het model '{name}' bestaat niet.", 404, "model_not_found")
        )

    @router.post("/v1/chat/completions", summary="OpenAI-compatibel: chat, ook als stroom", response_model=None)
    def chat(body: ChatRequest, request: Request) -> Response:
        """De laatste user-boodschap is de vraag, eerdere zijn de geschiedenis; onder het antwoord staan de bronnen."""
        if body.model not in _names(assistant):
            return _error(f"Het model '{body.model}' bestaat niet.", 404, "model_not_found")
        asked = [m.text for m in body.messages if m.role == "user"]
        if not asked or not body.messages or body.messages[-1].role != "user":
            return _error("De laatste boodschap moet een vraag zijn, met rol 'user'.", 400, "invalid_messages")
        mode, simpler = _SUFFIXES[body.model.removeprefix(MODEL)]
        usage = bool((body.stream_options or {}).get("include_usage"))
        ask = _Ask(
            asked[-1],
            tuple(asked[:-1][-6:]),
            body.actor,
            mode,
            simpler,
            body.model,
            usage,
            f"chatcmpl-{uuid.uuid4().hex}",
            int(time.time()),
        )
        if not body.stream:
            return JSONResponse(
                _completion(
                    ask, assistant.ask(ask.question, actor=ask.actor, history=ask.history, mode=mode, plain=simpler)
                )
            )
        stop = threading.Event()
        pieces = _pieces(ask, assistant, stop)
        # The first piece is made before the response starts, so that a wrong question still gets its status.
        first = next(pieces)
        return StreamingResponse(
            _events(request, first, pieces, stop), media_type="text/event-stream", headers={"Cache-Control": "no-cache"}
        )


def _names(assistant: Assistant) -> list[str]:
    with_model = assistant.settings.answer_mode == "llm"
    return [MODEL + suffix for suffix, (mode, _) in _SUFFIXES.items() if mode != "llm" or with_model]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _error(message: str, status: int, code: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error", "code": code}}, status)


def sources_text(citations: Sequence[Citation], language: str) -> str:
    """The sources under an answer, as Markdown; empty when there are none."""
    rows = []
    for citation in citations:
        place = place_of(citation, language)
        quote = " ".join(plain_text(citation.quote).split())
        rows.append(f"- [{citation.n}] {place}: “{quote}”" + (f" ({citation.url})" if citation.url else ""))
    title = "Sources" if language == "en" else "Bronnen"
    return f"\n\n**{title}**\n\n" + "\n".join(rows) if rows else ""


def _tail(answer: Answer) -> str:
    notices = "".join(f"\n\n*{notice}*" for notice in answer.notices)
    return notices + sources_text(answer.citations, answer.understood.language)


def _completion(ask: _Ask, answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text + _tail(answer)}
    return {
        "id": ask.id,
        "object": "chat.completion",
        "created": ask.created,
        "model": ask.model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "citations": [citation_json(c) for c in answer.citations],
        "answer": answer_json(answer),
    }


def _usage(answer: Answer) -> dict[str, int]:
    made = answer.generation
    asked, given = (made.prompt_tokens or 0, made.completion_tokens or 0) if made else (0, 0)
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def _pieces(ask: _Ask, assistant: Assistant, stop: threading.Event) -> Iterator[str]:
    """Server-sent events of an answer as it grows."""
    said, answer = "", None
    used = 0
    try:
        for answer in assistant.stream(
            ask.question, actor=ask.actor, history=ask.history, mode=ask.mode, plain=ask.plain, stop=stop
        ):
            if answer.text.startswith(said):
                if len(answer.text) > len(said):
                    yield _chunk(ask, {"role": "assistant", "content": answer.text[len(said) :]})
                said, used = answer.text, len(answer.citations)
            else:
                # What was said stays said, and was proven; the quotes follow it with numbers of their own.
                yield _chunk(ask, {"content": "\n\n---\n\n" + shift_marks(answer.text, used)})
                moved = tuple(_renumbered(c, used) for c in answer.citations)
                yield _chunk(
                    ask,
                    {
                        "content": "".join(f"\n\n*{n}*" for n in answer.notices)
                        + sources_text(moved, answer.understood.language)
                    },
                )
                yield _last(ask, answer)
                return
    except AssistantError:
        if not said:
            raise
        yield f"data: {json.dumps({'error': {'message': 'De assistent viel stil.', 'type': 'server_error'}})}\n\n"
        return
    if answer is not None:
        yield _chunk(ask, {"content": _tail(answer)})
        yield _last(ask, answer)


def _renumbered(citation: Citation, by: int) -> Citation:
    return replace(citation, n=citation.n + by)


def _chunk(ask: _Ask, delta: dict[str, Any], finish: str | None = None, **more: object) -> str:
    return _event(ask, [{"index": 0, "delta": delta, "finish_reason": finish}], **more)


def _event(ask: _Ask, choices: list[dict[str, Any]], **more: object) -> str:
    row = {"id": ask.id, "object": "chat.completion.chunk", "created": ask.created, "model": ask.model}
    return f"data: {json.dumps({**row, 'choices': choices, **more}, ensure_ascii=False)}\n\n"


def _last(ask: _Ask, answer: Answer) -> str:
    end = _chunk(ask, {}, "stop", citations=[citation_json(c) for c in answer.citations])
    if ask.usage:
        end += _event(ask, [], usage=_usage(answer))
    return end + "data: [DONE]\n\n"


async def _events(request: Request, first: str, pieces: Iterator[str], stop: threading.Event) -> AsyncIterator[str]:
    """The pieces for the server; when the client leaves, the request to the model ends at once."""
    try:
        yield first
        while True:
            waiting = asyncio.ensure_future(anyio.to_thread.run_sync(next, pieces, _END))
            # A server tells that the client has left only when asked, or with the next piece, which may be far away.
            while not (await asyncio.wait({waiting}, timeout=LOOK))[0]:
                if await request.is_disconnected():
                    stop.set()
            piece = await waiting
            if piece is _END or stop.is_set():
                return
            yield str(piece)
    finally:
        stop.set()
