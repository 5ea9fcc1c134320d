"""What the tests share: small real corpora, the bundled encoder, and one index over the real corpus, built once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from support import CORPUS, TINY, write_files

from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.embed import Encoder, load_encoder
from assistant.settings import Settings
from assistant.types import Passage

# The same examples on every machine; a slow machine is no failure.
hypothesis_settings.register_profile("suite", deadline=None, max_examples=80, derandomize=True)
hypothesis_settings.load_profile("suite")


@pytest.fixture
def tiny_corpus(tmp_path: Path) -> Path:
    """A corpus of two short documents, one of them nested and without front matter."""
    return write_files(tmp_path / "tiny", TINY)


@pytest.fixture(scope="session")
def make_passage() -> Callable[..., Passage]:
    """A passage with the fields that a test does not care about filled in."""

    def make(text: str = "De aios leert.", document: str = "doc", start: int = 0, **fields: object) -> Passage:
        end = start + len(text)
        values: dict[str, object] = {
            "id": f"{document}:{start}-{end}",
            "document": document,
            "start": start,
            "end": end,
            "text": text,
            "quote_start": start,
            "quote_end": start + len(text.rstrip()),
            "kind": "paragraph",
        }
        return Passage(**{**values, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The encoder that ships with the package."""
    return load_encoder()


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """An index over the real corpus; not to be written to."""
    folder = tmp_path_factory.mktemp("real") / "index"
    build_index(CORPUS, folder, encoder)
    return folder


@pytest.fixture(scope="session")
def real_assistant(real_index: Path) -> Assistant:
    """The assistant over the real corpus."""
    return Assistant.open(Settings(corpus=CORPUS, index=real_index))


@pytest.fixture
def tiny_index(tiny_corpus: Path, tmp_path: Path, encoder: Encoder) -> Path:
    """An index over the tiny corpus, of this test's own."""
    build_index(tiny_corpus, tmp_path / "index", encoder)
    return tmp_path / "index"
