"""Passages are true slices that tile their document, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import CORPUS

from assistant.read import read_corpus
from assistant.split import LONGEST_ITEM, LONGEST_PARAGRAPH, split_document
from assistant.types import Document, Passage
from assistant.vocabulary import Vocabulary, load_vocabulary

ODD = {
    "empty": "",
    "white space": " \n\t\n  ",
    "one line": "Eén regel zonder einde",
    "huge line": "woord " * 50_000,
    "no spaces": "x" * 50_000,
    "dots": "." * 100_000,
    "heading of stars": "# " + "*a " * 30_000,
    "repetitive": "De aios leert. De aios leert. " * 2_000,
    "equal rows": "|a|b|\n|-|-|\n" + "|c|d|\n" * 800,
    "crlf": "# Kop\r\n\r\n- een\r\n- twee\r\n\r\nTekst. Nog een zin.\r\n",
    "old mac": "# Kop\r\r- een\r- twee\r\rTekst.\r",
    "bom": "\ufeff# Kop\n\nTekst.\n",
    "chinese": "# 标题\n\n" + "住院医师每年参加一次课程。" * 200 + "\n\n- 一\n- 二\n",
    "arabic": "# عنوان\n\n" + "يتبع الطبيب دورة كل عام. " * 100,
    "emoji": "👩‍⚕️ " * 500 + "e\u0301" * 500,
    "nul and separators": "a\x00b\n\n# c\x0bd\x85e\u2028f\n",
    "only link definitions": "[a]: http://voorbeeld.nl\n",
    "only list marks": "- " * 2_000,
    "quotes in quotes": ">" * 20_000 + " diep",
    "brackets": "[" * 20_000,
    "open fence": "```\ncode\n# geen kop\n",
    "unclosed comment": "<!-- nooit\n\n# dicht\n",
    "wide table": "|a" * 1_000 + "|\n" + "|-" * 1_000 + "|\n" + "|b\n" * 500,
    "nested list": "- a\n  - b\n    - c\n\n      tekst\n- d\n",
    "setext": "Kop\n===\n\nTekst\n---\nnog\n",
}


def document_of(text: str, body_start: int = 0) -> Document:
    return Document(id="map/doc", file="map/doc.md", title="Doc", text=text, sha256="0", body_start=body_start)


def hold(text: str, passages: list[Passage]) -> None:
    assert "".join(p.text for p in passages) == text
    position = 0
    for passage in passages:
        assert passage.start == position
        position = passage.end
        assert passage.end > passage.start
        assert text[passage.start : passage.end] == passage.text
        assert passage.id == f"map/doc:{passage.start}-{passage.end}"
        assert passage.start <= passage.quote_start <= passage.quote_end <= passage.end
        assert text[passage.quote_start : passage.quote_end] == passage.quote
        assert passage.quote == passage.quote.rstrip()
    assert position == len(text)


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_are_tiled_in_bounded_time(name: str) -> None:
    started = time.process_time()
    passages = split_document(document_of(ODD[name]), Vocabulary())
    assert time.process_time() - started < 10
    hold(ODD[name], passages)
    assert passages == split_document(document_of(ODD[name]), Vocabulary())
    longest = {"paragraph": LONGEST_PARAGRAPH, "item": LONGEST_ITEM, "code": LONGEST_ITEM, "table": LONGEST_ITEM}
    for passage in passages:
        # A short tail stays with what stands before it, so a passage may be somewhat longer than the limit.
        assert len(passage.quote) <= 2 * longest.get(passage.kind, LONGEST_ITEM)


PIECES = st.sampled_from(
    ["# ", "## Kop", "- ", "* item", "1. ", "> ", "```", "|", "|-|-|", "\n", "\n\n", "\r\n", "\r", "    ", "\t", "---",
     "***", "<div>", "<!--", "-->", "[a](", ")", "[b]: http://x", "Zin. ", "Nog een zin! ", "bijv. dit ", "é", "的",
     "\x00",
     "\u2028", "===", "\\", "`", "&amp;", "🙂", "woord "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
@example("\n- \n\n> - a\n> b\n")
def test_hostile_markdown_is_tiled(text: str) -> None:
    hold(text, split_document(document_of(text), Vocabulary()))


@given(st.text(max_size=400))
def test_any_text_is_tiled(text: str) -> None:
    hold(text, split_document(document_of(text), Vocabulary()))


@given(st.lists(PIECES, max_size=20).map("".join))
def test_front_matter_is_a_passage_of_its_own(body: str) -> None:
    front = "---\ntitle: Doc\n---\n"
    passages = split_document(document_of(front + body, len(front)), Vocabulary())
    hold(front + body, passages)
    assert passages[0].kind == "front"
    assert passages[0].text.startswith(front)
    assert all(p.kind != "front" for p in passages[1:])


def test_the_real_documents_are_tiled_with_stable_ids() -> None:
    vocabulary = load_vocabulary(CORPUS / "vocabulary.yaml")
    for document in read_corpus(CORPUS)[0]:
        passages = split_document(document, vocabulary)
        assert "".join(p.text for p in passages) == document.text
        assert len({p.id for p in passages}) == len(passages)
        assert passages == split_document(document, vocabulary)


def test_a_change_at_the_end_keeps_the_ids_before_it() -> None:
    text = "# Kop\n\nEerste alinea.\n\nTweede alinea.\n\n"
    before = split_document(document_of(text + "Slot."), Vocabulary())
    after = split_document(document_of(text + "Een ander slot."), Vocabulary())
    assert [p.id for p in before[:-1]] == [p.id for p in after[:-1]]
    assert before[-1].id != after[-1].id


def test_structure_is_read_from_generic_markdown() -> None:
    vocabulary = load_vocabulary(CORPUS / "vocabulary.yaml")
    text = (
        "# Actor COC\n\nRol: bewaakt de kwaliteit.\n\n## Opleidingsklimaat\n\n### Taken\n\nDe COC:\n\n"
        "- bewaakt de veiligheid;\n"
        "- bespreekt klachten.\n\n### Voorbeelden\n\n1. een enquête\n2. een gesprek\n\n|Wie|Wat|\n|-|-|\n|aios|leren|\n"
    )
    passages = split_document(document_of(text), vocabulary)
    role, first, second = (next(p for p in passages if p.quote.startswith(s)) for s in ("Rol:", "bewaakt", "bespreekt"))
    assert (role.actors, role.aspect, role.kind) == (("coc",), "rol", "paragraph")
    assert (first.actors, first.domain, first.aspect) == (("coc",), "opleidingsklimaat", "taken")
    assert first.section == ("Actor COC", "Opleidingsklimaat", "Taken")
    assert first.lead == second.lead == "De COC:"
    assert first.group == second.group != 0
    examples = [p for p in passages if p.aspect == "voorbeelden" and p.kind == "item"]
    assert [p.quote for p in examples] == ["een enquête", "een gesprek"]
    assert examples[0].group != first.group
    assert [p.quote for p in passages if p.kind == "table"] == ["|Wie|Wat|", "|aios|leren|"]


def test_long_paragraphs_are_cut_between_sentences() -> None:
    sentences = [f"Zin nummer {i} gaat over de opleiding van de aios en niets anders. " for i in range(30)]
    passages = split_document(document_of("".join(sentences)), Vocabulary())
    assert len(passages) > 3
    assert all(p.text.startswith("Zin nummer") for p in passages)
    assert all(p.quote.endswith(".") for p in passages)
