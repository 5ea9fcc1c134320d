"""A small HTTP server that speaks the OpenAI chat protocol with server-sent events, scripted by who starts it."""

from __future__ import annotations

import json
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Exchange"], None]
MODEL = "klein"


@dataclass
class Exchange:
    """One request as the script sees it, with the ways to answer."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    server: LlmServer

    def status(self, code: int, text: str = "{}", kind: str = "application/json", **headers: str) -> None:
        """A whole reply of this status."""
        payload = text.encode()
        self.handler.send_response(code)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Content-Length", str(len(payload)))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(payload)

    def start(self) -> None:
        """The head of a stream."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.end_headers()

    def raw(self, text: str) -> None:
        """Send bytes as they are."""
        self.handler.wfile.write(text.encode())
        self.handler.wfile.flush()

    def chunk(
        self,
        delta: dict[str, str],
        finish: str | None = None,
        usage: dict[str, int] | None = None,
        empty: bool = False,
    ) -> None:
        """One event of the stream; `empty` leaves the choices out, as the event with the token counts does."""
        choices = [] if empty else [{"index": 0, "delta": delta, "finish_reason": finish}]
        row = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.body["model"],
            "choices": choices,
        }
        self.raw(f"data: {json.dumps(row | ({'usage': usage} if usage else {}))}\n\n")

    def end(self, finish: str = "stop") -> None:
        """The end of a stream, with the token counts."""
        self.chunk({}, finish)
        self.chunk({}, usage={"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366}, empty=True)
        self.raw("data: [DONE]\n\n")

    def wait(self, seconds: float) -> None:
        """Be silent, but notice when the client hangs up."""
        end = time.monotonic() + seconds
        poll = select.poll()  # `select.select` fails where a process has more than 1,024 files open
        poll.register(self.handler.connection, select.POLLIN)
        while time.monotonic() < end:
            if poll.poll(50):
                self.server.hung_up.set()
                raise ConnectionResetError


@dataclass
class LlmServer:
    """A running server: what it does with a request, and what it was asked."""

    url: str = ""
    script: Script = field(default=lambda exchange: exchange.status(500))
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)


def says(text: str, size: int = 7, pause: float = 0.0) -> Script:
    """Stream a text in pieces of `size` characters."""

    def script(exchange: Exchange) -> None:
        exchange.start()
        exchange.chunk({"role": "assistant", "content": ""})
        for place in range(0, len(text), size):
            exchange.chunk({"content": text[place : place + size]})
            if pause:
                exchange.wait(pause)
        exchange.end()

    return script


@contextmanager
def llm_server(script: Script | None = None) -> Iterator[LlmServer]:
    """Run a server on a free port of this machine."""
    state = LlmServer()
    if script:
        state.script = script

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(body)
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                state.script(Exchange(self, body, state))
            except (BrokenPipeError, ConnectionResetError):
                state.hung_up.set()

        def do_GET(self) -> None:
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            payload = json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *arguments: object) -> None:
            """Say nothing: who asks sees what came of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
