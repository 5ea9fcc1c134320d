"""Messages → a stream of text from any OpenAI-compatible endpoint, within one budget. The only door to LLM clients.

Nothing is imported or sent before the first question that needs it. Every failure is a `ModelError` whose text is ours:
what an endpoint replies, the key among it, never gets into an error or a log line.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import ModelError, UsageError
from assistant.failures import Breaker, failure
from assistant.settings import Settings

FIRST_TOKEN = 0.45  # of the budget: a local server may have to load the model first
STALL = 0.25  # of the budget: silence in the middle of an answer
MAX_CHARACTERS = 20_000  # a model that does not stop is stopped
LOADING = 30.0  # seconds that loading the client library may take
_TICK = 0.1
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a stream: why the model stopped (`stop`, `length`) and what it counted, where it says so."""

    finish: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, eq=False)
class ChatModel:
    """A chat model at an endpoint. The key is not in its repr."""

    name: str
    base_url: str
    seconds: float
    _key: str = field(repr=False)
    breaker: Breaker = field(default_factory=Breaker, repr=False)

    def stream(self, messages: Mapping[str, str], stop: threading.Event | None = None) -> Iterator[str | Done]:
        """Send messages (role → text) and give the reply as it comes, a `Done` last.

        Closing the iterator, or setting `stop`, ends the request at the endpoint.

        Raises:
            ModelError: no usable reply within the budget; the part that was given before must then be thrown away.
        """
        if stop is not None and stop.is_set():
            raise failure("stopped")
        try:
            self.breaker.check()
        except ModelError as error:
            _log.warning("llm %s: not asked", error.reason)
            raise
        call = _Call(self, messages, stop or threading.Event())
        try:
            yield from call.run()
        except ModelError as error:
            if error.reason != "stopped":
                self.breaker.note(False)
            _log.warning("llm %s: %s", error.reason, call.detail or "-")
            raise
        self.breaker.note(True)


def load_model(settings: Settings) -> ChatModel | None:
    """The model that the settings name, or None when they name none.

    Raises:
        UsageError: the address is not an http(s) address, or holds a name and password.
    """
    if not (settings.llm_base_url and settings.llm_model):
        return None
    parts = urlsplit(settings.llm_base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise UsageError(
            "Instelling llm_base_url moet een adres zijn als http://127.0.0.1:11434/v1, zonder naam, wachtwoord of "
            "vraagteken; de sleutel hoort in llm_api_key."
        )
    return ChatModel(settings.llm_model, settings.llm_base_url.rstrip("/"), settings.llm_seconds, settings.llm_api_key)


class _Call:
    """One request: a thread reads the reply into a queue, the caller waits for it no longer than the budget."""

    def __init__(self, model: ChatModel, messages: Mapping[str, str], stop: threading.Event) -> None:
        self.model, self.messages, self.stop = model, messages, stop
        self.detail = ""
        self._queue: queue.Queue[str | Done | ModelError] = queue.Queue()
        self._over = threading.Event()
        self._sent = threading.Event()
        self._socket: socket.socket | None = None
        self._streams = True

    def run(self) -> Iterator[str | Done]:
        budget = self.model.seconds
        threading.Thread(target=self._read, name="llm", daemon=True).start()
        # Loading the client library takes seconds, once: no part of the time that the endpoint gets.
        loaded = time.monotonic() + LOADING
        while not (self._sent.wait(_TICK) or self.stop.is_set() or time.monotonic() > loaded):
            pass
        started = time.monotonic()
        heard = started
        first, length = True, 0
        try:
            while True:
                limit = min(started + budget, heard + budget * (FIRST_TOKEN if first else STALL))
                item = self._next(
                    limit, "budget" if limit == started + budget else "first_token" if first else "stalled"
                )
                if isinstance(item, ModelError):
                    raise item
                if isinstance(item, Done):
                    if not length:
                        raise failure("empty")
                    yield item
                    return
                if item:
                    first, heard, length = False, time.monotonic(), length + len(item)
                    if length > MAX_CHARACTERS:
                        raise failure("garbage")
                    yield item
        finally:
            self._hang_up()

    def _next(self, limit: float, late: str) -> str | Done | ModelError:
        while True:
            if self.stop.is_set():
                raise failure("stopped")
            left = limit - time.monotonic()
            try:
                return self._queue.get(timeout=max(0.0, min(_TICK, left)))
            except queue.Empty:
                if left <= 0:
                    raise failure(late) from None

    def _hang_up(self) -> None:
        """End the connection, so that the endpoint stops working for nobody; wakes the reading thread."""
        self._over.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it may have closed already
                self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        try:
            for item in self._replies():
                if self._over.is_set():
                    return
                self._queue.put(item)
        except Exception as error:  # clients raise whatever a strange reply makes them stumble over
            reason, self.detail = _reason(error)
            self._queue.put(failure(reason))
        finally:
            self._sent.set()

    def _replies(self) -> Iterator[str | Done]:
        import httpx
        from llama_index.core.llms import ChatMessage
        from llama_index.llms.openai_like import OpenAILike

        host = urlsplit(self.model.base_url).hostname
        # An endpoint on this machine is never reached through a proxy.
        hooks = {"request": [self._request], "response": [self._response]}
        with httpx.Client(trust_env=host not in _LOOPBACK, event_hooks=hooks, follow_redirects=False) as client:
            llm = OpenAILike(
                model=self.model.name,
                api_base=self.model.base_url,
                api_key=self.model._key or "none",
                is_chat_model=True,
                max_retries=0,
                timeout=self.model.seconds,
                temperature=0.0,
                reuse_client=False,
                http_client=client,
                additional_kwargs={"stream_options": {"include_usage": True}},
            )
            finish, usage = "", None
            for chunk in llm.stream_chat(
                [ChatMessage(role=role, content=text) for role, text in self.messages.items()]
            ):
                raw: Any = chunk.raw
                finish = (raw.choices[0].finish_reason if raw.choices else "") or finish
                usage = getattr(raw, "usage", None) or usage
                yield chunk.delta or ""
        if not finish:
            raise failure("cut" if self._streams else "garbage")
        yield Done(finish, getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))

    def _request(self, request: Any) -> None:  # noqa: ANN401 - an httpx.Request, imported only when used
        """Send no more than is needed: no figures on this machine, no organisation from the environment."""
        for header in list(request.headers):
            if header.lower().startswith(("x-stainless", "openai-")):
                del request.headers[header]
        if self._over.is_set():
            raise failure("stopped")
        request.extensions["trace"] = self._trace
        self._sent.set()

    def _response(self, response: Any) -> None:  # noqa: ANN401 - an httpx.Response, imported only when used
        """A page of a proxy or a portal comes with status 200 too, and holds no events at all."""
        self._streams = "html" not in response.headers.get("content-type", "")

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._over.is_set():
                self._hang_up()


def _reason(error: Exception) -> tuple[str, str]:
    """(reason, what the log may say) of whatever a client raised; never its text, which may repeat the request."""
    import httpx
    import openai

    if isinstance(error, ModelError):
        return error.reason, ""
    detail = type(error).__name__
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        known = {401: "key", 403: "key", 404: "not_found", 429: "busy"}
        return known.get(status, "server" if status >= 500 else "request"), f"HTTP {status}"
    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        return "budget", detail
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return "unreachable", detail
    if isinstance(error, httpx.TransportError | OSError):
        return "cut", detail
    if isinstance(error, openai.APIError):
        return "server", detail
    return "garbage", detail
