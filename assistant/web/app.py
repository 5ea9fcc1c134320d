"""The web application: our own FastAPI around the Gradio page, the pages that show sources, and the server."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any, cast

import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.api import create_router
from assistant.assistant import Assistant
from assistant.beheer.tools import Tools
from assistant.errors import FailedError
from assistant.web.beheer import add_beheer
from assistant.web.beheer_access import Peer
from assistant.web.frame import STATIC, TYPES, index_page, source_page
from assistant.web.keep import add_keep
from assistant.web.page import WAITING, build_page
from assistant.web.pages import add_pages
from assistant.web.running import Runs
from assistant.web.security import Guard
from assistant.web.shell import documents_html
from assistant.web.source import source_html
from assistant.web.stream import add_stream
from assistant.web.texts import NAME, TEXTS, language_of
from assistant.web.turns import Desk


def create_app(assistant: Assistant, host: str = "", tools: Tools | None = None) -> FastAPI:
    """The web application over an opened assistant.

    Args:
        assistant: an opened assistant.
        host: where the server listens; not on loopback, or unknown, the pages of maintainers ask for an account.
        tools: what the pages of maintainers use of the evals, where these are installed.

    Raises:
        FailedError: when the environment asks Gradio to share the page through a tunnel to the internet.
    """
    if os.environ.get("GRADIO_SHARE", "").strip().lower() not in {"", "0", "false"}:
        raise FailedError("GRADIO_SHARE staat aan: dan komt deze pagina op internet. Zet hem uit en start opnieuw.")
    app = FastAPI(title=NAME, docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(app, assistant)
    add_pages(app, assistant)
    desk, runs = Desk(assistant), Runs(WAITING)
    add_keep(app, assistant, desk)
    add_stream(app, runs)
    add_beheer(app, assistant, host, tools or Tools())
    app.include_router(create_router(assistant))
    gr.mount_gradio_app(
        app,
        build_page(assistant, desk, runs),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
    )
    # The last one added sees a request first. Gradio leaves CORS to an application that has this middleware.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard, rewrite=lambda page: index_page(page, documents_html(assistant, "nl")))
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    return app


def serve(
    assistant: Assistant,
    host: str,
    port: int,
    announce: Callable[[str], None] | None = None,
    tools: Tools | None = None,
) -> None:
    """Serve the web application until it is interrupted.

    Args:
        assistant: an opened assistant.
        host: the address to listen on; 127.0.0.1 is this machine only.
        port: the port to listen on; 0 takes a free one.
        announce: is told the address of the page just before it can be opened.
        tools: what the pages of maintainers use of the evals.

    Raises:
        FailedError: when nothing can listen there, or the environment asks for a public tunnel.
    """
    app = create_app(assistant, host, tools)
    # A proxy's word on who asks is believed after it was noted who the proxy is.
    proxies = os.environ.get("FORWARDED_ALLOW_IPS") or assistant.settings.beheer_proxies
    # uvicorn and Starlette each have a type of their own for the same calls.
    noted = Peer(cast(Any, ProxyHeadersMiddleware(cast(Any, app), trusted_hosts=proxies)))
    listening = _listen(host, port)
    with listening:
        if announce is not None:
            shown = f"[{host}]" if ":" in host else host
            announce(f"http://{shown}:{listening.getsockname()[1]}/")
        # Open pages hold a connection for as long as they are open; they need not be waited for.
        config = uvicorn.Config(
            noted, log_level="warning", timeout_graceful_shutdown=3, server_header=False, proxy_headers=False
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(512)
        except OSError:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise FailedError(f"Poort {port} op {host} is al in gebruik. Kies een andere met --port.") from error
        if isinstance(error, OSError) and error.errno == errno.EACCES:
            raise FailedError(
                f"Poort {port} mag niet zonder extra rechten. Kies er een boven 1023 met --port."
            ) from error
        raise FailedError(
            f"Op {host}:{port} kan niet worden geluisterd ({error}). Controleer --host en --port."
        ) from error
    return listening


def _add_routes(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/eigen/{name}")
    def own_file(name: str) -> FileResponse:
        path = STATIC / name
        if path.suffix not in TYPES or path.parent != STATIC or not path.is_file():
            raise HTTPException(404)
        return FileResponse(
            path, media_type=TYPES[path.suffix], headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    @app.get("/bron/{document:path}")
    def source(
        document: str, van: str = "", tot: str = "", versie: str = "", taal: str = "nl", deel: str = ""
    ) -> HTMLResponse:
        language = language_of(taal)
        span = (int(van), int(tot)) if van.isdecimal() and tot.isdecimal() and len(van + tot) < 24 else None
        snapshot = assistant.snapshot
        status, html = source_html(snapshot, document, span, versie, language)
        if not deel:
            known = snapshot.documents.get(document)
            html = source_page(known.title if known else TEXTS[language]["panel"], html, language)
        return HTMLResponse(html, status)
