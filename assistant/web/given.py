"""Answers as the browser keeps them: data with a seal, so that a reopened conversation shows what was really given.

What comes back from a browser is read only when its seal is ours; it is then rendered like any other answer. Without a
valid seal there is nothing to show, and the question is asked anew.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from assistant.types import Answer, Citation

FILE = "antwoorden.key"
_SIZE = 32
# What the page does not show of an answer need not be kept.
_LEFT_OUT: Final[Any] = {"statements": True, "confidence": True, "seconds": True, "generation": {"verdicts": True}}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given: to which question, on which day, with the other passages that stood beside it."""

    question: str
    day: str
    answer: Answer
    also: tuple[Citation, ...] = ()
    format: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class Sealed:
    """A given answer on its way to or from a browser."""

    text: str
    seal: str


class Seal:
    """Signs with a secret in the index folder: it outlives a restart, and every process of one index shares it."""

    def __init__(self, folder: Path) -> None:
        """`folder` may be one that cannot be written to: then the secret lives as long as this process."""
        self._path = folder / FILE

    def close(self, given: Given) -> Sealed:
        """The data with its seal."""
        text = _GIVEN.dump_json(given, exclude={"answer": _LEFT_OUT}, exclude_defaults=True).decode()
        return Sealed(text, self._sign(text))

    def open(self, sealed: Sealed, question: str) -> Given | None:
        """The answer, when the seal is ours and it belongs to this question."""
        if not hmac.compare_digest(self._sign(sealed.text).encode(), sealed.seal.encode(errors="replace")):
            return None
        try:
            given = _GIVEN.validate_json(sealed.text)
        except ValidationError:
            return None  # kept by another version of the application
        return given if given.question == question else None

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(errors="replace"), hashlib.sha256).hexdigest()

    @cached_property
    def _secret(self) -> bytes:
        try:
            return _read_or_make(self._path)
        except OSError as error:
            _log.warning("%s: %s; kept answers are asked anew after a restart", self._path.name, error.strerror)
            return secrets.token_bytes(_SIZE)


def _read_or_make(path: Path) -> bytes:
    """The secret of a file, made with it when there is none; whoever makes it first decides."""
    if not path.is_file():
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(_SIZE))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    secret = path.read_bytes()
    if len(secret) < _SIZE:
        raise OSError(0, "de sleutel is te kort", str(path))
    return secret


_GIVEN = TypeAdapter(Given)
