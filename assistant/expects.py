"""The kind of thing a question waits for (an amount, a date, a name …), and whether a passage holds such a thing."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.text import STOP, fold, links, plain, sentences, stem, words

_UNITS = "jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|uren|minuten|dagdeel|dagdelen|kwartaal|kalenderjaar"
_NUMBER = (
    r"(?:\d[\d.,]*|één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|half|halve|enkele|eerste|tweede|derde|"
    r"vierde|vijfde)"
)
_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "jan|feb|mrt|apr|jun|jul|aug|sep|sept|okt|nov|dec"
)

# How a question shows what it waits for. The first one in the question counts; at the same place, the first here.
_ASKED: tuple[tuple[str, str], ...] = (
    ("name", r"\b(hoe heet|hoe heten|wat is de naam|welke naam|namen van|naam van|wie (is|zijn) (de|het|onze|jullie|momenteel|nu)? ?"
             r"(huidige )?(\w*voorzitter|directeur|secretaris|contactpersoon|hoofd|manager|baas|minister|bestuurders?|leden|schrijvers?|auteurs?)|"
             r"wie zit(ten)? (er )?in|wie heeft .* geschreven|who is the (chair\w*|head|director|author|secretary|contact person)|"
             r"what is the name|who chairs|who wrote|names of)\b"),
    ("expansion", r"\bwaar sta(at|an) (de )?(afkorting|letters?|naam)? ?\S+ voor\b|\bwat betekent de afkorting\b|\bwhat do(es)? (the )?"
                  r"(letters|abbreviation|acronym)?\b.*\bstand for\b|\bafkorting (van|voor)\b|\bvoluit\b"),
    ("money", r"\b(wat kost\w*|hoeveel kost\w*|hoe duur|prijs|tarief|tarieven|hoeveel (geld|euro|budget|subsidie|vergoeding|salaris)|"
              r"hoe (hoog|groot) (is|zijn|moet|mag|wordt)\b.{0,30}\b(bijdrage|beschikbaarheidbijdrage|vergoeding|budget|fonds|bedrag|subsidie|"
              r"salaris|loon)|welk bedrag|wat verdien\w*|salaris|what (does|do|is|are) .*\b(cost|costs|fee|fees|price|salary)|how much (money|"
              r"does|do|is|budget|funding)|how expensive)\b|€"),
    ("payment", r"\b(wie betaalt|wie betalen|zelf betalen|moet\w* .{0,40}\bbetalen|betaalt .{0,40}\b(dat|dit|de|het)|vergoed|wordt .{0,40} betaald|"
                r"krijg .{0,30} (betaald|vergoed)|who pays|pay for|pays for|paid for|reimburs\w*|gratis|free of charge|kost .{0,30}\biets)\b"),
    ("consequence", r"\b(sanctie\w*|boete\w*|straf\w*|wat gebeurt er (met (mij|me|ons) )?als (ik|we|wij|je) .{0,30}\b(niet|geen|weiger\w*)|"
                    r"gevolgen|what happens (to me |to us )?if (i|we) (refuse|don't|do not|fail)|penalt\w*|fine if|sanction\w*)\b"),
    ("application", r"\b((waar|hoe)\b.{0,50}\b(aan ?meld\w*|inschrijv\w*|opgeven|aanvragen|sollicit\w*)|"
                    r"(waar|hoe) (meld|schrijf|vraag|geef) (ik|je|wij|we|jij)\b.{0,50}\b(aan|in|op)\W*$|"
                    r"(how|where) (do|can|should) (i|we) .{0,20}(apply|register|sign up|enrol\w*))"),
    ("place", r"\b(in welke (stad|steden|plaats|plaatsen|zaal|straat)|in welk (gebouw|dorp)|welk gebouw|op welke locatie|waar (zit|zitten|ligt) (het|de) "
              r"\w*(kantoor|bureau|hoofdkantoor|secretariaat)|waar (is|zijn) .{0,40}gevestigd|waar vind(t|en) .{0,60}plaats|in (which|what) (city|town|building|"
              r"room)|where is .{0,50}(held|located|based))\b"),
    ("reason", r"\b(waarom|hoezo|om welke reden|wat is de reden|why|for what reason)\b"),
    ("phone", r"\b(telefoonnummer|welk nummer|phone number)\b"),
    ("email", r"\b(e-?mail ?adres\w*|mailadres|welk adres|mailen|e-?mailen|email address|e-?mail)\b"),
    ("frequency", r"\b(hoe vaak|hoe regelmatig|hoe frequent|hoeveel keer|om de hoeveel|met welke frequentie|how often|how many times|"
                  r"how frequent\w*|how regularly)\b"),
    ("duration", r"\b(hoe ?lang|hoelang|(met|binnen|na|voor)? ?hoeveel (tijd|uur|uren|dagen|weken|maanden|jaar|jaren)|how long|"
                 r"how many (hours|days|weeks|months|years))\b"),
    ("percentage", r"\b(percentage|procent|per ?cent)\b"),
    ("count", r"\b(hoeveel|how many|(maximum|maximaal|minimum|minimaal) aantal|wat is het (aantal|maximum|minimum)|"
              r"what is the (maximum|minimum)|(maximum|minimum) (number|score))\b"),
    ("date", r"\b((op )?welke datum|voor welke datum|op welke dag|in welk jaar|uit welk jaar|welk jaar|vanaf wanneer|"
             r"sinds wanneer|per wanneer|what date|which date|which year|what year|deadline|uiterlijk|since when|hoe oud)\b|"
             r"\b(wanneer|when) (is|was|werd|wordt|zijn|waren|vindt|vond|begint|start|gaat|did|will|does) (?!(een|iemand|het moment|a|an) )"),
    ("time", r"(?:(?<=^)|(?<=\ben )|(?<=\band )|(?<=^\w\w )|(?<=^\w\w\w )|(?<=^\w\w\w\w )|(?<=, ))\b(wanneer|when)\b(?! it comes)"),
    ("person", r"\b(wie|wiens|who|whom|whose)\b"),
    ("link", r"\b(link|linkje|url|website|webadres|webpagina|internetadres|filmpje|video|animatie|animation|clip|web page|"
             r"web address|downloaden|download|klik ik|op welke site)\b"),
)  # fmt: skip
# Kinds of which the passage itself must hold one: a text that has none cannot be the answer.
STRICT = frozenset(
    {"name", "expansion", "money", "payment", "consequence", "application", "place", "phone", "email", "frequency", "duration",
     "percentage", "count", "date"}
)
_ANYWHERE = frozenset({"name", "expansion", "payment", "consequence", "application", "place", "phone", "email", "link"})
_YES_NO = frozenset(
    "moet moeten mag mogen kan kunnen is zijn heb heeft hebben wordt worden krijg krijgt krijgen hoort horen doet gaat zit zitten "
    "do does did must should can may is are am has have will would could".split()
)
_HELD: dict[str, re.Pattern[str]] = {
    "name": re.compile(
        r"\b(?:[Dd]rs?|[Pp]rof|[Mm]r|[Ii]r|[Mm]w|[Dd]hr|[Mm]evrouw|[Mm]eneer)\.?\s+(?:[A-Z]\.\s*)*[A-Z][\w-]+|"
        r"\b(?:[A-Z]\.\s?)+(?:van |de |der |den |ten |ter )*[A-Z][\w-]+"
    ),
    "payment": re.compile(r"betal|bekosti|financ|vergoed|\bfonds|fonds\b|budget|subsidi|kosten|\w*geld\b|middelen", re.IGNORECASE),
    "consequence": re.compile(r"gevolg|consequent|sanctie|boete|maatregel|ingetrokken|intrek|straf|waarschuw", re.IGNORECASE),
    "application": re.compile(r"aanmeld|inschrij|opgev|opgave|aanvra|aangevraagd|vacature|sollicit|https?://|@", re.IGNORECASE),
    "place": re.compile(
        r"\b(?:[Tt]e|[Ii]n) [A-Z][a-z]{2,}|\w+(?:straat|laan|plein|weg) \d|\b\d{4} ?[A-Z]{2}\b|[Ll]ocatie|[Zz]aal|[Gg]ebouw|\b[Aa]dres|\b[Oo]nline"
    ),
    "reason": re.compile(
        r"omdat|\bwant\b|doordat|daarom|zodat|\breden|vanwege|namelijk|immers|\bdoel\b|beoogt|\bom\b.{3,80}\bte\b|belang|hierdoor|daardoor|hiermee|"
        r"\bzo \w+ we\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "money": re.compile(r"€|\beuro\b|\beur\b", re.IGNORECASE),
    "phone": re.compile(r"(?:\+31|\b0\d{1,3})[\s-]?\d{6,8}\b"),
    "percentage": re.compile(r"\d\s?%|\bprocent\b", re.IGNORECASE),
    "frequency": re.compile(
        rf"\b(?:jaarlijks\w*|maandelijks\w*|wekelijks\w*|dagelijks\w*|halfjaarlijks\w*|regelmatig\w*|periodiek\w*|continu|"
        rf"kwartaal\w*|jaargesprek\w*|per (?:jaar|maand|week|dag|kwartaal)|met regelmaat|keer per|{_NUMBER} keer|altijd|"
        rf"steeds|(?:elk|elke|ieder|iedere|om de) (?:\w+ )?(?:{_UNITS}))\b",
        re.IGNORECASE,
    ),
    # 'na een jaar' is a moment, not how long something takes.
    "duration": re.compile(
        rf"(?<!\bna )(?<!\bna ongeveer )(?<!\b[Dd]e )\b{_NUMBER}\)?\s*(?:à|tot|of)?\s*\(?(?:\d+ )?\(?(?:half\)? )?(?:{_UNITS})\b|\b\w+jarige?\b",
        re.IGNORECASE,
    ),
    "count": re.compile(r"\d|\b(?:één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|beide)\b", re.IGNORECASE),
    "date": re.compile(
        rf"\b\d{{1,2}}\s(?:{_MONTHS})\b|\b(?:{_MONTHS})\s\d{{4}}\b|\b(?:19|20)\d\d\b|\b(?:begin|eind|vanaf|medio)\s(?:{_MONTHS})\b|"
        rf"\b\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}\b|\b(?:volgend|dit|vorig) (?:jaar|voorjaar|najaar)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_DURATION_AFTER = re.compile(rf"\bna\s(?:ongeveer\s)?{_NUMBER}\s(?:{_UNITS})\b", re.IGNORECASE)
_ASKS_AFTER = re.compile(r"\b(na hoe|na hoeveel|hoe ?lang (moet|na|voor|werk)|voordat|before i|after how)", re.IGNORECASE)
# What is waited for, rather than asked of: 'hoeveel maanden', 'welke dag', 'wat voor soort'.
_TIMES = rf"{_UNITS}|datum|moment|tijd|soort\w*|manier|keer|procent|day|days|date|year|years|months?|weeks?|hours?|kind|kinds|type|way"
_FOCUS = re.compile(
    r"\b(?:welke|welk|which|hoeveel|how many|wat voor(?: een)?|what kind of|hoe (?:hoog|groot) (?:is|moet) (?:de|het)|taken van (?:de|het)|"
    r"rol van (?:de|het)|tasks of (?:the)?|role of (?:the)?|wat (?:is|zijn|betekent) (?:een |de |het )?|what (?:is|are) (?:a |an |the )?)\s+(\w[\w-]*)"
)


@lru_cache(maxsize=20_000)
def asked(text: str) -> str | None:
    """What the first question word of a text asks for; None when it waits for no particular kind of thing.

    A question word deep in a sentence that begins otherwise does not count: 'moet ik weten hoeveel budget er is' asks
    for yes or no.
    """
    found = [
        (m.start(), order, name)
        for order, (name, pattern) in enumerate(_ASKED)
        if (m := re.search(pattern, text)) and (name in _ANYWHERE or _leads(text[: m.start()]))
    ]
    return min(found)[2] if found else None


def _leads(before: str) -> bool:
    """Whether little stands between the beginning of the clause and a question word."""
    clause = words(re.split(r"[,.;:?!]|\b(?:en|and|maar|but)\b", before)[-1])
    return len(clause) <= 3 and not (clause and clause[0] in _YES_NO)


_DETERMINERS = frozenset(
    "de het een welke welk hoeveel geen mijn onze ons uw elke ieder iedere the a an which my our your any no each what".split()
)


def things_of(text: str) -> tuple[str, ...]:
    """The words a question speaks of as things: those after an article or the like, also with one word between."""
    tokens = words(text)
    found: list[str] = []
    for i, token in enumerate(tokens[:-1]):
        if token in _DETERMINERS:
            found += [word for word in tokens[i + 1 : i + 3] if word not in STOP and word not in _DETERMINERS]
    return tuple(dict.fromkeys(found))


def focus_of(text: str) -> tuple[str, ...]:
    """The words that a question asks of: 'welke sanctie …' → ('sanctie',); function words do not count."""
    found = (w for m in _FOCUS.finditer(fold(text)) for w in words(m.group(1)))
    return tuple(dict.fromkeys(w for w in found if w not in STOP and not re.fullmatch(_TIMES, w)))


def holds(kind: str | None, markdown: str, question: str = "", section: tuple[str, ...] = ()) -> bool:
    """Whether a quote holds the kind of thing a question waits for.

    Args:
        kind: as `asked` gives it; None and kinds that any text may hold are always held.
        markdown: the quote.
        question: narrows some kinds: a count must count what the question names.
        section: headings above the quote; the meaning of an abbreviation may stand there.
    """
    if kind == "link":
        return any(a.startswith(("http", "www", "mailto")) or "." in a for _, a in links(markdown))
    if kind == "email":
        return "@" in markdown
    text = plain(markdown)
    if kind == "count":
        return _counts(text, question)
    if kind == "expansion":
        return any(_expands(part, question) for part in (text, *section))
    if kind == "duration" and _ASKS_AFTER.search(question) and _DURATION_AFTER.search(text):
        return True
    pattern = _HELD.get(kind or "")
    return pattern is None or bool(pattern.search(text))


def _counts(text: str, question: str) -> bool:
    """A number in a sentence that also names what is counted."""
    counted = re.search(r"(?:hoeveel|how many|aantal|number of)\s+(\w+)", fold(question))
    target = stem(counted.group(1)) if counted and counted.group(1) not in STOP else ""
    for sentence in sentences(text):
        if _HELD["count"].search(sentence) and (not target or any(stem(w)[:5] == target[:5] or target in w for w in words(sentence))):
            return True
    return False


def _expands(text: str, question: str) -> bool:
    """An abbreviation of the question beside brackets: 'IOP' in 'individueel opleidingsplan (IOP)'."""
    folded = fold(text)
    for word in words(question):
        if word not in STOP and re.search(rf"\b{re.escape(word)}(?:'?s)?(?:-\w+)? \([^)]+ [^)]+\)|\w+ \w+.* \({re.escape(word)}\)", folded):
            return True
    return False
