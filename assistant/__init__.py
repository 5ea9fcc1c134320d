"""Opleidingsassistent: asks Dutch training documents and proves every sentence.

    from assistant import Assistant
    answer = Assistant.open().ask("Wat zijn de taken van de COC voor het opleidingsklimaat?")

Names are loaded when they are first used, so that `import assistant` costs nothing.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.errors import AssistantError
    from assistant.read import read_corpus
    from assistant.settings import Settings
    from assistant.types import Answer, Citation, Document, Hit, Passage

# Nothing is ever sent or fetched behind the user's back: telemetry off, hubs only when an encoder is named by hub name.
for _name, _value in {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}.items():
    os.environ.setdefault(_name, _value)

_HOMES = {
    "Assistant": "assistant.assistant",
    "AssistantError": "assistant.errors",
    "Settings": "assistant.settings",
    "read_corpus": "assistant.read",
    "Answer": "assistant.types",
    "Citation": "assistant.types",
    "Document": "assistant.types",
    "Hit": "assistant.types",
    "Passage": "assistant.types",
}
__all__ = ["Answer", "Assistant", "AssistantError", "Citation", "Document", "Hit", "Passage", "Settings", "read_corpus"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
