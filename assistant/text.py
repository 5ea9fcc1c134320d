"""Words, stems and sentences of Dutch and English text: small pure functions that the lexical stages share."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

WORD = re.compile(r"[^\W_]+(?:['’.\-/][^\W_]+)*|\S", re.UNICODE)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
# Only the first of a row of dots begins an ending, and no step is taken back: a line of a million dots stays linear.
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[)\"'’”]*+\s+(?=[\"'‘“(]*[^\W\d_a-zà-ÿ])|(?<![.!?…])[.!?…]++[)\"'’”]*+\s+(?=\d)|\n{2,}"
)
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:bijv|bv|bijvb|dr|drs|mr|ir|ing|prof|mw|dhr|nr|blz|art|jl|enz|etc|o\.a|d\.w\.z|i\.p\.v|m\.b\.t|t\.a\.v|"
    r"n\.a\.v|t\.b\.v|t\.o\.v|c\.q|e\.d|incl|excl|max|min|ca|vgl|resp|zgn|St|vs|e\.g|i\.e)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\]\[]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_MARKS = re.compile(r"(\*{1,3}|_{2,3}|`+|~~)(?=\S)(.*?)(?<=\S)\1", re.DOTALL)

# Function words carry no subject of their own; they are left out of the lexical index and of coverage figures.
DUTCH_STOP = frozenset(
    """de het een en of maar want dus dan toch ook nog al wel niet geen niets er hier daar waar wat wie welke welk
    wanneer hoe waarom waarvoor waarmee waaruit waaraan waarin waarop waarover daarvan daarvoor daarmee daarin
    daarbij daarop hiervan hiervoor ik je jij jou jouw jullie u uw we wij ze zij hij hem haar zijn hun hen mij me
    mijn ons onze het dit dat deze die is ben bent was waren geweest wordt worden werd werden geworden heb hebt
    heeft hebben had hadden gehad kan kun kunt kunnen kon konden mag mogen mocht moet moeten moest zal zullen zou
    zouden wil wilt willen ga gaat gaan doe doet doen deed in op aan van voor met bij naar uit over om te tot door
    onder tegen tussen na als zoals per via sinds tijdens binnen buiten zo heel erg even eens iets iemand iedereen
    alle alles elke elk ieder iedere meer minder veel eigenlijk precies dus graag eventueel misschien gewoon hoort
    horen staat staan komt komen krijg krijgt krijgen zit zitten laat laten maak je d.w.z m.b.t t.a.v t.b.v o.a etc
    bijv eigen zelf zelfs moeten beetje nou he hè hoor
    """.split()
)
ENGLISH_STOP = frozenset(
    """the a an and or but if then of to in on at for with by from about as into is are was were be been being am do
    does did have has had can could may might must shall should will would i you he she it we they me him her us
    them my your his its our their this that these those what who whom which when where why how not no there here
    any some all each every so than too very just also need needs get gets got want there's what's i'm
    """.split()
)
STOP = DUTCH_STOP | ENGLISH_STOP
_ENGLISH_ONLY = (
    ENGLISH_STOP
    - DUTCH_STOP
    - {"me", "been", "of", "is", "in", "want", "was", "am", "i", "a", "over", "had", "at", "her", "us"}
)
_DUTCH_ONLY = DUTCH_STOP - ENGLISH_STOP - {"of", "is", "in", "we", "was", "me", "had", "over", "want", "per", "via"}

_stemmer = Stemmer.Stemmer("dutch")


@lru_cache(maxsize=50_000)
def plain(markdown: str) -> str:
    """Markdown → the words a reader sees: link texts without their addresses, no emphasis, heading or list marks."""
    text = _LINK.sub(r"\1", markdown)
    for _ in range(2):
        text = _MARKS.sub(r"\2", text)
    text = re.sub(r"(?m)^\s{0,8}(?:#{1,6}\s+|[-*+]\s+|\d{1,3}[.)]\s+|>\s?)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def links(markdown: str) -> list[tuple[str, str]]:
    """The links in a piece of Markdown, in order: (words, address). Bare addresses count with themselves as words."""
    found = [(m.start(), m.group(1), m.group(2)) for m in _LINK.finditer(markdown)]
    rest = _LINK.sub(lambda m: " " * len(m.group()), markdown)
    bare = r"https?://[^\s<>)\]]+|(?<![\w@/.])www\.[^\s<>)\]]+|[\w.+-]+@[\w-]+\.[\w.-]*\w|(?<![\w@/.-])[a-z][\w-]{3,}\.nl\b"
    found += [(m.start(), m.group().rstrip(".,;"), m.group().rstrip(".,;")) for m in re.finditer(bare, rest)]
    return [(words, address) for _, words, address in sorted(found)]


def fold(text: str) -> str:
    """Lower case without accents, typographic quotes and dashes made plain: how words are compared everywhere."""
    if text.isascii():
        return text.lower()
    text = text.replace("’", "'").replace("‘", "'").replace("–", "-").replace("\u2011", "-")
    # Twice: a mathematical capital is only a capital, and a sharp s only two letters, once it has been taken apart.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words of a text, in order, hyphenated words in parts: 'D-RECT' → ['d', 'rect']."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Dutch Snowball stem of a folded word; short words and words with digits stay as they are."""
    if len(word) < 4 or not word.isalpha():
        return word
    return str(_stemmer.stemWord(word))


def content_words(text: str) -> list[str]:
    """The folded words of a text that are not function words."""
    return [word for word in words(text) if word not in STOP]


def language_of(text: str) -> str:
    """'en' when English function words outnumber Dutch ones, else 'nl'."""
    found = words(text)
    english = sum(word in _ENGLISH_ONLY for word in found)
    dutch = sum(word in _DUTCH_ONLY for word in found)
    return "en" if english > dutch else "nl"


def sentences(text: str) -> list[str]:
    """Cut a text after its sentences; joined, the pieces give the text back. Dutch abbreviations do not end one."""
    pieces: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        before = text[start : match.end()].rstrip()
        if _ABBREVIATIONS.search(before[-12:]) and "\n\n" not in match.group():
            continue
        pieces.append(text[start : match.end()])
        start = match.end()
    if start < len(text):
        pieces.append(text[start:])
    return pieces


def without_marks(markdown: str) -> str:
    """Without the marks of a table row, and of the items of a list below an item: the reader sees words."""
    row = re.fullmatch(r"\s*\|(.+)\|\s*", markdown)
    if row:
        return " – ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", row.group(1)) if cell.strip())
    return re.sub(r"\n[ \t]+(?:[-*+]|\d+[.)])[ \t]+", " ", markdown)
