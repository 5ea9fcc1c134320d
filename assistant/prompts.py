"""Prompt files → messages: a missing or unknown variable is an error that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import PromptError
from assistant.settings import bundled

_PART = re.compile(r"(?m)^<!-- (system|user) -->[ \t]*\n")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as written: its parts by role, with `{{name}}` where a value comes."""

    name: str
    parts: tuple[tuple[str, str], ...]

    @property
    def variables(self) -> frozenset[str]:
        """The names that `fill` must be given, no more and no fewer."""
        return frozenset(name for _, text in self.parts for name in _VARIABLE.findall(text))

    def fill(self, **values: str) -> dict[str, str]:
        """Each role with its text. Values are put in as they are: a `{{name}}` inside a value stays as it is.

        Raises:
            PromptError: a variable of the prompt has no value, or a value has no variable.
        """
        if missing := sorted(self.variables - set(values)):
            raise PromptError(f"Prompt {self.name}: geen waarde voor {', '.join(missing)}.")
        if unknown := sorted(set(values) - self.variables):
            raise PromptError(f"Prompt {self.name}: onbekende variabele {', '.join(unknown)}.")
        return {role: _VARIABLE.sub(lambda match: values[match.group(1)], text) for role, text in self.parts}


@cache
def load_prompt(name: str, language: str, folder: Path | None = None) -> Prompt:
    """Read `prompts/<name>.<language>.md`.

    Raises:
        PromptError: the file is missing, is not UTF-8, or has no `<!-- system -->` or `<!-- user -->` part.
    """
    path = (folder or bundled("prompts")) / f"{name}.{language}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(
            f"Prompt {path.name} kan niet worden gelezen ({type(error).__name__}). Zet hem terug in {path.parent}."
        ) from error
    pieces = _PART.split(text)
    parts = tuple((role, body.strip()) for role, body in zip(pieces[1::2], pieces[2::2], strict=True))
    if not parts:
        raise PromptError(f"Prompt {path.name} heeft geen deel <!-- system --> of <!-- user -->.")
    return Prompt(path.name, parts)
