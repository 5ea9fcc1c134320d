"""What the wording of a text asks for: which kind of answer, a comparison, or nothing (small talk, orders)."""

from __future__ import annotations

import re

from assistant.text import sentences
from assistant.types import QuestionKind

_COMPARE = re.compile(
    r"\b(verschil\w*|verschilt|vergelijk\w*|versus|vs\.?|ten opzichte van|t\.o\.v\.|anders dan|difference|differ|"
    r"compare\w*|"
    r"tegenover|zelfde als|in tegenstelling|onderscheid\w*|elk afzonderlijk|naast elkaar)\b",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[QuestionKind, str], ...] = (
    ("procedure", r"\b(\w*stappen|stap|volgorde|route|traject|hoe verloopt|hoe loopt|hoe gaat (dat|het|"
                  r".* in zijn werk)|procedure voor|"
                  r"daarna|wat nu|wat moet ik nu|van .* tot besluit|what now|what do i do now|"
                  r"wat komt (er )?(na|daarna|eerst)|eerst .* dan|steps?|what comes next|sequence|pathway)\b"),
    ("definition", r"^\W*(wat (is|zijn|betekent|betekenen|houdt|houden)|waar staat \S+ voor|wat wordt bedoeld|"
                   r"wat bedoel\w* |"
                   r"what (is|are|does) .*(mean|stand for)?|definitie|leg uit wat|wat wil .* zeggen|betekenis)"),
    ("list", r"\b(welke|noem|som .* op|lijst\w*|alle|allemaal|opsomming|rijtje|wat zijn de|overzicht van|which|list|"
             r"all the|"
             r"what are|give me|geef (me|mij)|wat moet\w* .* (doen|regelen|allemaal|klaar\w*)|checklist)\b"),
)  # fmt: skip
# Two questions in one breath: 'wat doet de een, en wat de ander?'
_EACH_THEIRS = re.compile(r"\b(wat|what|hoe|how)\b.+?(,|\b(en|and)) ?(wat|what|hoe|how)\b", re.IGNORECASE)
# What tells the assistant how to behave instead of asking the documents something.
_INSTRUCTION = re.compile(
    r"\b(negeer|vergeet|ignore|forget|disregard|override)\b.{0,40}\b(regels?|instructies?|opdracht(en)?|voorgaande|"
    r"vorige|"
    r"rules?|instructions?|previous|above|prompts?)\b|\b(jij|je|u) (bent|hebt|heeft) (nu|vanaf nu|geen regels|"
    r"voortaan)\b|"
    r"\bvanaf nu (ben|bent|heb|doe|antwoord)\b|\bdoe alsof (je|jij|u)\b|\byou are (now|no longer)\b|\bfrom now on\b|"
    r"\bpretend (you|to be)\b|\bact as (a|an|my|the)\b|\bsyste?em ?prompt\b|\bgeen regels meer\b|\bverzonnen (citaat|"
    r"antwoord)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|^\W*(wat|wie|waar\w*|welke?|wanneer|hoe\w*|mag|moet|kan|is|zijn|heeft|krijg\w*|what|who|where|which|when|"
    r"how|may|must|"
    r"can|should|does|do|are)\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^\W*(hoi|hallo|hey|hi|hello|goedemorgen|goedemiddag|goedenavond|good morning|dank\w*( je| u)?( wel)?|thanks|"
    r"thank you|"
    r"bedankt|doei|tot ziens|hoe gaat het( met (je|u|jou))?|how are you|test|testing|top|super|fijn|mooi|ok|oké)"
    r"(\W+(voor je hulp|bedankt|alles goed( met je)?|dank\w*|hoe gaat het( met je)?|for your help|thanks|allemaal|"
    r"daar))*[\s\w]{0,12}\W*$",
    re.IGNORECASE,
)


def without_markup(text: str) -> str:
    """A question without HTML tags, whose names ask nothing; what stands between them stays."""
    return _TAG.sub(" ", text).strip()


def without_instructions(text: str) -> str:
    """The sentences of a question that ask something: those that tell the assistant how to behave have no effect.

    Empty when nothing is left that asks. A text without such sentences stays as it is.
    """
    parts = sentences(text)
    kept = [part for part in parts if not _INSTRUCTION.search(part)]
    if len(kept) == len(parts):
        return text
    return "".join(kept).strip() if any(_ASKS.search(part) for part in kept) else ""


def compares(text: str) -> bool:
    """Whether words such as 'verschil' or 'versus' ask for a comparison."""
    return bool(_COMPARE.search(text))


def asks_of_each(text: str) -> bool:
    """Whether two questions are asked in one breath, one of each of two parties."""
    return bool(_EACH_THEIRS.search(text))


def kind_of(text: str, spelled: str, expects: str | None, compare: bool) -> QuestionKind:
    """The kind of answer that a question waits for.

    Args:
        text: as typed.
        spelled: the same in folded, corrected words.
        expects: what a fact must hold, as `expects.asked` has it.
        compare: whether it compares actors.
    """
    if _SMALL_TALK.match(text):
        return "chitchat"
    if compare:
        return "comparison"
    if expects == "link":
        return "link"
    if expects in {"money", "frequency", "duration", "percentage", "count", "phone", "email"}:
        return "number"
    if expects == "date" or expects == "time":
        return "date"
    if expects in {"person", "name"}:
        return "person"
    if expects == "expansion":
        return "definition"
    for kind, pattern in _KINDS:
        if re.search(pattern, spelled) or re.search(pattern, text.casefold()):
            return kind
    return "fact"
