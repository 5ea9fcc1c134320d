"""What kind of thing a question waits for, and whether a text holds one."""

from __future__ import annotations

import pytest

from assistant.expects import asked, focus_of, holds
from assistant.text import fold


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Hoeveel kost de cursus?", "money"),
        ("What does the board have to pay for each course?", "money"),
        ("What do we have to pay attention to?", None),
        ("wie betaalt dat?", "payment"),
        ("hoe vaak komt de commissie bijeen", "frequency"),
        ("How long does it take?", "duration"),
        ("op welke datum is het overleg?", "date"),
        ("hoe meld ik me aan?", "application"),
        ("in welke stad is de bijeenkomst?", "place"),
        ("waarom is daarvoor gekozen?", "reason"),
        ("wat is het telefoonnummer?", "phone"),
        ("wie is de voorzitter?", "name"),
        ("waar staat IOP voor?", "expansion"),
        ("op welke website staat dat?", "link"),
        ("hoeveel leden heeft de groep?", "count"),
        ("hoeveel procent moet ik werken?", "percentage"),
        ("hoeveel korter mag het duren?", "duration"),
        ("mag ik weten hoeveel budget er is?", None),
        ("wat doet de commissie?", None),
    ],
)
def test_what_a_question_waits_for(question: str, kind: str | None) -> None:
    assert asked(fold(question)) == kind


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        ("money", "De cursus kost € 200.", True),
        ("money", "De cursus duurt 200 minuten.", False),
        ("frequency", "De groep komt jaarlijks bijeen.", True),
        ("frequency", "De groep komt bijeen.", False),
        ("duration", "Het eerste (half) jaar is er een plan.", True),
        ("date", "Het overleg is op 5 februari 2024.", True),
        ("date", "Het overleg is binnenkort.", False),
        ("email", "Mail naar [ons](mailto:a@b.nl).", True),
        ("email", "Mail ons.", False),
        ("link", "Zie [de site](https://voorbeeld.nl).", True),
        ("link", "Zie de site.", False),
        ("name", "Dr. Anna de Vries is voorzitter.", True),
        ("name", "De voorzitter leidt het overleg.", False),
        ("place", "Het overleg is in Utrecht.", True),
        ("place", "Het overleg is nuttig.", False),
        ("application", "Aanmelden gaat via het secretariaat.", True),
        ("date", "Op dag honderd is het gesprek.", True),
        ("date", "Het overleg is op donderdag.", True),
        ("date", "Lever het uiterlijk tien werkdagen vooraf in.", True),
        ("money", "Deelname is kosteloos.", True),
        ("frequency", "De groep komt tweemaal bijeen.", True),
        ("frequency", "De groep komt eenmaal per drie jaar bijeen.", True),
        ("frequency", "De groep bezoekt helemaal niemand, allemaal om het geld.", False),
        ("duration", "De vrijstelling is ten hoogste achttien maanden.", True),
        ("duration", "De vrijstelling is vijfendertig uur.", True),
        ("percentage", "De aanstelling is tachtig procent.", True),
        ("count", "De groep telt zeventien leden.", True),
        ("count", "De groep telt honderdtwintig leden.", True),
        ("count", "Een van de leden is voorzitter.", False),
        (None, "Iets.", True),
    ],
)
def test_whether_a_text_holds_it(kind: str | None, text: str, held: bool) -> None:
    assert holds(kind, text) is held


def test_a_count_must_count_what_was_asked() -> None:
    question = "hoeveel leden heeft de groep"
    assert holds("count", "De groep heeft vijf leden.", question)
    assert not holds("count", "De groep heeft vijf taken.", question)


def test_an_abbreviation_is_explained_beside_brackets_or_in_a_heading() -> None:
    assert holds("expansion", "een individueel opleidingsplan (IOP) maken", "waar staat iop voor")
    assert holds("expansion", "Het doel.", "waar staat iop voor", ("Het individueel opleidingsplan (IOP)",))
    assert not holds("expansion", "Het IOP is een plan.", "waar staat iop voor")


def test_the_word_that_is_asked_of() -> None:
    assert focus_of("welke sanctie staat daarop?") == ("sanctie",)
    assert focus_of("hoeveel maanden duurt het?") == ()


@pytest.mark.parametrize("text", ["Bel naar 0555-010 733.", "020 - 123 45 67", "+31 6 12345678", "088-4405 500"])
def test_a_phone_number_may_be_cut_up(text: str) -> None:
    assert holds("phone", text)


@pytest.mark.parametrize("text", ["In 2024 en 2025 waren er 10, 20 en 30.", "Van 13.00 tot 16.00 uur."])
def test_other_numbers_are_no_phone_number(text: str) -> None:
    assert not holds("phone", text)


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("hoeveel studiepunten levert het op?", "| Basis | 2 dagen | 22 punten |", True),
        ("hoeveel punten levert het op?", "De cursus geeft 22 studiepunten.", True),
        ("hoeveel leden heeft de groep?", "De groep komt in drie zalen bijeen.", False),
        ("how many members does it have?", "De groep telt negen leden.", True),
    ],
)
def test_a_number_counts_what_the_question_names(question: str, text: str, held: bool) -> None:
    assert holds("count", text, question) is held
