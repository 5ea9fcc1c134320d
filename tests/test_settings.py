"""Flag over environment over assistant.toml over default, and no key in any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.settings import Settings, load_settings


def test_each_layer_wins_over_the_one_below(tmp_path: Path) -> None:
    assert load_settings({}, {}, tmp_path) == Settings()
    (tmp_path / "assistant.toml").write_text('index = "uit-toml"\nembedder = "toml"\nmode = "quote"\n')
    environment = {"ASSISTANT_INDEX": "uit-omgeving", "ASSISTANT_EMBEDDER": "omgeving", "INDEX": "niet"}
    flags = {"index": "uit-vlag", "embedder": None, "onbekend": 3}
    settings = load_settings(flags, environment, tmp_path)
    assert settings.index == Path("uit-vlag")
    assert settings.embedder == "omgeving"
    assert settings.mode == "quote"
    assert settings.corpus == Settings().corpus


def test_an_empty_environment_value_counts_as_not_given(tmp_path: Path) -> None:
    assert load_settings({}, {"ASSISTANT_INDEX": ""}, tmp_path).index == Path("index")


def test_the_default_corpus_is_the_bundled_one() -> None:
    assert (Settings().corpus / "vocabulary.yaml").is_file()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"index = ", "geen geldige TOML"),
        (b"\xff\xfe", "geen geldige TOML"),
        (b'indx = "a"', "onbekende instelling indx.*Bekend zijn: .*index"),
        (b"index = 3", "index moet tekst"),
        (b'corpus = ["a", "b"]', "corpus moet tekst"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "assistant.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"assistant\.toml.*" + message):
        load_settings({}, {}, tmp_path)


def test_no_text_of_the_settings_holds_the_key() -> None:
    settings = Settings(llm_api_key="kanarie-123", llm_model="model-x")
    for text in (repr(settings), str(settings), f"{settings}", repr([settings])):
        assert "kanarie" not in text
        assert "model-x" in text
