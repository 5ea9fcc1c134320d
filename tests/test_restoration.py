"""The texts in ``corpus/`` are restorations of the originals, not rewrites.

For every ``corpus/*.md`` whose front matter names an ``original`` this checks that

* the original is the file whose SHA-256 the front matter gives;
* the words of the original, with the repairs declared in
  ``corpus/originals/<id>.repairs.yaml`` applied, are exactly the words of the
  restoration: the same words, each as often;
* the same holds for the numbers ("7,5" is one number);
* the same URLs occur in both;
* every declared repair and move really concerns words that stand there.

Order is deliberately not compared: a column or a bulleted list may be put back in
its place. What a *word* is, is fixed by :func:`words`.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

CORPUS = Path(__file__).resolve().parent.parent / "corpus"

KNOWN_RULES = frozenset({"join-hyphens", "urls-into-links"})
KNOWN_KEYS = frozenset({"repairs", "rules", "keep_hyphen", "moves", "layout"})

FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\(\s*<?(?P<target>[^()\s<>]+)>?\s*\)")
URL = re.compile(r"(?:https?://|mailto:)[^\s<>()\[\]\"]+")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
INLINE_TAG = re.compile(r"</?(?:a|b|em|i|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE)
BLOCK_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
LINE_END_HYPHEN = re.compile(r"(?P<head>[^\W_]+(?:['-][^\W_]+)*)-[ \t]*\n[ \t]*(?P<tail>[^\W\d_]+)")
QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u02bc": "'"})


@dataclass(frozen=True)
class Repair:
    """Words of the original (``count`` times) that became other words, or none."""

    original: str
    restored: str
    count: int
    why: str


@dataclass(frozen=True)
class Move:
    """Words that stand elsewhere in the restoration, but stand there as often."""

    words: str
    count: int
    why: str


@dataclass(frozen=True)
class Declaration:
    """All that was done to one text, as its repairs file declares it."""

    repairs: tuple[Repair, ...] = ()
    moves: tuple[Move, ...] = ()
    rules: frozenset[str] = frozenset()
    keep_hyphen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """One restored text with what its front matter says and its original."""

    name: str
    meta: dict[str, Any]
    body: str
    original: bytes
    declaration: Declaration


def normalise(text: str) -> str:
    """Compose accents and use one kind of single quote and line ending."""
    composed = unicodedata.normalize("NFC", text).translate(QUOTES)
    return composed.replace("\r\n", "\n").replace("\u00ad", "")


def join_hyphens(text: str, keep: frozenset[str]) -> str:
    """Join words broken at a line end, unless ``keep`` lists the hyphenated form.

    Only a lower-case continuation is joined. An entry of ``keep`` is the word as it
    is to read, e.g. ``collega-opleider``; with a space after the hyphen (``wet- en``)
    it stays two words.
    """

    def joined(match: re.Match[str]) -> str:
        head, tail = match["head"], match["tail"]
        if not tail[0].islower():
            return match[0]
        if f"{head}- {tail}".casefold() in keep:
            return f"{head}- {tail}"
        if f"{head}-{tail}".casefold() in keep:
            return f"{head}-{tail}"
        return head + tail

    # A word can be broken twice ("a-\nb-\nc"), so repeat until nothing changes.
    while (after := LINE_END_HYPHEN.sub(joined, text)) != text:
        text = after
    return text


def plain(text: str, declaration: Declaration) -> str:
    """The running text: no markup, no link targets, no URLs that became links."""
    text = normalise(text)
    if "join-hyphens" in declaration.rules:
        text = join_hyphens(text, declaration.keep_hyphen)
    text = COMMENT.sub(" ", text)
    text = LINK.sub(lambda match: match["text"], text)
    if "urls-into-links" in declaration.rules:
        text = URL.sub(" ", text)
    text = INLINE_TAG.sub("", text)
    text = BLOCK_TAG.sub(" ", text)
    return html.unescape(text).replace("*", "")


def words(text: str, declaration: Declaration) -> list[str]:
    """Casefolded runs of letters and digits, joined by inner hyphens and apostrophes."""
    return [word.casefold() for word in WORD.findall(plain(text, declaration))]


def numbers(text: str, declaration: Declaration) -> list[str]:
    return [number for number in NUMBER.findall(plain(text, declaration))]


def urls(text: str) -> set[str]:
    """All addresses in a text, whether bare or the target of a link."""
    text = normalise(text)
    found = [match["target"] for match in LINK.finditer(text)] + URL.findall(text)
    return {canonical_url(url) for url in found}


def canonical_url(url: str) -> str:
    url = html.unescape(url).rstrip(".,;:!")
    if url.startswith("mailto:"):
        # An exported address such as "mailto:a%40b.nl%20?subject=" is that of a@b.nl.
        address, _, query = url.partition("?")
        address = unquote(address).strip()
        return address if query in ("", "subject=") else f"{address}?{query}"
    return url


def occurrences(tokens: list[str], phrase: list[str]) -> int:
    """How often the phrase stands in the text, word for word and without overlap."""
    count = start = 0
    while start <= len(tokens) - len(phrase):
        if tokens[start : start + len(phrase)] == phrase:
            count += 1
            start += len(phrase)
        else:
            start += 1
    return count


def occurs(part: str, text: str, declaration: Declaration) -> int:
    """How often words, or a bare mark such as a bullet, stand in a text."""
    phrase = words(part, declaration)
    if phrase:
        return occurrences(words(text, declaration), phrase)
    return normalise(text).count(normalise(part.strip()))


def apply_repairs(counted: Counter[str], repairs: Iterable[tuple[list[str], list[str], int]]) -> None:
    for before, after, count in repairs:
        for token in before:
            counted[token] -= count
        for token in after:
            counted[token] += count


def compare(kind: str, expected: Counter[str], found: Counter[str]) -> list[str]:
    return [
        f"{kind} {token!r}: {expected[token]} expected, {found[token]} found"
        for token in sorted(set(expected) | set(found))
        if expected[token] != found[token]
    ]


def differences(original: str, restored: str, declaration: Declaration) -> list[str]:
    """Everything in the restoration that the original and the repairs do not explain."""
    problems: list[str] = []
    for repair in declaration.repairs:
        for side, text, part in (
            ("original", original, repair.original),
            ("restoration", restored, repair.restored),
        ):
            if part.strip() and (seen := occurs(part, text, declaration)) < repair.count:
                problems.append(f"repair: {part!r} declared {repair.count} times, {seen} times in the {side}")
    for move in declaration.moves:
        before = occurs(move.words, original, declaration)
        after = occurs(move.words, restored, declaration)
        if not move.count == before == after:
            problems.append(
                f"move: {move.words!r} declared {move.count} times, "
                f"{before} times in the original, {after} times in the restoration"
            )
    for kind, tokens in (("word", words), ("number", numbers)):
        expected = Counter(tokens(original, declaration))
        apply_repairs(
            expected,
            ((tokens(r.original, declaration), tokens(r.restored, declaration), r.count) for r in declaration.repairs),
        )
        problems += compare(kind, expected, Counter(tokens(restored, declaration)))
    before_urls, after_urls = urls(original), urls(restored)
    problems += [f"URL dropped: {url}" for url in sorted(before_urls - after_urls)]
    problems += [f"URL added: {url}" for url in sorted(after_urls - before_urls)]
    return problems


def parse_declaration(text: str) -> Declaration:
    loaded: Any = yaml.safe_load(text) or {}
    if isinstance(loaded, list):
        loaded = {"repairs": loaded}
    unknown = set(loaded) - KNOWN_KEYS
    if unknown:
        raise ValueError(f"unknown keys in a repairs file: {sorted(unknown)}")
    rules = frozenset(loaded.get("rules") or ())
    if rules - KNOWN_RULES:
        raise ValueError(f"unknown rules in a repairs file: {sorted(rules - KNOWN_RULES)}")
    repairs: list[Repair] = []
    for entry in loaded.get("repairs") or ():
        repair = Repair(
            str(entry.get("original") or ""),
            str(entry.get("restored") or ""),
            int(entry.get("count", 1)),
            str(entry.get("why") or ""),
        )
        if repair.count < 1 or not repair.why or not (repair.original or repair.restored):
            raise ValueError(f"incomplete repair: {entry}")
        repairs.append(repair)
    moves = tuple(
        Move(str(entry["words"]), int(entry.get("count", 1)), str(entry["why"])) for entry in loaded.get("moves") or ()
    )
    keep = frozenset(normalise(str(word)).casefold() for word in loaded.get("keep_hyphen") or ())
    return Declaration(tuple(repairs), moves, rules, keep)


def load_documents() -> list[Document]:
    documents: list[Document] = []
    for path in sorted(CORPUS.glob("*.md")):
        text = path.read_bytes().decode("utf-8")
        match = FRONT_MATTER.match(text)
        meta: Any = yaml.safe_load(match["yaml"]) if match else None
        if match is None or not isinstance(meta, dict) or "original" not in meta:
            continue
        declared = CORPUS / "originals" / f"{path.stem}.repairs.yaml"
        declaration = parse_declaration(declared.read_text(encoding="utf-8")) if declared.exists() else Declaration()
        original = (CORPUS / str(meta["original"])).read_bytes()
        documents.append(Document(path.stem, meta, text[match.end() :], original, declaration))
    return documents


DOCUMENTS = load_documents()
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=[document.name for document in DOCUMENTS])


def prose_lines(body: str) -> list[int]:
    """Indices of lines that are plain running text, so that a change in them is one of words."""
    return [
        index
        for index, line in enumerate(body.split("\n"))
        if not URL.search(line) and "](" not in line and len(WORD.findall(line)) >= 4
    ]


def drop_word(body: str) -> tuple[str, str]:
    lines = body.split("\n")
    candidates = prose_lines(body)
    index = candidates[len(candidates) // 2]
    match = WORD.search(normalise(lines[index]))
    assert match is not None
    lines[index] = normalise(lines[index]).replace(match[0], "", 1)
    return "\n".join(lines), f"word {match[0].casefold()!r}"


def add_word(body: str) -> tuple[str, str]:
    lines = body.split("\n")
    candidates = prose_lines(body)
    lines[candidates[len(candidates) // 2]] += " bovendien"
    return "\n".join(lines), "word 'bovendien'"


def repeat_word(body: str) -> tuple[str, str]:
    lines = body.split("\n")
    candidates = prose_lines(body)
    index = candidates[len(candidates) // 3]
    last = WORD.findall(normalise(lines[index]))[-1]
    lines[index] += f" {last}"
    return "\n".join(lines), f"word {last.casefold()!r}"


def change_number(body: str) -> tuple[str, str]:
    # A number standing by itself, in a line without an address.
    lines = body.split("\n")
    for index, line in enumerate(lines):
        match = re.search(r"(?<![\w.,:/-])\d+(?![\w/-]|[.,:]\d)", line)
        if match and not URL.search(line) and "](" not in line:
            changed = str(int(match[0]) + 1)
            lines[index] = line[: match.start()] + changed + line[match.end() :]
            return "\n".join(lines), f"number {match[0]!r}"
    raise AssertionError("no number to change in this text")


def test_there_are_restorations() -> None:
    assert DOCUMENTS
    assert len({document.meta["original"] for document in DOCUMENTS}) == len(DOCUMENTS)


def test_every_repairs_file_belongs_to_a_restoration() -> None:
    declared = {path.name for path in (CORPUS / "originals").glob("*.repairs.yaml")}
    assert declared <= {f"{document.name}.repairs.yaml" for document in DOCUMENTS}


@each_document
def test_original_is_the_one_named(document: Document) -> None:
    assert hashlib.sha256(document.original).hexdigest() == document.meta["sha256"]


@each_document
def test_file_is_clean_text(document: Document) -> None:
    assert "\r" not in document.body
    assert document.body.endswith("\n")
    assert not BLOCK_TAG.search(URL.sub("", document.body))


@each_document
def test_nothing_but_the_declared_repairs(document: Document) -> None:
    assert not differences(document.original.decode("utf-8"), document.body, document.declaration)


@each_document
@pytest.mark.parametrize("tamper", [drop_word, add_word, repeat_word, change_number])
def test_tampering_is_detected(document: Document, tamper: Any) -> None:
    tampered, culprit = tamper(document.body)
    found = differences(document.original.decode("utf-8"), tampered, document.declaration)
    assert any(problem.startswith(culprit) for problem in found), found


@each_document
def test_lost_or_changed_address_is_detected(document: Document) -> None:
    original = document.original.decode("utf-8")
    if not urls(original):
        assert not urls(document.body)
        return
    tampered = re.sub(r"https?://", "https://elders.", document.body)
    found = differences(original, tampered, document.declaration)
    assert any(problem.startswith("URL dropped") for problem in found)
    assert any(problem.startswith("URL added") for problem in found)


@each_document
def test_undeclared_repair_is_detected(document: Document) -> None:
    original = document.original.decode("utf-8")
    for index, repair in enumerate(document.declaration.repairs):
        before = words(repair.original, document.declaration)
        after = words(repair.restored, document.declaration)
        if Counter(before) == Counter(after):
            continue
        rest = document.declaration.repairs[:index] + document.declaration.repairs[index + 1 :]
        undeclared = Declaration(
            rest,
            document.declaration.moves,
            document.declaration.rules,
            document.declaration.keep_hyphen,
        )
        assert differences(original, document.body, undeclared), repair


@pytest.mark.parametrize(
    ("original", "restored", "declared", "same"),
    [
        ("kwalita-\ntief hoog", "kwalitatief hoog", "rules: [join-hyphens]", True),
        ("kwalita-\ntief hoog", "kwalitatief hoog", "", False),
        ("kwalita-\ntief hoog", "kwalita-tief hoog", "rules: [join-hyphens]", False),
        ("de collega-op-\nleiders", "de collega-opleiders", "rules: [join-hyphens]", True),
        (
            "een PEER-\nreview",
            "een PEER-review",
            "{rules: [join-hyphens], keep_hyphen: [peer-review]}",
            True,
        ),
        (
            "wet-\nen regelgeving",
            "wet- en regelgeving",
            "{rules: [join-hyphens], keep_hyphen: ['wet- en']}",
            True,
        ),
        ("regio Noord-\nOost", "regio NoordOost", "rules: [join-hyphens]", False),
        (
            "Kijk op de site.\nhttps://example.nl/a",
            "Kijk op [de site](https://example.nl/a).",
            "rules: [urls-into-links]",
            True,
        ),
        (
            "Kijk.\nhttps://example.nl/a",
            "[Kijk](https://example.nl/b).",
            "rules: [urls-into-links]",
            False,
        ),
        ("mailto:a%40b.nl%20?subject=", "<mailto:a@b.nl>", "rules: [urls-into-links]", True),
        ("<b>Rol</b> van <i>de</i> aios\u2019s", "**Rol** van *de* aios's", "", True),
        ("1,5 jaar en 7 dagen", "15 jaar en 7 dagen", "", False),
        ("e Een punt", "- Een punt", "[{original: e een punt, restored: een punt, why: x}]", True),
        ("Een punt", "- Een punt", "[{original: e een punt, restored: een punt, why: x}]", False),
        ("\u2022 Een punt", "- Een punt", '[{original: "\u2022", restored: "-", why: x}]', True),
        ("Een punt", "- Een punt", '[{original: "\u2022", restored: "-", why: x}]', False),
    ],
)
def test_rules_of_comparison(original: str, restored: str, declared: str, same: bool) -> None:
    assert (not differences(original, restored, parse_declaration(declared))) is same


@pytest.mark.parametrize(
    "declared",
    ["rules: [anything-goes]", "exceptions: []", "[{original: a, restored: b}]", "[{why: x}]"],
)
def test_unclear_declaration_is_refused(declared: str) -> None:
    with pytest.raises(ValueError):
        parse_declaration(declared)
