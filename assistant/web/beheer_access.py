"""Who may see Beheer: an account, a name that a trusted proxy gives, or anyone on a machine that serves only itself."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.beheer.accounts import Accounts
from assistant.beheer.sessions import LONGEST, Attempts, Session, Sessions
from assistant.errors import UsageError
from assistant.settings import Settings

COOKIE, GUEST = "beheer", "beheer_gast"
LOCAL = "lokaal"
_PEER = "assistant.peer"
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_NAME = re.compile(r"[^\x00-\x20\x7f-\x9f\u202a-\u202e\u2066-\u2069]{1,100}")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Peer:
    """ASGI middleware that remembers who really connected, before a proxy's word on the client is believed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the other end of the connection."""
        if scope["type"] == "http":
            scope[_PEER] = (scope.get("client") or ("", 0))[0]
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who asks: their session, or None; `off` when nobody can sign in here; `token` when a cookie must be set."""

    session: Session | None
    off: bool = False
    token: str = ""


class Access:
    """Decides for each request; `host` is where the server listens, '' when that is not known."""

    def __init__(self, settings: Settings, host: str) -> None:
        """Raises UsageError when the setting beheer_proxies is not a list of addresses."""
        self.accounts = Accounts(settings.index)
        self.sessions, self.attempts = Sessions(), Attempts()
        self._header = settings.beheer_header.strip()
        self._proxies = networks(settings.beheer_proxies)
        self._only_here = is_loopback(host)
        self._secret = secrets.token_bytes(32)

    def enter(self, request: Request) -> Entry:
        """Who asks; reads the file of accounts, so call it off the event loop.

        Raises:
            FailedError: that file cannot be read.
        """
        known = self.sessions.of(request.cookies.get(COOKIE, ""))
        if name := self._given(request):
            return self._as(name, known)
        names = self.accounts.names()
        if names:
            fits = known is not None and known.mark and known.mark == self.accounts.mark(known.name)
            return Entry(known if fits else None)
        if self._header or not self._is_local(request):
            return Entry(None, off=True)
        return self._as(LOCAL, known)

    def sign_in(self, request: Request, name: str, password: str) -> tuple[str, int]:
        """Try a name and a password; gives the token of a new session, and how many seconds to wait.

        Raises:
            FailedError: the file of accounts cannot be read.
        """
        name, address = name.strip().lower(), request.client.host if request.client else ""
        if wait := self.attempts.wait(name, address):
            return "", wait
        mark = self.accounts.mark(name)
        if not self.accounts.verify(name, password):
            return "", 0
        self.attempts.succeeded(name, address)
        return self.sessions.begin(name, mark)[0], 0

    def guest(self, request: Request) -> tuple[str, str]:
        """A cookie and the token that belongs to it, for the form that one signs in with."""
        cookie = request.cookies.get(GUEST, "")
        cookie = cookie if re.fullmatch(r"[\w-]{20,64}", cookie) else secrets.token_urlsafe(24)
        return cookie, hmac.new(self._secret, cookie.encode(), hashlib.sha256).hexdigest()

    def _as(self, name: str, known: Session | None) -> Entry:
        if known is not None and known.name == name and not known.mark:
            return Entry(known)
        token, session = self.sessions.begin(name)
        return Entry(session, token=token)

    def _given(self, request: Request) -> str:
        """The name that a listed proxy gives; of anyone else the header says nothing."""
        if not self._header or not _within(peer_of(request), self._proxies):
            return ""
        name = request.headers.get(self._header, "").strip()
        return name if _NAME.fullmatch(name) else ""

    def _is_local(self, request: Request) -> bool:
        """Whether this machine asks itself, by its own name and not for someone else."""
        asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        forwarded = any(name in request.headers for name in _FORWARDED)
        return self._only_here and not forwarded and is_loopback(peer_of(request)) and is_loopback(asked)


def set_cookie(response: Response, request: Request, name: str, value: str, age: int = LONGEST) -> None:
    """A cookie that scripts cannot read and other sites cannot have sent."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=age, path="/beheer", secure=secure, httponly=True, samesite="strict")


def peer_of(request: Request) -> str:
    """The address at the other end of the connection, whatever headers say."""
    return str(request.scope.get(_PEER) or (request.client.host if request.client else ""))


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine itself."""
    if host.strip("[]").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas.

    Raises:
        UsageError: one of them is none.
    """
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise UsageError(f"Instelling beheer_proxies: {text!r} is geen lijst van IP-adressen.") from error


def _within(address: str, listed: Iterable[Network]) -> bool:
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(own in network for network in listed)
