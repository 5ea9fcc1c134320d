"""What every request and response passes: which routes exist, from where may be posted, and the security headers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_POST = 64_000
MAX_BEHEER = 8_000_000  # the whole text of a document, in a form
MAX_UPLOAD = 260_000_000  # several files of at most 100 MB each; read only for who is signed in
MAX_TALK = 1_000_000  # a whole conversation: chat front ends send it each time, our page when it is reopened or saved
_TALKS = ("/v1/", "/gradio_api/queue/join", "/uitvoer")
# Of Gradio's many routes the page uses these; the others (files, proxy, upload, login, monitoring …) do not exist here.
_ROUTES = re.compile(
    r"/|/led-route|/kwaliteitskader(?:/lijst)?|/lop-koers|/documenten(?:/.*)?|/uitvoer|/beheer(?:/.*)?|/bron(?:/.*)?|/eigen/[\w.-]+|/favicon\.ico|/config/?|/theme\.css|/manifest\.json|/robots\.txt"
    r"|/(?:assets|static)/[\w./-]+"
    r"|/api/[\w./%-]+|/v1/(?:models(?:/[\w.-]+)?|chat/completions)|/healthz|/readyz"
    r"|/gesprek/[0-9a-f]{32}/(?:voortgang|stop)"
    r"|/gradio_api/(?:queue/(?:join|data)|heartbeat/[\w-]+|startup-events|app_id|cancel|reset|theme\.css)/?"
)
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Guard:
    """ASGI middleware; passes streams through untouched and holds back only HTML pages, to hash their scripts."""

    def __init__(self, app: ASGIApp, rewrite: Callable[[str], str]) -> None:
        """`rewrite` changes the HTML of the index page before it is hashed."""
        self._app = app
        self._rewrite = rewrite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not for us, else add the headers."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = _refusal(scope)
            dress = _Dressed(send, scope["path"], self._rewrite)
            await (refusal or self._app)(scope, receive, dress)


class _Dressed:
    """A `send` that adds headers; an HTML page waits for its last byte, so that its inline scripts can be named."""

    def __init__(self, send: Send, path: str, rewrite: Callable[[str], str]) -> None:
        self._send = send
        self._path = path
        self._rewrite = rewrite
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            if self._path.startswith("/assets/") and message["status"] == 200:
                headers["Cache-Control"] = "public, max-age=31536000, immutable"  # their names hold a hash
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
            headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            if self._path == "/" and self._body:
                self._body = self._rewrite(self._body.decode()).encode()
            headers = MutableHeaders(scope=self._start)
            headers["Content-Security-Policy"] = policy(self._body)
            headers["Content-Length"] = str(len(self._body))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": self._body}
        await self._send(message)


def policy(page: bytes) -> str:
    """The content security policy of a page: its own inline scripts by their hash, nothing else from anywhere.

    Gradio builds its HTML components with `Function`, hence 'unsafe-eval', and styles elements one by one.
    """
    hashes = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    scripts = " ".join(["'self'", "'unsafe-eval'", *(f"'sha256-{value}'" for value in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; "
        "object-src 'none'; frame-ancestors 'none'"
    )


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    if not _ROUTES.fullmatch(scope["path"]):
        return PlainTextResponse("Deze pagina bestaat niet.", 404)
    if scope["method"] in {"GET", "HEAD"}:
        return None
    if scope["method"] != "POST":
        return PlainTextResponse("Niet toegestaan.", 405)
    if not _same_origin(headers):
        return PlainTextResponse("Verzoek van een andere website geweigerd.", 403)
    length = headers.get("content-length", "")
    if not length.isdigit():
        return PlainTextResponse("De lengte van het verzoek ontbreekt.", 411)
    most = _most(scope["path"])
    return PlainTextResponse("Het verzoek is te groot.", 413) if int(length) > most else None


def _most(path: str) -> int:
    """How long what is posted to an address may be."""
    if path.startswith(_TALKS):
        return MAX_TALK
    if path == "/beheer/upload":
        return MAX_UPLOAD
    return MAX_BEHEER if re.fullmatch(r"/beheer/upload/[0-9a-f]+", path) else MAX_POST


def _same_origin(headers: Headers) -> bool:
    """A browser says where a request comes from; other programs send neither header and hold no cookie."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or urlsplit(origin).netloc == headers.get("host")
