"""The words of the field (corpus/vocabulary.yaml): recognises actors, domains and aspects, and widens a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.entries import SURE, Entry, Found, Phrases, phrases_of, table_of
from assistant.errors import VocabularyError
from assistant.roles import Role, read_roles, role_of
from assistant.text import STOP, words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the vocabulary file says, ready for look-up. An empty one recognises nothing."""

    actors: dict[str, Entry] = field(default_factory=dict)
    domains: dict[str, Entry] = field(default_factory=dict)
    aspects: dict[str, Entry] = field(default_factory=dict)
    terms: dict[str, Entry] = field(default_factory=dict)
    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    _actors: Phrases = field(default_factory=Phrases)
    _domains: Phrases = field(default_factory=Phrases)
    _aspects: Phrases = field(default_factory=Phrases)
    _terms: Phrases = field(default_factory=Phrases)

    def role(self, name: str | None) -> Role | None:
        """A role by its id; every actor is a role too."""
        if name and name in self.roles:
            return self.roles[name]
        entry = self.actors.get(name or "")
        return role_of(entry) if entry else None

    def actors_in(self, tokens: Sequence[str]) -> list[Found]:
        """Actors named in folded words."""
        return self._actors.find(tokens)

    def domains_in(self, tokens: Sequence[str]) -> list[Found]:
        """Domains named in folded words."""
        return self._domains.find(tokens)

    def aspects_in(self, tokens: Sequence[str]) -> list[Found]:
        """Aspects (taken, voorbeelden, rol) named in folded words."""
        return self._aspects.find(tokens)

    def synonyms(self, tokens: Sequence[str]) -> list[tuple[tuple[str, ...], list[tuple[tuple[str, ...], float]]]]:
        """Other wordings for what the words say: per phrase found, (folded words, weight) of each synonym."""
        result = []
        for found in self._terms.find(tokens):
            said = tuple(tokens[found.start : found.end])
            others = [
                (phrase, found.weight * weight) for phrase, weight in self.wordings(found.entry) if phrase != said
            ]
            result.append((said, others))
        for token in tokens:
            if long := self.abbreviations.get(token):
                result.append(((token,), [(tuple(words(meaning)), SURE) for meaning in long]))
        return result

    def wordings(self, term: str) -> list[tuple[tuple[str, ...], float]]:
        """How a term can be said, in folded words, the surest first."""
        return phrases_of(self.terms[term])

    def phrases(self) -> list[tuple[str, ...]]:
        """Every phrase of the file in folded words: none of them is a typing error."""
        tables = (self._actors, self._domains, self._aspects, self._terms)
        long = [tuple(words(meaning)) for meanings in self.abbreviations.values() for meaning in meanings]
        return (
            [phrase for table in tables for phrase in table.table] + long + [(short,) for short in self.abbreviations]
        )

    def heading(self, text: str) -> tuple[str | None, str | None, str | None]:
        """(actor, domain, aspect) that a heading *is*: its content words must all belong to what it names."""
        tokens = words(text)
        aspects = [f for f in self.aspects_in(tokens) if f.weight == SURE]
        actors = [f for f in self.actors_in(tokens) if f.weight == SURE]
        domains = [f for f in self.domains_in(tokens) if f.weight == SURE]
        covered = {i for f in (*aspects, *actors, *domains) for i in range(f.start, f.end)}
        rest = [
            t for i, t in enumerate(tokens) if i not in covered and t not in STOP and t != "actor" and not t.isdigit()
        ]
        aspect = aspects[0].entry if aspects and aspects[0].start <= 1 else None
        if rest and not aspect:
            return None, None, None
        actor = actors[0].entry if actors and (not rest or aspect) else None
        return actor, (domains[0].entry if domains and not rest else None), aspect


def load_vocabulary(path: Path) -> Vocabulary:
    """Read and validate a vocabulary file; a missing file gives an empty vocabulary.

    Raises:
        VocabularyError: naming the entry that is not as it should be.
    """
    if not path.is_file():
        return Vocabulary()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise VocabularyError(f"{path} kan niet worden gelezen ({error.strerror}). Controleer de rechten.") from error
    except Exception as error:  # PyYAML raises whatever its converters raise: ValueError, KeyError, RecursionError …
        raise VocabularyError(
            f"{path.name} is geen geldige YAML: {' '.join(str(error).split())[:200]}. "
            "Herstel het bestand en probeer opnieuw."
        ) from error
    if not isinstance(raw, dict):
        raise VocabularyError(f"{path.name}: bovenaan moeten actors, domains, aspects, terms en abbreviations staan.")
    parts = {name: _entries(path.name, name, raw.get(name)) for name in ("actors", "domains", "aspects", "terms")}
    _refuse_shared_aliases(path.name, parts["actors"])
    roles = read_roles(path.name, raw.get("roles"), {entry.id: entry for entry in parts["actors"]})
    short: dict[str, tuple[str, ...]] = {}
    abbreviations = raw.get("abbreviations") or []
    if not isinstance(abbreviations, list):
        raise VocabularyError(f"{path.name}: 'abbreviations' moet een lijst zijn.")
    for item in abbreviations:
        if not isinstance(item, dict) or not isinstance(item.get("short"), str) or not item.get("long"):
            raise VocabularyError(f"{path.name}: afkorting {item!r} mist 'short' of 'long'.")
        long = item["long"] if isinstance(item["long"], list) else [item["long"]]
        short["".join(words(item["short"]))] = tuple(str(meaning) for meaning in long)
    return Vocabulary(
        **{name: {entry.id: entry for entry in entries} for name, entries in parts.items()},
        abbreviations=short,
        roles=roles,
        _actors=table_of(parts["actors"]),
        _domains=table_of(parts["domains"]),
        _aspects=table_of(parts["aspects"]),
        _terms=table_of(parts["terms"]),
    )


def _entries(file: str, part: str, raw: object) -> list[Entry]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise VocabularyError(f"{file}: '{part}' moet een lijst zijn.")
    entries: list[Entry] = []
    for number, item in enumerate(raw, 1):
        key = "term" if part == "terms" else "id"
        if not isinstance(item, dict) or not isinstance(item.get(key), str) or not item[key].strip():
            raise VocabularyError(f"{file}: '{part}' nummer {number} mist '{key}'.")
        lists = {}
        for name in ("same", "kind", "english"):
            value = item.get(name) or []
            if not isinstance(value, list) or not all(isinstance(v, str | int) for v in value):
                raise VocabularyError(f"{file}: '{part}' › {item[key]}: '{name}' moet een lijst woorden zijn.")
            lists[name] = tuple(str(v) for v in value)
        entries.append(
            Entry(
                id=item[key],
                label=str(item.get("label") or item[key]),
                label_en=str(item.get("label_en") or ""),
                name=str(item.get("name") or ""),
                same=lists["same"] + lists["english"],
                kind=lists["kind"],
            )
        )
    doubles = (
        {entry.id for entry in entries if [e.id for e in entries].count(entry.id) > 1} if part != "terms" else set()
    )
    if doubles:
        raise VocabularyError(f"{file}: '{part}' heeft {', '.join(sorted(doubles))} dubbel. Voeg ze samen.")
    return entries


def _refuse_shared_aliases(file: str, actors: Sequence[Entry]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for entry in actors:
        for phrase, weight in phrases_of(entry):
            if weight == SURE and seen.setdefault(phrase, entry.id) != entry.id:
                raise VocabularyError(
                    f"{file}: '{' '.join(phrase)}' staat bij {seen[phrase]} én {entry.id}; "
                    "kies er een, of zet het onder 'kind'."
                )
