"""What the command line prints: lines of words, JSON, and on standard error what is said beside the result."""

from __future__ import annotations

import json
import re
import sys

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def say(line: str) -> None:
    """One line on standard output; control characters in it (a document may hold them) do not reach the terminal."""
    print(_CONTROL.sub(" ", line))  # noqa: T201


def note(message: str) -> None:
    """One line on standard error, whatever is in the message."""
    print(f"assistant: {' '.join(_CONTROL.sub(' ', message).split())}", file=sys.stderr)  # noqa: T201


def print_json(value: object) -> None:
    """A value as JSON on standard output, in UTF-8 whatever the terminal speaks."""
    from assistant.batch import utf8

    utf8(sys.stdout)
    print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201
