"""Proposes front matter from a file's properties and text. What neither says is left out; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from assistant.convert.blocks import Block, clean, text_of
from assistant.errors import ConversionError
from assistant.text import DUTCH_STOP, ENGLISH_STOP, plain, words

# Titles that programs give to documents, not people.
_NO_TITLE = re.compile(
    r"(?:microsoft word|untitled|naamloos|document\d*|zonder titel|scan|presentation|\(anonymous\)|anonymous|unspecified)\b|.*\.(?:docx?|pdf|indd|odt)\Z|https?://",
    re.IGNORECASE,
)
_NO_COMPANY = re.compile(r"(?:microsoft|hp|dell|home|thuis|prive|privé|n/?a|-)\b.{0,12}\Z", re.IGNORECASE)
_MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"((?:\d{{1,2}}\s+)?(?:{_MONTHS})\s+{_YEAR}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}|{_YEAR}-\d\d-\d\d)"
_DATED = re.compile(
    rf"\b(?:datum|versie|vastgesteld|publicatiedatum|gepubliceerd|d\.d\.|ingangsdatum|uitgave|herzien)\b[^.\n]{{0,40}}?\b{_DATE}",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\A\(?{_DATE}\)?\Z", re.IGNORECASE)
_STATUS = re.compile(
    r"\bstatus\s*:\s*(concept|vastgesteld|definitief|ontwerp|denkhulp)\b|\b(vastgesteld)\s+(?:op|door|in)\b|\A\(?(concept|conceptversie|ontwerp)\)?\b",
    re.IGNORECASE,
)
_KINDS = (
    "kwaliteitskader",
    "brochure",
    "opleidingsplan",
    "reglement",
    "besluit",
    "richtlijn",
    "handreiking",
    "leidraad",
    "protocol",
    "jaarverslag",
    "jaarplan",
    "handboek",
    "visiedocument",
    "folder",
    "notitie",
    "procedure",
    "plan",
)
# How far into the text a title page and colophon reach.
_OPENING = 12
KEYS = (
    "title",
    "publisher",
    "kind",
    "audience",
    "date",
    "status",
    "valid-from",
    "valid-until",
    "language",
    "url",
    "contact",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of front matter and where it was read."""

    key: str
    value: str
    source: str


def propose(properties: Mapping[str, str], blocks: Sequence[Block], stem: str) -> tuple[list[Proposal], list[str]]:
    """Give what the document says about itself, and warnings about what is missing.

    Args:
        properties: as the parser found them.
        blocks: the text.
        stem: name of the file without extension; the last resort for a title.
    """
    if "front" in properties:
        return _own(properties["front"], blocks, stem)
    opening = [plain(block.text) for block in blocks if block.text][:_OPENING]
    found = [_title(properties, blocks, stem)]
    company = properties.get("company", "")
    if company and not _NO_COMPANY.match(company):
        found.append(Proposal("publisher", company, "eigenschappen van het bestand"))
    # A file name is no title: it says nothing about what the document is.
    named = words(found[0].value) if found[0].source != "de bestandsnaam" else []
    kind = next((kind for kind in _KINDS if any(word.endswith(kind) for word in named)), None)
    if kind:
        found.append(Proposal("kind", kind, "de titel"))
    if date := _date(opening):
        found.append(Proposal("date", date, "de eerste regels"))
    if status := next((match for line in opening if (match := _STATUS.search(line))), None):
        value = next(group for group in status.groups() if group).lower()
        found.append(Proposal("status", "concept" if value.startswith("concept") else value, "de eerste regels"))
    if language := _language(properties, blocks):
        found.append(language)
    if re.match(r"https?://\S+\Z", properties.get("url", "")):
        found.append(Proposal("url", properties["url"], "het adres in de pagina"))
    missing = [
        name for key, name in (("publisher", "uitgever"), ("date", "datum")) if key not in {p.key for p in found}
    ]
    return found, [f"Het document noemt zelf geen {' en geen '.join(missing)}."] if missing else []


