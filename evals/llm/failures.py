"""Every way in which a language model fails, over a real connection: what the reader gets, how soon, what is logged."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assistant import Answer, Assistant, Settings
from assistant.failures import FAILURES_TO_OPEN
from assistant.model import FIRST_TOKEN, STALL
from evals.llm.server import MODEL, Exchange, LlmServer, Script, llm_server, says

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
KEY = "sk-geheim-van-de-proef"
AT_ONCE, SLACK = 2.0, 1.0  # seconds: of an endpoint that fails at once, and beside a time limit
FOR_EVER = 600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A way to fail: the reason that the product must give, what the endpoint does, and the share of the budget that
    may pass before the quotes stand; None where nothing has to be waited for."""

    name: str
    reason: str
    script: Script
    share: float | None = None

    def limit(self, budget: float) -> float:
        """Seconds within which the quote answer must stand."""
        return AT_ONCE if self.share is None else self.share * budget + SLACK


@dataclass(frozen=True, slots=True)
class Fallback:
    """What came of a failure. `anew` says that the same question, asked again when the endpoint works, gets the model's
    sentence: nothing of the failure was kept."""

    failure: Failure
    answer: Answer
    quoted: Answer
    seconds: float
    limit: float
    anew: bool
    log: tuple[str, ...]

    @property
    def is_quote(self) -> bool:
        """Whether the reader gets the quote answer, unchanged."""
        return (self.answer.text, self.answer.citations, self.answer.mode) == (
            self.quoted.text,
            self.quoted.citations,
            "quote",
        )

    @property
    def good(self) -> bool:
        """Whether the reader gets the quotes, in time, with one line that says why; the log says it too."""
        return (
            self.is_quote
            and self.anew
            and self.seconds <= self.limit
            and len(self.answer.notices) == 1
            and self.answer.generation is not None
            and self.answer.generation.failure == self.failure.reason
            and any(f"llm {self.failure.reason}:" in line for line in self.log)
        )


def _status(code: int) -> Script:
    """A refusal that repeats the key, as careless endpoints do."""
    return lambda e: e.status(code, json.dumps({"error": {"message": e.handler.headers["Authorization"]}}))


def _silent(exchange: Exchange) -> None:
    exchange.wait(FOR_EVER)


def _slow_start(exchange: Exchange) -> None:
    exchange.start()
    exchange.wait(FOR_EVER)


def _stalls(exchange: Exchange) -> None:
    exchange.start()
    exchange.chunk({"content": "De COC bevordert een veilig opleidingsklimaat [1]. De COC"})
    exchange.wait(FOR_EVER)


def _drips(exchange: Exchange) -> None:
    exchange.start()
    while True:
        exchange.chunk({"content": "de COC "})
        exchange.wait(0.2)


def _cut(exchange: Exchange) -> None:
    exchange.start()
    exchange.chunk({"content": "De COC bevordert een veilig opleidingsklimaat [1]. De COC zorgt"})


def _page(exchange: Exchange) -> None:
    exchange.status(200, "<html><body>Welkom bij de proxy</body></html>", "text/html")


def _no_json(exchange: Exchange) -> None:
    exchange.start()
    exchange.raw("data: {kapot\n\n")


def _empty(exchange: Exchange) -> None:
    exchange.start()
    exchange.end()


def _endless(exchange: Exchange) -> None:
    exchange.start()
    while True:
        exchange.chunk({"content": "De COC bevordert een veilig opleidingsklimaat. " * 40})


FAILURES = (
    Failure("weigert de sleutel (401)", "key", _status(401)),
    Failure("model bestaat niet (404)", "not_found", _status(404)),
    Failure("te druk (429)", "busy", _status(429)),
    Failure("storing (500)", "server", _status(500)),
    Failure("weigert het verzoek (400)", "request", _status(400)),
    Failure("antwoordt niet", "first_token", _silent, FIRST_TOKEN),
    Failure("geen eerste woord", "first_token", _slow_start, FIRST_TOKEN),
    Failure("valt stil halverwege", "stalled", _stalls, STALL),
    Failure("druppelt, wordt niet klaar", "budget", _drips, 1.0),
    Failure("stroom breekt af", "cut", _cut),
    Failure("geeft een webpagina", "garbage", _page),
    Failure("geen JSON", "garbage", _no_json),
    Failure("houdt niet op", "garbage", _endless),
    Failure("leeg antwoord", "empty", _empty),
    Failure("negeert de citeerregel", "unproven", says("De hoofdstad is Ulaanbaatar. De aarde is rond, dat weet ik.")),
)
DOWN = Failure("niet bereikbaar", "unreachable", _silent)
LEFT_ALONE = Failure("met rust gelaten na storingen", "open", _status(500))


def measure_failures(settings: Settings, tell: Callable[[int], None] = lambda step: None) -> Iterator[Fallback]:
    """Let the endpoint fail in each way, each time with an assistant of its own.

    Args:
        settings: corpus, index and `llm_seconds`, the budget; the endpoint is ours.
        tell: called after each.
    """
    with llm_server() as server:
        settings = replace(settings, mode="auto", llm_base_url=server.url, llm_model=MODEL, llm_api_key=KEY)
        _warm(settings, server)
        for failure in (DOWN, *FAILURES, LEFT_ALONE):
            yield measure_failure(failure, settings, server)
            tell(1)


def _warm(settings: Settings, server: LlmServer) -> None:
    """The client library is loaded at the first question, once a process: no part of what a failure costs."""
    server.script = says("Warm [1].")
    Assistant.open(settings).ask(QUESTION)


def measure_failure(failure: Failure, settings: Settings, server: LlmServer) -> Fallback:
    """Let the endpoint of the settings, `server`, fail in one way, and mend it."""
    assistant = Assistant.open(replace(settings, llm_base_url=_closed_port()) if failure is DOWN else settings)
    quoted = assistant.ask(QUESTION, mode="quote")
    server.script = failure.script
    if failure is LEFT_ALONE:
        for _ in range(FAILURES_TO_OPEN):
            assistant.ask(QUESTION)
    with _heard() as lines:
        started = time.perf_counter()
        *_, answer = assistant.stream(QUESTION)
        seconds = time.perf_counter() - started
    # One that is down or left alone is not asked again for a while: then another assistant asks.
    other = Assistant.open(settings) if failure in (DOWN, LEFT_ALONE) else assistant
    limit, anew = failure.limit(settings.llm_seconds), _anew(other, quoted, server)
    return Fallback(failure, answer, quoted, seconds, limit, anew, tuple(lines))


def _anew(assistant: Assistant, quoted: Answer, server: LlmServer) -> bool:
    """Whether the same question, of an endpoint that works, is answered with what it says now."""
    asked = len(server.requests)
    server.script = says(f"{quoted.citations[0].quote.strip().rstrip('.;')} [1].")
    answer = assistant.ask(QUESTION)
    return answer.mode == "llm" and len(server.requests) == asked + 1


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


@contextmanager
def _heard() -> Iterator[list[str]]:
    """The lines that the product logs."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            """Keep it."""
            lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    handler, logger = Handler(), logging.getLogger("assistant")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
