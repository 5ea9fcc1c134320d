"""The kinds of things that questions wait for: how a question shows it, and how a text shows that it holds one.

Two tables of regular expressions over folded questions and over quotes, Dutch and English; `expects` reads them.
"""

from __future__ import annotations

import re

UNITS = (
    "jaar|jaren|maand|maanden|week|weken|dag|dagen|werkdag|werkdagen|uur|uren|minuten|dagdeel|dagdelen|kwartaal|"
    "kalenderjaar"
)
# Dutch numerals: 'twaalf', 'achttien', 'vijfendertig', 'honderdtwintig'; 'een' alone is mostly an article.
_ONES = "twee|drie|vier|vijf|zes|zeven|acht|negen"
_TENS = "twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig"
_SMALL = (
    rf"(?:{_ONES}|tien|elf|twaalf|dertien|veertien|(?:vijf|zes|zeven|acht|negen)tien|"
    rf"(?:(?:een|{_ONES})(?:en|ën))?(?:{_TENS}))"
)
NUMERAL = rf"(?:één|{_SMALL}|{_SMALL}?(?:honderd|duizend)(?:en)?(?:een|{_SMALL})?)"
NUMBER = rf"(?:\d[\d.,]*|{NUMERAL}|een|half|halve|anderhalf|anderhalve|enkele|eerste|tweede|derde|vierde|vijfde)"
_SO_OFTEN = rf"(?:een|één|{_ONES}|tien|meer)maal"
WEEKDAYS = "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "jan|feb|mrt|apr|jun|jul|aug|sep|sept|okt|nov|dec"
)