def _title(properties: Mapping[str, str], blocks: Sequence[Block], stem: str) -> Proposal:
    first = next((block for block in blocks if block.kind == "heading"), None)
    named = properties.get("title", "")
    if first is not None and first.level == 1:
        return Proposal("title", plain(first.text)[:200], "de eerste kop")
    if len(named) >= 4 and not _NO_TITLE.match(named):
        return Proposal("title", named[:200], "eigenschappen van het bestand")
    if first is not None:
        return Proposal("title", plain(first.text)[:200], "de eerste kop")
    return Proposal("title", clean(re.sub(r"[-_]+", " ", stem))[:200] or "document", "de bestandsnaam")


def _date(opening: Sequence[str]) -> str | None:
    """A date that is called the document's own, or stands alone on a line of the opening; two say nothing."""
    dated = {match.group(1) for line in opening for match in _DATED.finditer(line)} or {
        match.group(1) for line in opening if (match := _ALONE.match(line.strip()))
    }
    return dated.pop() if len(dated) == 1 else None


def _language(properties: Mapping[str, str], blocks: Sequence[Block]) -> Proposal | None:
    tokens = [word for block in blocks[:200] for word in words(plain(text_of([block])))]
    dutch = sum(token in DUTCH_STOP - ENGLISH_STOP for token in tokens)
    english = sum(token in ENGLISH_STOP - DUTCH_STOP for token in tokens)
    if dutch + english >= 5:
        return Proposal("language", "nl" if dutch >= english else "en", "de woorden van de tekst")
    stated = properties.get("language", "")[:2].lower()
    return Proposal("language", stated, "eigenschappen van het bestand") if stated in {"nl", "en"} else None


def _own(front: str, blocks: Sequence[Block], stem: str) -> tuple[list[Proposal], list[str]]:
    """The front matter that a Markdown file brings; lines that are not plain values are left out, and said."""
    try:
        values = yaml.safe_load(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]", "", front))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConversionError(
            "heeft kapotte gegevens tussen de streepjes bovenaan (front matter). Herstel of verwijder dat blok."
        ) from error
    values = {str(key).lower(): value for key, value in values.items()} if isinstance(values, dict) else {}
    found = [
        Proposal(key, clean(_plain(values[key]))[:300], "het bestand zelf")
        for key in KEYS
        if key in values and clean(_plain(values[key]))
    ]
    left = sorted(str(key)[:40] for key in values if key not in {*KEYS, "original", "sha256"})
    if "title" not in {p.key for p in found}:
        heading = re.search(r"^#{1,3}\s+(.+?)\s*#*$", blocks[0].text if blocks else "", re.MULTILINE)
        found.insert(
            0, Proposal("title", plain(heading.group(1))[:200], "de eerste kop") if heading else _title({}, [], stem)
        )
    return found, [f"Onbekende gegevens zijn niet overgenomen: {', '.join(left)}."] if left else []


def _plain(value: object) -> str:
    return (
        ", ".join(str(item) for item in value)
        if isinstance(value, list)
        else ""
        if value is None or isinstance(value, dict)
        else str(value)
    )


def front_matter(values: Mapping[str, str]) -> str:
    """The block of YAML on top of a document; every value is one line, so that nothing in it can break out."""
    shown: dict[str, object] = {key: clean(value) for key, value in values.items() if clean(value)}
    if audience := shown.get("audience"):
        shown["audience"] = [part.strip() for part in str(audience).split(",")]
    return "---\n" + yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=10_000) + "---\n\n"


def iso_date(text: str) -> str:
    """'31 mei 2024', '31-5-2024' or '2024-05-31' as 2024-05-31; a month is its first day; '' for anything else."""
    if match := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        numbers = match.groups()
    elif match := re.search(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b", text):
        numbers = match.groups()[::-1]
    elif match := re.search(rf"\b(?:(\d{{1,2}})\s+)?({_MONTHS})\s+(\d{{4}})\b", text.lower()):
        numbers = (match.group(3), str(_MONTHS.split("|").index(match.group(2)) + 1), match.group(1) or "1")
    else:
        return ""
    try:
        return date(int(numbers[0]), int(numbers[1]), int(numbers[2])).isoformat()
    except ValueError:
        return ""  # 31-2-2024 is no date, and so says nothing
