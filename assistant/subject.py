"""Which actors a question names, and of each whether it is the one who acts or one who is talked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.entries import Found
from assistant.vocabulary import Vocabulary

_ARTICLES = frozenset("de het onze ons je jouw uw jullie hun the our your their beide both deze die wij we us".split())
# 'een assistent die vastloopt', 'mijn assistenten', 'twee nieuwe assistenten': somebody talked about, not the one
# who acts.
_TALKED_ABOUT = frozenset(
    "een a an mijn my nieuwe new andere other elke each every iedere alle all twee two drie three paar sommige some "
    "jonge "
    "young zieke eigen own".split()
)
# After these an actor is the one the sentence is about; after the others it is only talked about.
_SUBJECT_AFTER = frozenset(
    "door by zijn moet moeten mag mogen kan kunnen zal zullen doet doen hoort horen dient dienen heeft hebben "
    "regelt regelen zorgt zorgen zou zouden gaat gaan wil willen hoeft hoeven helpt helpen laat laten krijgt "
    "krijgen geeft geven neemt nemen does do should must can may shall could would has have is are en and of "
    "or vs versus wat hoe waarom wanneer what how why when".split()
)
_ASKER_AFTER = frozenset("als as ben am m wij ik we i".split())
_OBJECT_AFTER = frozenset(
    "met aan over naar tegen tussen tot onder voor bij in op om rond with to about between under for at on towards per "
    "nieuwe new alle elke geen".split()
)
_DEFINITE = frozenset("de het onze ons the our".split())
_SETTING = frozenset("in van bij voor aan naar volgens of at by for from via onder".split())
_RELATIVE = frozenset("die welke that which".split())
_OF = frozenset("van of voor bij for".split())
_INDEFINITE = frozenset("een a an elke elk each every".split())
_VERBS = frozenset(
    "moet moeten mag mogen kan kunnen doet doen hoort horen dient dienen regelt zorgt heeft zou should can must may "
    "could would "
    "does do".split()
)
_PLURAL_ASKER = frozenset("we wij".split())


@dataclass(frozen=True, slots=True)
class NamedActor:
    """An actor in a question: how sure its name is, how sure it is that the question is about it (0..1), where it
    ends."""

    id: str
    weight: float
    subject: float
    end: int


def actors_of(tokens: Sequence[str], aspects: Sequence[Found], vocabulary: Vocabulary) -> list[NamedActor]:
    """The actors named in a question, in order.

    Args:
        tokens: the folded words of the question.
        aspects: where 'taken', 'voorbeelden' or 'rol' stand in them.
        vocabulary: knows the names of the actors.
    """
    aspect_ends = {f.end for f in aspects}
    result: list[NamedActor] = []
    found = vocabulary.actors_in(tokens)
    for match in found:
        subject = _part(tokens, match, aspect_ends, result[-1] if result else None)
        # A vaguer word is an actor only where the sentence puts it in the actor's place.
        sure = 1.0 if match.weight >= 1.0 else 0.85
        result.append(NamedActor(match.entry, match.weight, subject * sure, match.end))
    if len({actor.id for actor in result}) == 1:
        result = [_setting(tokens, actor, match) for actor, match in zip(result, found, strict=True)]
    return _first_subject(result)


def _part(tokens: Sequence[str], match: Found, aspect_ends: set[int], last: NamedActor | None) -> float:
    """How sure it is that a sentence is about the actor named there, by the words around the name."""
    before = match.start - 1
    while before >= 0 and (tokens[before] in _ARTICLES or _possessive(tokens, before)):
        before -= 1
    previous = tokens[before] if before >= 0 else ""
    following = tokens[match.end] if match.end < len(tokens) else ""
    if before > 0 and previous in _INDEFINITE and _acts(tokens[:before], aspect_ends):
        return 1.0  # 'wat kan een cluster laten zien', 'taken van een COC'
    relatives = (place for place in range(max(before, 0), match.start) if tokens[place] in _RELATIVE)
    if any(place - end in (0, 1, 2) for place in relatives for end in aspect_ends):
        return 1.0  # 'voorbeelden die het cluster kan geven'
    if before > 0 and tokens[before - 1] == "to":
        return 0.3  # 'do we have to tell the residents'
    if previous in _TALKED_ABOUT or following in {"die", "dat", "who", "whose"}:
        return 0.3
    if before < 0 or tokens[match.start - 1] in _PLURAL_ASKER:
        return 1.0  # 'wij aios', 'we residents'
    if following in _VERBS and previous not in _OBJECT_AFTER:
        return 1.0  # 'voorbeelden die de RvB kan geven', 'what the committee should do'
    if previous in _OF and (before <= 1 or any(before - end in (0, 1, 2) for end in aspect_ends)):
        return 1.0  # 'taken van de COC', 'en voor het cluster?', 'van de COC?'
    if previous in {"en", "and", "of", "or"} and last and before == last.end:
        return last.subject  # two actors joined share their part in the sentence
    if previous in _ASKER_AFTER:
        # 'ik als assistent': who asks, and perhaps who must act; 'als de assistent …' may also be a condition.
        return 0.75 if before == match.start - 1 else 0.6
    return _after(previous)


def _setting(tokens: Sequence[str], actor: NamedActor, match: Found) -> NamedActor:
    """The only one named, and as a known one ('in het cluster', 'van de directie'), is mostly who it is about."""
    preposition = tokens[match.start - 2] if match.start > 1 and tokens[match.start - 1] in _DEFINITE else ""
    return replace(actor, subject=max(actor.subject, 0.6)) if preposition in _SETTING else actor


def _possessive(tokens: Sequence[str], place: int) -> bool:
    """Whether 'zijn' is no verb there: 'bij zijn assistenten'."""
    return tokens[place] == "zijn" and place > 0 and tokens[place - 1] in _OBJECT_AFTER | _OF


def _after(previous: str) -> float:
    if previous in _OBJECT_AFTER:
        return 0.3
    if previous in _OF:
        return 0.4
    return 1.0 if previous in _SUBJECT_AFTER else 0.5


def _acts(before: Sequence[str], aspect_ends: set[int]) -> bool:
    """Whether what stands before 'een X' makes X the one who acts: a verb, or 'taken van'."""
    return before[-1] in _VERBS or (
        before[-1] in _OF and any(len(before) - 1 - end in (0, 1, 2) for end in aspect_ends)
    )


def _first_subject(found: list[NamedActor]) -> list[NamedActor]:
    """Of several actors said in the same breath the first clear subject wins; later plain ones are talked about."""
    clear = [a for a in found if a.subject >= 1.0]
    if not clear:
        return found
    return [a if a.subject >= 0.85 else replace(a, subject=min(a.subject, 0.5)) for a in found]
