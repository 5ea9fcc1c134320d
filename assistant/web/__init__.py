"""The web chat: a Gradio page in our own FastAPI application. `create_app` builds it, `serve` runs it."""

from __future__ import annotations

from assistant.web.app import create_app, serve

__all__ = ["create_app", "serve"]
