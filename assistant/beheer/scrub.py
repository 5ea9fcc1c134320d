"""Takes names, addresses and numbers of people out of a question, before anything is kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable

Known = Callable[[str], bool]

_EMAIL = re.compile(r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)*")
_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ ]?[A-Z]{4}(?:[ ]?\d){7,12}\b", re.IGNORECASE)
_POSTCODE = re.compile(r"\b[1-9]\d{3}\s?[A-Za-z]{2}\b(?=[\s,.;:?!)]|\Z)")
_STREET = re.compile(
    r"\b\w+(?:straat|laan|weg|plein|kade|gracht|singel|dijk|steeg|hof|pad)\s+\d+\s?[a-zA-Z]?\b", re.IGNORECASE
)
# Seven digits or more, with what people write between them; years, amounts and article numbers are shorter.
_NUMBER = re.compile(
    r"(?<!\w)(?!(?:19|20)\d\d\s?[-/–]\s?(?:19|20)\d\d(?!\d))(?:\+|00)?\(?\d(?:[\s().\-/]{0,3}\d){6,}(?!\w)"
)
_BIRTH = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d\b")
_TITLES = (
    "dr|drs|prof|ir|mr|mw|mevr|mevrouw|meneer|mijnheer|dhr|heer|dokter|professor|juffrouw|mister|mrs|miss|ms|doctor"
)
_PARTICLES = r"(?:(?:van|de|der|den|ter|ten|el|al|von|bin|'t|te)\s+){0,3}"
_AFTER_TITLE = re.compile(
    rf"\b((?:{_TITLES})\.?)\s+((?:[A-Za-z]\.\s?){{0,4}}{_PARTICLES}[^\W\d_][\w'’-]+)", re.IGNORECASE
)
_INTRODUCED = re.compile(
    # Said of oneself, a name may stand without a capital; after 'ik ben' a word without one is a role.
    r"\b((?i:ik heet|mijn naam is|my name is)\s+|(?i:ik ben|genaamd|named|namens|groeten?,?|i am)\s+(?=[A-ZÀ-Þ]))"
    rf"([^\W\d_][\w'’-]*(?:\s+{_PARTICLES}[A-ZÀ-Þ][\w'’-]+)?)"
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.\s?){1,4}" + _PARTICLES + r"[A-ZÀ-Þ][\w'’-]+")
_CAPITAL = re.compile(r"(?<![\w.])([A-ZÀ-Þ][\wÀ-ÿ'’-]+)(?:\s+" + _PARTICLES + r"[A-ZÀ-Þ][\wÀ-ÿ'’-]+)*")
# First names that are also written without a capital; none of them is a word of the field.
_FIRST = frozenset(
    "aad ahmed ali anja anke anna anne annemarie annemiek annet arjan astrid bas bert bianca bram carla chantal "
    "christel cor daan daniel david dennis diana dirk edwin ellen els emma erik erwin esther eva fatima femke floor "
    "frank frans fred gerard gerrit hanneke hans harry heleen henk hans ingrid irene iris jaap jacqueline jan jasper "
    "jeroen jessica jip joost joris judith julia karin kees khalid kim klaas laura lars linda lisa lotte lucas maaike "
    "maarten machteld marcel margriet maria mariska marieke marijke marja marjolein marloes martijn mathijs mehmet "
    "michiel mieke mirjam mohamed mohammed monique nadia nanda nienke noor olga olivier patricia paul petra pieter "
    "rachid ramon remco renate richard rik robert roel ronald ruud saskia sander sandra sanne sarah serge sjoerd sofie "
    "stefan sven tessa theo thijs thomas tineke tim tom ton vera victor wendy wim willem wouter yasmin yvonne".split()
)
_FIRST_NAME = re.compile(
    r"\b(" + "|".join(sorted(_FIRST)) + r")\b(\s+" + _PARTICLES + r"[^\W\d_][\w'’-]+)?", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?:\A|[.?!:;\n])\s*[\"'“(]*\Z")


def scrub(question: str, known: Known) -> str:
    """A question without what may tell who asked it or of whom it is.

    Rather a word too many goes than one too few: a capitalised word stays only where the documents know it, or where
    it begins a sentence.

    Args:
        question: as typed.
        known: whether a word, in small letters, is one of the documents.
    """
    text = " ".join(question.split())
    for pattern, instead in (
        (_EMAIL, "[e-mail]"),
        (_URL, "[link]"),
        (_IBAN, "[nummer]"),
        (_BIRTH, "[datum]"),
        (_NUMBER, "[nummer]"),
        (_POSTCODE, "[adres]"),
        (_STREET, "[adres]"),
    ):
        text = pattern.sub(instead, text)
    text = _AFTER_TITLE.sub(lambda m: m.group(0) if known(_last(m.group(2))) else f"{m.group(1)} [naam]", text)
    text = _INTRODUCED.sub(lambda m: m.group(0) if _is_known(m.group(2), known) else f"{m.group(1)}[naam]", text)
    text = _INITIALS.sub("[naam]", text)
    text = _FIRST_NAME.sub(lambda m: _of_first(m, known), text)
    return _CAPITAL.sub(lambda m: _of_capital(m, text, known), text)


def _last(words: str) -> str:
    return words.split()[-1].casefold()


def _is_known(words: str, known: Known) -> bool:
    return all(known(word.casefold()) for word in words.split())


def _of_first(match: re.Match[str], known: Known) -> str:
    """A first name goes; the word after it goes too when it is a surname: capitalised, or unknown to the documents."""
    after = match.group(2) or ""
    word = after.split()[-1] if after else ""
    keep = after if word and known(word.casefold()) and not word[:1].isupper() else ""
    if word and not keep and not word[:1].isupper() and len(word) < 4:
        keep = after  # 'jan is', 'lisa of': a small word, not a surname
    return "[naam]" + keep


def _of_capital(match: re.Match[str], text: str, known: Known) -> str:
    words = match.group(0).split()
    # A few capitals are an abbreviation, which a maintainer wants to see when the documents do not know it.
    strange = [w for w in words if not (known(w.casefold().strip("'’-")) or (w.isupper() and len(w) <= 5))]
    if not strange:
        return match.group(0)
    begins = bool(_SENTENCE.search(text[: match.start()]))
    if not begins:
        return "[naam]"
    # The first word of a sentence has its capital from that; what follows it has not.
    if len(words) == 1:
        return match.group(0)
    return (
        words[0] + " [naam]"
        if any(word in strange for word in words[1:]) and known(words[0].casefold())
        else ("[naam]" if strange[0] == words[0] and len(strange) > 1 else f"{words[0]} [naam]")
    )
