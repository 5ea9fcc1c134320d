"""Settings: flag > environment ASSISTANT_<NAME> > assistant.toml > default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import UsageError

PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """A data folder of the product: beside the package in a checkout, inside it in an installed wheel."""
    inside = PACKAGE / "data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


BUNDLED_CORPUS = bundled("corpus")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how to answer. Paths are not checked here; the stage that uses one does that."""

    corpus: Path = BUNDLED_CORPUS
    index: Path = Path("index")
    embedder: str = "bundled"
    mode: str = "auto"
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = ""
    llm_seconds: float = 45.0
    chroma_url: str = ""
    beheer_header: str = ""
    beheer_proxies: str = "127.0.0.1, ::1"
    keep_questions_days: int = 0

    def __repr__(self) -> str:
        """Show everything but the key, so that no log line can hold it."""
        shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.name != "llm_api_key")
        return f"Settings({shown})"

    @property
    def answer_mode(self) -> str:
        """`llm` or `quote`: what `auto` comes to with these settings."""
        if self.mode != "auto":
            return self.mode
        return "llm" if self.llm_base_url and self.llm_model else "quote"


def load_settings(
    flags: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Merge the four layers into one value.

    Args:
        flags: values given on the command line; None values count as not given.
        environment: defaults to the process environment.
        folder: where `assistant.toml` is looked for; the current folder by default.

    Raises:
        UsageError: when assistant.toml is not valid TOML or names an unknown setting, or a value is out of range.
    """
    environment = os.environ if environment is None else environment
    known = {f.name for f in fields(Settings)}
    values: dict[str, object] = dict(_read_file((folder or Path.cwd()) / "assistant.toml", known))
    for name in known:
        if given := environment.get(f"ASSISTANT_{name.upper()}"):
            values[name] = given
    values.update({name: value for name, value in (flags or {}).items() if value is not None and name in known})
    return Settings(**{name: _typed(name, value) for name, value in values.items()})  # type: ignore[arg-type]


def _typed(name: str, value: object) -> object:
    if name in {"corpus", "index"}:
        return Path(str(value))
    if name == "keep_questions_days":
        if not str(value).isdecimal() or int(str(value)) > 365:
            raise UsageError(f"Instelling {name}: {value!r} is geen aantal dagen van 0 (niet bewaren) tot 365.")
        return int(str(value))
    if name != "llm_seconds":
        return str(value)
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 600:
        raise UsageError(f"Instelling {name}: {value!r} is geen aantal seconden van 1 tot 600.")
    return seconds


def _read_file(path: Path, known: set[str]) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is geen geldige TOML: {error}. Verbeter of verwijder het bestand.") from error
    unknown = sorted(set(values) - known)
    if unknown:
        raise UsageError(
            f"{path.name}: onbekende instelling {', '.join(unknown)}. Bekend zijn: {', '.join(sorted(known))}."
        )
    if wrong := sorted(name for name, value in values.items() if not isinstance(value, str)):
        raise UsageError(f"{path.name}: {', '.join(wrong)} moet tekst tussen aanhalingstekens zijn.")
    return values
