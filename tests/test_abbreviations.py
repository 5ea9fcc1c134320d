"""Abbreviations that a text defines: which are found, which are not, and how they get into the vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support import run_cli, write_files

from assistant.abbreviations import Abbreviation, abbreviations_in, add_to_vocabulary, with_abbreviations
from assistant.errors import VocabularyError
from assistant.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
COMMENTED = "# Woordenlijst\nterms:\n  - term: rooster\n\nabbreviations:\n  # gewone\n  - {short: KPB, long: [toets]}\n"


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("De Centrale Opleidingscommissie (COC) beslist.", "COC", "Centrale Opleidingscommissie"),
        ("Een individueel opleidingsplan (IOP) is nodig.", "IOP", "individueel opleidingsplan"),
        ("Volgens de Registratiecommissie Geneeskundig Specialisten (de RGS).", "RGS",
         "Registratiecommissie Geneeskundig Specialisten"),
        ("Zie IFMS (Individueel Functioneren Medisch Specialist).", "IFMS",
         "Individueel Functioneren Medisch Specialist"),
        ("Leer van Entrustable Professional Activities (EPA's).", "EPA", "Entrustable Professional Activities"),
        ("De Onderwijs- en Opleidingsregio (OOR).", "OOR", "Onderwijs- en Opleidingsregio"),
        ("Dit regelt de **Raad van Bestuur** (RvB).", "RvB", "Raad van Bestuur"),
    ],
)  # fmt: skip
def test_what_a_text_defines(text: str, short: str, long: str) -> None:
    assert [(item.short, item.long) for item in abbreviations_in(text, Vocabulary())] == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "Dat duurt een jaar (max 3).", "De hoogleraar (Jan Klaassen) spreekt.", "Zie de bijlage (PDF).",
        "Zij werkt in Utrecht (NL).", "Het formulier (zie pagina 3) en de lijst (A4).", "De COC (COC) kiest.",
        "het KNMG-document (KNMG-document).", "(COC)", "de opleiding (OPLEIDING)",
    ],
)  # fmt: skip
def test_what_a_text_does_not_define(text: str) -> None:
    assert abbreviations_in(text, Vocabulary()) == ()


def test_what_the_vocabulary_has_is_not_new() -> None:
    vocabulary = load_vocabulary(ROOT / "corpus/vocabulary.yaml")
    text = "De Centrale Opleidingscommissie (COC), een Kleine Proefbeurt Buiten (KPB), de Commissie Dagen Verlof (CDV)."
    found = {item.short: (item.new, item.differs) for item in abbreviations_in(text, vocabulary)}
    assert found == {"COC": (False, False), "KPB": (False, True), "CDV": (True, False)}


def test_the_vocabulary_is_added_to_and_keeps_its_comments() -> None:
    new = with_abbreviations(COMMENTED, [Abbreviation("C:V", 'Commissie "Verlof", dagen')])
    assert "# Woordenlijst" in new and "# gewone" in new
    assert yaml.safe_load(new)["abbreviations"] == [
        {"short": "C:V", "long": ['Commissie "Verlof", dagen']}, {"short": "KPB", "long": ["toets"]},
    ]  # fmt: skip
    for empty in ("", "terms: []\n", "abbreviations: []\n", "abbreviations:\n"):
        added = yaml.safe_load(with_abbreviations(empty, [Abbreviation("AB", "Algemeen Bestuur")]))
        assert added["abbreviations"] == [{"short": "AB", "long": ["Algemeen Bestuur"]}]
    for indent in ("", "  ", "    "):
        raw = f"abbreviations:\n{indent}# gewone\n{indent}- {{short: KPB, long: [toets]}}\nterms: []\n"
        added = yaml.safe_load(with_abbreviations(raw, [Abbreviation("AB", "Algemeen Bestuur")]))
        assert [item["short"] for item in added["abbreviations"]] == ["AB", "KPB"] and added["terms"] == []
    for other in ("abbreviations: [{short: KPB, long: [toets]}]\n", "abbreviations:\n  KPB: toets\n"):
        with pytest.raises(VocabularyError, match="niet kan worden aangevuld"):
            with_abbreviations(other, [Abbreviation("AB", "Algemeen Bestuur")])


def test_a_vocabulary_that_would_break_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.yaml").write_text("terms: 3\nabbreviations:\n", encoding="utf-8")
    with pytest.raises(VocabularyError):
        add_to_vocabulary(tmp_path, [Abbreviation("AB", "Algemeen Bestuur")])
    assert (tmp_path / "vocabulary.yaml").read_text() == "terms: 3\nabbreviations:\n"


def test_the_command_line_lists_and_adds(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"regel.md": "# Regel\n\nDe Commissie Dagen Verlof (CDV) beslist.\n"})
    assert run_cli("terms", "--corpus", corpus).stdout == "regel: CDV = Commissie Dagen Verlof (nieuw)\n"
    assert run_cli("terms", "regel", "--add", "cdv", "--corpus", corpus).returncode == 0
    assert run_cli("terms", "--corpus", corpus).stdout == "regel: CDV = Commissie Dagen Verlof (bekend)\n"
    again = run_cli("terms", "--add", "CDV", "--corpus", corpus)
    assert (again.returncode, "nieuw" in again.stderr) == (2, True)
