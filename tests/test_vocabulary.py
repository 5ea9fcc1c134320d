"""The vocabulary file is validated with the entry named, and recognises what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import CORPUS

from assistant.entries import LIKELY, SURE
from assistant.errors import VocabularyError
from assistant.text import words
from assistant.vocabulary import Vocabulary, load_vocabulary

SMALL = """
actors:
  - {id: aios, label: Aios, same: [arts in opleiding], kind: [assistent], english: [resident]}
  - {id: coc, label: COC, name: Centrale Opleidingscommissie}
domains:
  - {id: klimaat, label: Opleidingsklimaat, kind: [sfeer]}
aspects:
  - {id: taken, label: Taken, same: [taak]}
terms:
  - {term: werktijd, same: [arbeidstijd], kind: [rooster]}
abbreviations:
  - {short: EPA, long: [entrustable professional activity]}
  - {short: VWS, long: Volksgezondheid}
"""


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    return load(tmp_path, SMALL)


def load(tmp_path: Path, text: str | bytes) -> Vocabulary:
    path = tmp_path / "vocabulary.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_vocabulary(path)


def test_a_missing_or_empty_file_recognises_nothing(tmp_path: Path) -> None:
    assert load_vocabulary(tmp_path / "vocabulary.yaml") == Vocabulary() == load(tmp_path, "")


def test_the_longest_phrase_is_found_with_its_weight(small: Vocabulary) -> None:
    found = small.actors_in(words("de Arts in Opleiding vraagt de assistent en de centrale opleidingscommissie"))
    assert [(f.entry, f.weight, f.start, f.end) for f in found] == [
        ("aios", SURE, 1, 4),
        ("aios", LIKELY, 6, 7),
        ("coc", SURE, 9, 11),
    ]
    assert [f.entry for f in small.actors_in(words("the resident"))] == ["aios"]
    assert small.domains_in(words("de sfeer"))[0].weight == LIKELY


def test_synonyms_and_abbreviations_widen(small: Vocabulary) -> None:
    said = dict(small.synonyms(words("rooster EPA")))
    assert (("werktijd",), LIKELY * SURE) in said[("rooster",)]
    assert said[("epa",)] == [(("entrustable", "professional", "activity"), SURE)]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Actor COC", ("coc", None, None)),
        ("1. Opleidingsklimaat", (None, "klimaat", None)),
        ("Taken van de aios", ("aios", None, "taken")),
        ("De COC en het weer van morgen", (None, None, None)),
        ("Inleiding", (None, None, None)),
    ],
)
def test_headings_name_actor_domain_and_aspect(small: Vocabulary, heading: str, expected: object) -> None:
    assert small.heading(heading) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("actors: [", "geen geldige YAML"),
        ("- a\n- b", "bovenaan moeten"),
        ("actors: [{id: a}]\nroles: [{id: b}]", "'roles' › b: 'actor'"),
        ("actors: [{id: a}]\nroles: [{id: a}, {id: a}]", "'roles' nummer 2"),
        ("actors: [{id: a}]\nroles: a", "'roles' moet een lijst"),
        ("actors: {id: x}", "'actors' moet een lijst zijn"),
        ("actors: [{label: x}]", "'actors' nummer 1 mist 'id'"),
        ("terms: [{term: a}, {term: ' '}]", "'terms' nummer 2 mist 'term'"),
        ("actors: [{id: a, same: woord}]", "'actors' › a: 'same' moet een lijst woorden zijn"),
        ("actors: [{id: a}, {id: a}]", "'actors' heeft a dubbel"),
        ("actors: [{id: a, same: [x y]}, {id: b, same: [X  y]}]", "'x y' staat bij a én b"),
        ("abbreviations: [{short: X}]", "mist 'short' of 'long'"),
        ("abbreviations: 3", "'abbreviations' moet een lijst zijn"),
        ("x: !!bool misschien", "geen geldige YAML"),
        ("x: " + "[" * 1_500, "geen geldige YAML"),
        (b"\xff\xfe\x00", "geen geldige YAML"),
    ],
)
def test_what_is_wrong_is_named_on_one_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(VocabularyError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_real_vocabulary_has_the_seven_actors_and_four_domains() -> None:
    vocabulary = load_vocabulary(CORPUS / "vocabulary.yaml")
    assert set(vocabulary.actors) == {"aios", "opleider", "coc", "rvb", "cluster", "oor", "docent"}
    assert len(vocabulary.domains) == 4
    assert {"taken", "voorbeelden", "rol"} <= set(vocabulary.aspects)


@pytest.mark.parametrize(
    ("phrase", "actor"),
    [
        ("arts-assistent", "aios"),
        ("resident", "aios"),
        ("ziekenhuisdirectie", "rvb"),
        ("executives", "rvb"),
        ("COC'en", "coc"),
        ("opleidingsgroep", "opleider"),
        ("docenten", "docent"),
    ],
)
def test_everyday_and_english_names_mean_an_actor(phrase: str, actor: str) -> None:
    found = load_vocabulary(CORPUS / "vocabulary.yaml").actors_in(words(phrase))
    assert actor in {f.entry for f in found}


def test_roles_are_names_for_actors_and_without_a_list_the_actors_themselves(tmp_path):
    path = tmp_path / "vocabulary.yaml"
    actors = "actors:\n  - {id: kok, label: Kok}\n  - {id: ober, label: Ober}\n"
    path.write_text(actors, encoding="utf-8")
    assert list(load_vocabulary(path).roles) == ["kok", "ober"]
    path.write_text(
        actors + "roles:\n  - {id: leerling, label: Leerling, actor: kok}\n  - {id: kok}\n", encoding="utf-8"
    )
    vocabulary = load_vocabulary(path)
    assert [(role.id, role.actor, role.label) for role in vocabulary.roles.values()] == [
        ("leerling", "kok", "Leerling"),
        ("kok", "kok", "Kok"),
    ]
    assert vocabulary.role("ober").actor == "ober", "an actor that is not listed can still be named"
    assert vocabulary.role("gast") is None
