"""Whether a sentence affirms or denies what its proof does: negations, opposites, modality, quantifiers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from assistant.text import STOP, stem, words
from assistant.wording import is_number, without_times

NEGATIONS = frozenset(
    "niet niets geen nooit zonder niemand nergens noch evenmin not no never nothing without nobody nor cannot "
    "geenszins".split()
)
# Words of one row exclude each other: a sentence that has one where its proof has another says something else.
_RIVALS = [
    row.split()
    for row in (
        "dagelijks/dagelijkse wekelijks/wekelijkse maandelijks/maandelijkse halfjaarlijks/halfjaarlijkse "
        "jaarlijks/jaarlijkse/jaar tweejaarlijks/tweejaarlijkse eenmalig/eenmalige",
        "januari february/februari maart april mei juni juli augustus september oktober november "
        "december january march",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "landelijk/landelijke regionaal/regionale lokaal/lokale internationaal/internationale",
        "individueel/individuele gezamenlijk/gezamenlijke", "schriftelijk/schriftelijke mondeling/mondelinge",
        "voordat/voorafgaand/alvorens/before na/nadat/after tijdens/during",
        "vooraf/beforehand achteraf/afterwards",
        "binnen buiten", "meer minder", "eerste tweede derde laatste", "begin eind",
        "minimaal/minstens/tenminste/minimum/least maximaal/hooguit/hoogstens/maximum/most",
        "verplicht/verplichte/mandatory vrijwillig/vrijwillige/voluntary/optional", "intern/interne extern/externe",
        "alle/elk/elke/ieder/iedere/all/every/each sommige/enkele/some",
        "alle/iedereen/all/everyone alleen/uitsluitend/slechts/only",
        "dezelfde/hetzelfde/gelijk/same verschil/verschillen/verschilt/differ/differs/differences",
        "positief/positieve/positive negatief/negatieve/negative",
        "openbaar/openbare/public vertrouwelijk/vertrouwelijke",
        "goedgekeurd/goedkeuring/goedkeuren/approval afgekeurd/afkeuring/afgewezen/afwijzing/rejection",
        "toegestaan/toestaan/allowed verboden/verbieden/forbidden", "hoger/verhogen/verhoogd lager/verlagen/verlaagd",
    )
]  # fmt: skip
_OPTIONS = [{option: group for group in row for option in group.split("/")} for row in _RIVALS]
_CLAIMS = {
    "only": "alleen uitsluitend slechts enkel only solely",
    "always": "altijd steeds always",
    "must": "moet moeten verplicht verplichte dient dienen must shall mandatory required obliged "
    "verantwoordelijk vereist eist",
    "may": "mag mogen kan kunnen kunt may can could mogelijk",
    "need": "hoeft hoeven needn",
    "unless": "tenzij behalve uitgezonderd unless except",
}
# What a sentence may not claim unless its proof does.
_STRONG = frozenset({"only", "always", "unless"})
CLAIM_OF = {word: claim for claim, group in _CLAIMS.items() for word in group.split()}
_MOMENTS = frozenset("aanvang afloop begin einde start goedkeuring afronding vaststelling".split())
_RELATIVES = frozenset("die dat waarvoor waarbij waarin waarmee maar who which that but".split())
_CLAUSE_STARTS = _RELATIVES | frozenset("en of als wanneer indien omdat zodat and or if when because".split())


@dataclass(frozen=True, slots=True)
class Negation:
    """What a negation stands among, as stems: before it, after it, and on to the end of its clause; `first` is what
    stands after it up to 'en' or 'of'."""

    before: frozenset[str]
    after: frozenset[str]
    clause: frozenset[str]
    first: frozenset[str]

    @property
    def focus(self) -> frozenset[str]:
        """What it denies: 'niet verplicht', 'geen overleg'; at the end of a clause what it follows."""
        return self.first or self.after or self.before

    @property
    def around(self) -> frozenset[str]:
        """Everything near it."""
        return self.before | self.after


def polarity_differs(sentence: str, near: Sequence[str], all_of: Sequence[str], language: str) -> list[str]:
    """Which rules a sentence breaks against its proof: `opposite`, `negation`.

    Args:
        sentence: what is claimed.
        near: the sentences of the proof that it is about.
        all_of: every sentence of the proof.
        language: that of the sentence; the proof is Dutch.
    """
    said, near_words = words(sentence), words(" ".join(near))
    if rivals(said, near_words) or opposites(said, words(" ".join(all_of))):
        return ["opposite"]
    own = negations(said)
    theirs = _of_clauses(near)
    if language != "nl":
        return [] if bool(own) == bool(theirs) or (not own and len(near_words) > 2 * len(said)) else ["negation"]
    if len(own) == 2 and not theirs and "only" in claims(" ".join(near)):
        return []  # 'alleen wie A is, mag B' says as much as 'wie niet A is, mag niet B'
    everything = _of_clauses(all_of)
    if any(not any(_agree(one, other) for other in everything) for one in own):
        return ["negation"]
    stems = {stem(w) for w in said}
    denied = [n for n in theirs if n.focus and len(n.focus & stems) >= 0.6 * len(n.focus)]
    return ["negation"] if any(not any(n.around & one.around for one in own) for n in denied) else []


def _of_clauses(pieces: Sequence[str]) -> list[Negation]:
    return [negation for piece in pieces for part in re.split("[;:]", piece) for negation in negations(words(part))]


def _agree(own: Negation, other: Negation) -> bool:
    if not own.around or not other.around:
        return True
    return bool(own.focus & (other.around | other.clause))


def claims_differ(sentence: str, proof: str, heading: str) -> bool:
    """Whether a sentence says only, always, unless, must or may where its proof says otherwise.

    `heading` says whether its items must or may be done, where they do not say so themselves.
    """
    said, held = claims(sentence), claims(proof)
    frame = held if held & {"must", "may"} else held | claims(heading)
    if said & _STRONG - held:
        return True
    if "need" in said and "need" not in held:
        return True
    if "must" in said and "must" not in frame and "may" in frame:
        return True
    return "may" in said and "may" not in frame and "must" in frame and "must" not in said


def claims(text: str) -> set[str]:
    """Which of only, always, must, may, need, unless a text says."""
    return {CLAIM_OF[t] for t in words(text) if t in CLAIM_OF}


def rivals(sentence: Sequence[str], proof: Sequence[str]) -> list[str]:
    """Words of a sentence for which its proof has a word that excludes it, and not the word itself."""
    found: list[str] = []
    sentence, proof = _timed(sentence), _timed(proof)
    lasting = set(without_times(sentence))
    for options in _OPTIONS:
        held = {options[token] for token in proof if token in options}
        # How often is said by 'elk jaar'; 'elk' alone is a quantifier.
        own = sentence if "jaar" in options else lasting
        found += [t for t in own if t in options and held and options[t] not in held]
    return found


def _timed(tokens: Sequence[str]) -> list[str]:
    """Words with 'voor' as 'voordat' where a time follows it: 'voor 1 mei', 'voor aanvang'; else it says for whom."""
    ahead = [any(is_number(t) or t in _MOMENTS for t in tokens[place + 1 : place + 2]) for place in range(len(tokens))]
    return ["voordat" if token == "voor" and time else token for token, time in zip(tokens, ahead, strict=True)]


def negations(tokens: Sequence[str], reach: int = 4) -> list[Negation]:
    """The negations of one sentence; those of 'wel of niet' and 'niet alleen' are none."""
    found: list[Negation] = []
    for place, token in enumerate(tokens):
        if (
            token not in NEGATIONS
            or tokens[place - 2 : place] in (["wel", "of"], ["al", "dan"])
            or tokens[place + 1 : place + 2] == ["alleen"]
        ):
            continue
        before = takewhile(lambda t: t not in _CLAUSE_STARTS, reversed(tokens[max(0, place - reach) : place]))
        clause = list(takewhile(lambda t: t not in _RELATIVES, tokens[place + 1 :]))
        first = takewhile(lambda t: t not in _CLAUSE_STARTS, clause[:reach])
        found.append(Negation(_stems(before), _stems(clause[:reach]), _stems(clause), _stems(first)))
    return found


def _stems(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(stem(t) for t in tokens if t not in STOP and t not in NEGATIONS)


def opposites(sentence: Sequence[str], proof: Sequence[str]) -> list[str]:
    """Words of the sentence that the proof has with, or without, the prefix on- or in-: veilig against onveilig."""
    said, held = set(sentence), set(proof)
    flipped = [
        t
        for t in said - held
        if len(t) > 4 and ({"on" + t, "in" + t} & held or (t[:2] in {"on", "in"} and t[2:] in held and len(t) > 6))
    ]
    return sorted(flipped)