# How a question shows what it waits for. The first one in the question counts; at the same place, the first here.
ASKED: tuple[tuple[str, str], ...] = (
    ("name", r"\b(hoe heet|hoe heten|wat is de naam|welke naam|namen van|naam van|wie (is|zijn) (de|het|onze|jullie|"
             r"momenteel|nu)? ?"
             r"(huidige )?(\w*voorzitter|directeur|secretaris|contactpersoon|hoofd|manager|baas|minister|"
             r"bestuurders?|leden|schrijvers?|auteurs?)|"
             r"wie zit(ten)? (er )?in|wie heeft .* geschreven|who is the (chair\w*|head|director|author|secretary|"
             r"contact person)|"
             r"what is the name|who chairs|who wrote|names of)\b"),
    ("expansion", r"\bwaar sta(at|an) (de )?(afkorting|letters?|naam)? ?\S+ voor\b|\bwat betekent de afkorting\b|"
                  r"\bwhat do(es)? (the )?"
                  r"(letters|abbreviation|acronym)?\b.*\bstand for\b|\bafkorting (van|voor)\b|\bvoluit\b"),
    ("money", r"\b(wat kost\w*|hoeveel kost\w*|hoe duur|prijs|tarief|tarieven|hoeveel (geld|euro|budget|subsidie|"
              r"vergoeding|salaris)|"
              r"hoe (hoog|groot) (is|zijn|moet|mag|wordt)\b.{0,30}\b(bijdrage|beschikbaarheidbijdrage|vergoeding|"
              r"budget|fonds|bedrag|subsidie|"
              r"salaris|loon)|welk bedrag|wat verdien\w*|salaris|what (does|do|is|are) .*\b(cost|costs|fee|fees|"
              r"price|salary|pay(?! att)|spend)\b|how much (money|"
              r"does|do|is|budget|funding)|how expensive)\b|€"),
    ("payment", r"\b(wie betaalt|wie betalen|zelf betalen|moet\w* .{0,40}\bbetalen|betaalt .{0,40}\b(dat|dit|de|het)|"
                r"vergoed|wordt .{0,40} betaald|"
                r"krijg .{0,30} (betaald|vergoed)|who pays|pay for|pays for|paid for|reimburs\w*|gratis|"
                r"free of charge|kost .{0,30}\biets)\b"),
    ("consequence", r"\b(sanctie\w*|boete\w*|straf\w*|wat gebeurt er (met (mij|me|ons) )?als (ik|we|wij|"
                    r"je) .{0,30}\b(niet|geen|weiger\w*)|"
                    r"gevolgen|what happens (to me |to us )?if (i|we) (refuse|don't|do not|fail)|penalt\w*|fine if|"
                    r"sanction\w*)\b"),
    ("application", r"\b((waar|hoe)\b.{0,50}\b(aan ?meld\w*|inschrijv\w*|opgeven|aanvragen|sollicit\w*)|"
                    r"(waar|hoe) (meld|schrijf|vraag|geef) (ik|je|wij|we|jij)\b.{0,50}\b(aan|in|op)\W*$|"
                    r"(how|where) (do|can|should) (i|we) .{0,20}(apply|register|sign up|enrol\w*))"),
    ("place", r"\b(in welke (stad|steden|plaats|plaatsen|zaal|straat)|in welk (gebouw|dorp)|welk gebouw|"
              r"op welke locatie|waar (zit|zitten|ligt) (het|de) "
              r"\w*(kantoor|bureau|hoofdkantoor|secretariaat)|waar (is|zijn) .{0,40}gevestigd|waar vind(t|"
              r"en) .{0,60}plaats|in (which|what) (city|town|building|"
              r"room)|where is .{0,50}(held|located|based))\b"),
    ("reason", r"\b(waarom|hoezo|om welke reden|wat is de reden|why|for what reason)\b"),
    ("phone", r"\b(telefoonnummer|welk nummer|phone number)\b"),
    ("email", r"\b(e-?mail ?adres\w*|mailadres|welk adres|mailen|e-?mailen|email address|e-?mail)\b"),
    ("frequency", r"\b(hoe vaak|hoe regelmatig|hoe frequent|hoeveel keer|om de hoeveel|met welke frequentie|"
                  r"how often|how many times|"
                  r"how frequent\w*|how regularly)\b"),
    ("duration", r"\b(hoe ?lang|hoelang|(met|binnen|na|voor)? ?hoeveel (tijd|uur|uren|dagen|weken|maanden|jaar|"
                 r"jaren)|hoeveel (korter|langer|eerder|later|vroeger)|how long|"
                 r"how many (hours|days|weeks|months|years))\b"),
    ("percentage", r"\b((hoeveel )?(percentage|procent|per ?cent)|what percentage)\b"),
    ("count", r"\b(hoeveel|how many|(maximum|maximaal|minimum|minimaal) aantal|wat is het (aantal|maximum|minimum)|"
              r"what is the (maximum|minimum)|(maximum|minimum) (number|score))\b"),
    ("date", r"\b((op )?welke datum|voor welke datum|op welke dag|in welk jaar|uit welk jaar|welk jaar|vanaf wanneer|"
             r"sinds wanneer|per wanneer|what date|which date|which year|what year|deadline|uiterlijk|since when|"
             r"hoe oud)\b|"
             r"\b(wanneer|when) (is|was|werd|wordt|zijn|waren|vindt|vond|begint|start|gaat|did|will|does) (?!(een|"
             r"iemand|het moment|a|an) )"),
    ("time", r"(?:(?<=^)|(?<=\ben )|(?<=\band )|(?<=^\w\w )|(?<=^\w\w\w )|(?<=^\w\w\w\w )|(?<=, ))\b(wanneer|"
             r"when)\b(?! it comes)"),
    ("person", r"\b(wie|wiens|who|whom|whose)\b"),
    ("link", r"\b(link|linkje|url|website|webadres|webpagina|internetadres|filmpje|video|animatie|animation|clip|"
             r"web page|"
             r"web address|downloaden|download|klik ik|op welke site)\b"),
)  # fmt: skip
# Kinds of which the passage itself must hold one: a text that has none cannot be the answer.
STRICT = frozenset(
    {
        "name",
        "expansion",
        "money",
        "payment",
        "consequence",
        "application",
        "place",
        "phone",
        "email",
        "frequency",
        "duration",
        "percentage",
        "count",
        "date",
    }
)
ANYWHERE = frozenset({"name", "expansion", "payment", "consequence", "application", "place", "phone", "email", "link"})
HELD: dict[str, re.Pattern[str]] = {
    "name": re.compile(
        r"\b(?:[Dd]rs?|[Pp]rof|[Mm]r|[Ii]r|[Mm]w|[Dd]hr|[Mm]evrouw|[Mm]eneer)\.?\s+(?:[A-Z]\.\s*)*[A-Z][\w-]+|"
        r"\b(?:[A-Z]\.\s?)+(?:van |de |der |den |ten |ter )*[A-Z][\w-]+"
    ),
    "payment": re.compile(r"betal|bekosti|financ|vergoed|\bfonds|fonds\b|budget|subsidi|kosten|\w*geld\b|"
                          r"middelen", re.IGNORECASE),
    "consequence": re.compile(r"gevolg|consequent|sanctie|boete|maatregel|ingetrokken|intrek|straf|"
                              r"waarschuw", re.IGNORECASE),
    "application": re.compile(r"aanmeld|inschrij|opgev|opgave|aanvra|aangevraagd|vacature|sollicit|https?://|"
                              r"@", re.IGNORECASE),
    "place": re.compile(
        r"\b(?:[Tt]e|[Ii]n) [A-Z][a-z]{2,}|\w+(?:straat|laan|plein|weg) \d|\b\d{4} ?[A-Z]{2}\b|[Ll]ocatie|[Zz]aal|"
        r"[Gg]ebouw|\b[Aa]dres|\b[Oo]nline"
    ),
    "reason": re.compile(
        r"omdat|\bwant\b|doordat|daarom|zodat|\breden|vanwege|namelijk|immers|\bdoel\b|beoogt|\bom\b.{3,80}\bte\b|"
        r"belang|hierdoor|daardoor|hiermee|"
        r"\bzo \w+ we\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "money": re.compile(r"€|\beuro\b|\beur\b|\bgratis\b|kosteloos|\bgeen kosten\b", re.IGNORECASE),
    "phone": re.compile(r"(?:\+31|\b0\d{1,3})[\s-]{0,3}(?:\d[\s-]{0,3}){5,8}\d\b"),
    "percentage": re.compile(r"\d\s?%|\bprocent\b", re.IGNORECASE),
    "frequency": re.compile(
        rf"\b(?:jaarlijks\w*|maandelijks\w*|wekelijks\w*|dagelijks\w*|halfjaarlijks\w*|regelmatig\w*|periodiek\w*|"
        rf"continu|"
        rf"kwartaal\w*|jaargesprek\w*|per (?:{NUMBER} )?(?:{UNITS})|met regelmaat|keer per|{NUMBER} keer|"
        rf"{_SO_OFTEN}s?|altijd|"
        rf"steeds|(?:elk|elke|ieder|iedere|om de) (?:\w+ )?(?:{UNITS}))\b",
        re.IGNORECASE,
    ),
    # 'na een jaar' is a moment, not how long something takes.
    "duration": re.compile(
        rf"(?<!\bna )(?<!\bna ongeveer )(?<!\b[Dd]e )\b{NUMBER}\)?\s*(?:à|tot|"
        rf"of)?\s*\(?(?:\d+ )?\(?(?:half\)? )?(?:{UNITS})\b|\b\w+jarige?\b",
        re.IGNORECASE,
    ),
    "count": re.compile(rf"\d|\b(?:{NUMERAL}|{_SO_OFTEN}|beide)\b", re.IGNORECASE),
    "date": re.compile(
        rf"\b\d{{1,2}}\s(?:{MONTHS})\b|\b(?:{MONTHS})\s\d{{4}}\b|\b(?:19|20)\d\d\b|\b(?:begin|eind|vanaf|"
        rf"medio)\s(?:{MONTHS})\b|"
        rf"\b\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}\b|\b(?:volgend|dit|vorig) (?:jaar|voorjaar|najaar)\b|"
        rf"\b(?:{WEEKDAYS})\b|\bdag (?:\d+|{NUMERAL})\b|\b(?:uiterlijk|binnen) {NUMBER} (?:{UNITS})\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
