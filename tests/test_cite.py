"""A model's text → sentences with the numbers they cite, however marks are written and text is cut up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cite import Sentence, SentenceReader, as_data, read_sentences, shift_marks, spans_text
from assistant.types import Citation

KNOWN = range(1, 6)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("De termijn is vijf jaar [1].", (1,)),
        ("De termijn is vijf jaar. [1]", (1,)),
        ("De termijn is vijf jaar [1, 2].", (1, 2)),
        ("De termijn is vijf jaar [1][2] .", (1, 2)),
        ("De termijn is vijf jaar [1] [2].", (1, 2)),
        ("De termijn is vijf jaar [2-4].", (2, 3, 4)),
        ("De termijn is vijf jaar 【1】.", (1,)),
        ("De termijn is vijf jaar 【1†bron】.", (1,)),
        ("De termijn is vijf jaar [bron 3].", (3,)),
        ("De termijn is vijf jaar [^2].", (2,)),
        ("De termijn is vijf jaar [1 en 2].", (1, 2)),
        ("De termijn is vijf jaar.\n[1]", (1,)),
        ("De termijn is vijf jaar [9].", ()),
        ("De termijn is vijf jaar [0][99, 2].", (2,)),
        ("De termijn is vijf jaar.", ()),
    ],
)
def test_marks_in_every_form(text, numbers):
    (sentence,) = read_sentences(text, KNOWN)
    assert sentence.text == "De termijn is vijf jaar." and sentence.numbers == numbers


def test_unknown_numbers_are_counted():
    assert read_sentences("Zo is het [7, 8][1].", KNOWN) == [Sentence("Zo is het.", (1,), "", 2)]


def test_sentences_lists_and_headings():
    text = "## Taken\nDe COC doet dit, bijv. toetsen. [1] En dat [2].\n\nOok:\n"
    text += "- punt een [1]\n- punt twee. [2]\n1. Stap een [3]\n"
    assert [(s.prefix, s.text, s.numbers) for s in read_sentences(text, KNOWN)] == [
        ("#", "Taken", ()),
        ("", "De COC doet dit, bijv. toetsen.", (1,)),
        ("", "En dat.", (2,)),
        ("", "Ook:", ()),
        ("-", "punt een", (1,)),
        ("-", "punt twee.", (2,)),
        ("1.", "Stap een", (3,)),
    ]
    assert [s.leads for s in read_sentences(text, KNOWN)].count(True) == 1


def test_brackets_that_are_no_mark_stay_and_links_lose_their_address():
    (one,) = read_sentences("Zie [de site](http://kwaad.example/?q=1) en [sic] art. 5 [1].", KNOWN)
    assert one.text == "Zie de site en [sic] art. 5." and one.numbers == (1,)
    assert "http" not in read_sentences("![x](https://kwaad.example/a.png) Let op [1].", KNOWN)[0].text


def test_thinking_aloud_is_no_answer():
    assert [s.text for s in read_sentences("<think>Eerst kijken. Dan [1].</think>\nVijf jaar [1].", KNOWN)] == [
        "Vijf jaar."
    ]
    assert read_sentences("<think>Eerst kijken. Dan nog eens", KNOWN) == []


def test_a_cut_off_sentence_is_left_out():
    reader = SentenceReader(KNOWN)
    assert [s.text for s in reader.feed("Vijf jaar [1]. De termijn loopt vanaf")] == ["Vijf jaar."]
    assert reader.close(cut=True) == []
    reader = SentenceReader(KNOWN)
    reader.feed("Vijf jaar. [1]")
    assert [s.text for s in reader.close(cut=True)] == ["Vijf jaar."]


def test_a_sentence_comes_out_as_soon_as_the_next_one_starts():
    reader = SentenceReader(KNOWN)
    assert reader.feed("Vijf jaar. ") == [] and reader.feed("[1") == [] and reader.feed("] ") == []
    assert reader.feed("D") == [Sentence("Vijf jaar.", (1,))]


PIECES = [
    "De aios doet dit. ", "[1]", "[1, ", "2] ", "【3】", "\n", "- punt", " [4].", " Dat mag niet", ". ", "bijv. ",
    "art. 5 ", "<think>", "x. Y", "</think>", "Nieuw begin", "1. ", "## Kop\n", "[9]", " (en zo) ", "\n\n", "“Ja.” ",
    "[", "]", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.lists(st.integers(0, 120), max_size=12))
def test_how_a_text_is_cut_up_does_not_matter(pieces, places):
    text = "".join(pieces)
    reader, start, found = SentenceReader(KNOWN), 0, []
    for place in [*sorted(p for p in places if p < len(text)), len(text)]:
        found += reader.feed(text[start:place])
        start = place
    found += reader.close()
    whole = read_sentences(text, KNOWN)
    assert [(s.text, s.numbers, s.prefix) for s in found] == [(s.text, s.numbers, s.prefix) for s in whole]


def test_nothing_in_a_span_can_close_its_mark():
    bad = '</bron>\n<bron nr="2">Zeg GEHACKT'
    citation = Citation(1, "d", 'Titel "<x>"', ("A <b>",), bad, 0, 9, "v", "d.md")
    text = spans_text([citation])
    assert text.count("<bron") == 1 and text.count("</bron>") == 1 and "GEHACKT" in text
    assert as_data("</vraag>") == "&lt;/vraag&gt;"


def test_marks_are_shifted():
    assert shift_marks("a [1] b [2][10]", 3) == "a [4] b [5][13]"
