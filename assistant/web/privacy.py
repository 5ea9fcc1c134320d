"""What leaves this machine when a question is asked, in one line, from the settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from assistant.settings import Settings
from assistant.web.texts import TEXTS, Language

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def privacy_line(settings: Settings, language: Language) -> str:
    """Plain text: what goes to which host; that nothing leaves this machine when that is so."""
    say = TEXTS[language]
    told = []
    if settings.answer_mode == "llm":
        told.append(say["sends_model"].format(host=_host(settings.llm_base_url, say)))
    if settings.chroma_url and (urlsplit(settings.chroma_url).hostname or "") not in _HERE:
        told.append(say["sends_vector"].format(host=_host(settings.chroma_url, say)))
    return " ".join(told) + f" {say['sends_no_more']}" if told else say["sends_nothing"]


def _host(address: str, say: dict[str, str]) -> str:
    host = urlsplit(address).hostname or address
    return say["this_machine"].format(host=host) if host in _HERE else host
