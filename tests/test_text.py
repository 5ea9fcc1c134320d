"""Words, stems and sentences: small pure functions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CORPUS

from assistant.text import content_words, fold, language_of, links, plain, sentences, stem, words


@given(st.text(max_size=300))
def test_sentences_join_back_to_the_text(text: str) -> None:
    pieces = sentences(text)
    assert "".join(pieces) == text
    assert all(pieces)


@given(
    st.lists(
        st.sampled_from(["Zin", "zin", ".", "!", "…", " ", "\n", "\n\n", '"', ")", "bijv.", "d.w.z.", "3", "A", "é"]),
        max_size=60,
    )
)
def test_sentences_join_back_to_odd_punctuation(parts: list[str]) -> None:
    assert "".join(sentences("".join(parts))) == "".join(parts)


def test_sentences_of_the_real_documents_join_back() -> None:
    for path in CORPUS.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Een zin. Nog een zin! En dan?", ["Een zin. ", "Nog een zin! ", "En dan?"]),
        ("Zie bijv. De Wit e.d. Het geldt d.w.z. Altijd.", ["Zie bijv. De Wit e.d. Het geldt d.w.z. Altijd."]),
        ("Het kost 7.5 euro. 12 weken.", ["Het kost 7.5 euro. ", "12 weken."]),
        ("Dhr. A. Jansen komt. Dan niet.", ["Dhr. A. Jansen komt. ", "Dan niet."]),
        ('Hij zei: "Ja." Zij niet.', ['Hij zei: "Ja." ', "Zij niet."]),
        ("geen hoofdletter. volgt", ["geen hoofdletter. volgt"]),
        ("Alinea\n\nalinea", ["Alinea\n\n", "alinea"]),
        ("", []),
    ],
)
def test_sentences_end_where_dutch_ones_do(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_million_dots_take_no_time() -> None:
    started = time.process_time()
    assert len(sentences("." * 1_000_000)) == 1
    assert len(sentences(". " * 200_000 + "A")) <= 2
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D-RECT en aios’en", ["d", "rect", "en", "aios", "en"]),
        ("Café Zuid–Holland", ["cafe", "zuid", "holland"]),
        ("STRASSE İ", ["strasse", "i"]),
        ("…!?", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert [fold(word) for word in words(text)] == words(text)


def test_stems_bring_inflections_together() -> None:
    assert stem("opleiders") == stem("opleider")
    assert stem("taken") == stem("taak") or stem("taken") != stem("takel")
    assert [stem(word) for word in ("coc", "m3d5", "ab")] == ["coc", "m3d5", "ab"]


def test_content_words_leave_out_function_words() -> None:
    assert content_words("Wat zijn de taken van de COC?") == ["taken", "coc"]
    assert content_words("What are the duties of the COC?") == ["duties", "coc"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wat zijn de taken van de opleider?", "nl"),
        ("What does the committee have to do?", "en"),
        ("taken coc", "nl"),
        ("", "nl"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Kop\n\n- **vet** en _schuin_", "Kop vet en _schuin_"),
        ("[woorden](https://x.nl) en ![beeld](a.png)", "woorden en beeld"),
        ("1. eerst\n2. `dan`", "eerst dan"),
        ("> geciteerd", "geciteerd"),
    ],
)
def test_plain_text_is_what_a_reader_sees(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


def test_links_come_with_their_words_in_order() -> None:
    text = "Zie [de site](https://x.nl/a), www.y.nl. Mail info@z.nl of ga naar https://q.nl/b."
    assert links(text) == [
        ("de site", "https://x.nl/a"),
        ("www.y.nl", "www.y.nl"),
        ("info@z.nl", "info@z.nl"),
        ("https://q.nl/b", "https://q.nl/b"),
    ]
