"""Words → a question as understood: who it is about, which domain, what kind of answer it waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.entries import Found
from assistant.errors import QuestionError
from assistant.expects import asked, focus_of
from assistant.question_kind import asks_of_each, compares, kind_of, without_instructions, without_markup
from assistant.subject import NamedActor, actors_of
from assistant.text import STOP, fold, language_of, words
from assistant.types import Mention, Question, QuestionKind
from assistant.vocabulary import Vocabulary

MAX_WORDS = 1000
MAX_CHARACTERS = 8000

# Who is asked for is mostly somebody else than who is named: of the bank's questions that ask who and clearly name an
# actor 38 in 100 are answered under that actor's headings (of 67), of its others 80 in 100 (of 1,597).
_WHO_ELSE = 0.35
_FIRST_PERSON = frozenset("ik mij me mijn m'n wij we ons onze i my me our us".split())
_FOLLOW_UP = re.compile(
    r"^\W*(en|and|maar|but|ook|what about|how about|oké|ok|goed|dus|hetzelfde|same)\b|"
    r"\b(daarvan|daarvoor|daarbij|daarover|daarin|daarmee|hiervan|hiervoor|hierover|diezelfde|that one|those|of that|"
    r"for that|about that)\b|\b(die|dat|deze|dit|it|that|them)\W*$|^\W*(waar staat d[ai]t|waar haal je dat|"
    r"where does it say)",
    re.IGNORECASE,
)
_WHERE_IS_THAT = re.compile(
    r"^\W*(en )?(waar (staat|vind ik|lees ik|haal je|komt) (dat|dit|het)|where (does it say|is) (that|this|"
    r"it))[\w ]{0,20}\W*$",
    re.IGNORECASE,
)
_LINKING = frozenset("over van voor bij in op naar met aan about of for in on to with".split())
# Words that ask for things without saying which.
_FILLER = frozenset(
    "lijst lijstje noem som geef graag allemaal doen regelen verwacht verwachten verwachting verantwoordelijk "
    "rond gebied qua vlak thema kader hoort horen moet moeten punten dingen zaken precies list give show expected "
    "expect area regarding terms overzicht opsomming rijtje op schrijf vertel tell zeggen zegt staat stukken "
    "document documenten kwaliteitskader invulling volledig volledige volgens concreet onderwerp domein domeinen "
    "actor partij please possible mogelijke geven tonen laten zien goed geregeld geregelt comes come able anders "
    "verschil verschillen verschilt vergelijk vergelijking vergeleken onderscheid tegenover difference "
    "differences differ differs different compare compared".split()
)


def check_question(text: str) -> str:
    """The question without control characters.

    Raises:
        QuestionError: when it is empty or far too long.
    """
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", " ", text).strip()
    if not words(clean):
        raise QuestionError("De vraag is leeg. Typ een vraag, bijvoorbeeld: Wat zijn de taken van de COC?")
    if len(clean) > MAX_CHARACTERS or len(clean.split()) > MAX_WORDS:
        raise QuestionError(
            f"De vraag is te lang ({len(clean.split())} woorden; hooguit {MAX_WORDS}). Stel hem korter, of in delen."
        )
    return clean


def understand(
    text: str,
    vocabulary: Vocabulary,
    correct: Callable[[str], str] = lambda word: word,
    role: str | None = None,
    history: Sequence[str] = (),
) -> Question:
    """Read a question.

    Args:
        text: as typed.
        vocabulary: recognises actors, domains, aspects.
        correct: gives the right spelling of a mistyped word.
        role: actor id that the user chose for himself; a hint, weaker than what the question says.
        history: earlier questions of the conversation, oldest first; used when this one leans on them.

    Raises:
        QuestionError: an empty or far too long question, or an unknown role.
    """
    clean = check_question(text)
    if role is not None and role not in vocabulary.actors:
        known = ", ".join(vocabulary.actors) or "geen, want er is geen vocabulary.yaml"
        raise QuestionError(f"Onbekende actor '{role}'. Kies uit: {known}.")
    asking = without_instructions(without_markup(clean))
    if not asking:
        return Question(clean, "", "en" if language_of(clean) == "en" else "nl", "chitchat")
    question = replace(_read(asking, vocabulary, correct), text=clean)
    earlier = [line for line in history if words(line)][-6:]
    if earlier and _leans(asking, question):
        question = _complete(question, earlier, vocabulary, correct)
    if role:
        question = _with_role(question, role)
    return replace(question, kind=_whole_section(question))


def _with_role(question: Question, role: str) -> Question:
    """The role chosen by the user stands in where the question names nobody, more surely where it says 'ik' or
    'wij'."""
    personal = any(word in _FIRST_PERSON for word in words(question.text))
    clear = any(mention.sure for mention in question.actors)
    asks_who = question.expects == "person"
    if question.actors and (clear or asks_who or not personal):
        return question
    others = (*question.others, *question.actor_ids)
    weight = (0.7 if personal else 0.4) * (_WHO_ELSE if asks_who else 1.0)
    return replace(
        question, actors=(Mention(role, weight, "role"),), others=tuple(a for a in dict.fromkeys(others) if a != role)
    )


def _whole_section(question: Question) -> QuestionKind:
    """A question that says little more than an actor with a domain or aspect asks for all of that section."""
    if question.kind in {"fact", "procedure", "definition", "person", "list"} and names_section(question):
        return "list"
    return question.kind


def names_section(question: Question) -> bool:
    """Whether a question says no more than whose tasks or examples, in which domain."""
    aspect = question.aspect is not None and question.aspect.id != "rol"
    domain = question.domain is not None and question.domain.weight >= 1.0
    allowed = int(domain and aspect and question.aspect is not None and question.aspect.weight >= 1.0)
    return bool(question.actors) and (aspect or domain) and len(question.rest) <= allowed


def _read(text: str, vocabulary: Vocabulary, correct: Callable[[str], str]) -> Question:
    tokens = [correct(token) for token in words(text)]
    spelled = " ".join(tokens)
    aspects = vocabulary.aspects_in(tokens)
    found = actors_of(tokens, aspects, vocabulary)
    joined = {
        a.id
        for a, b in pairwise(found)
        if a.id != b.id and a.subject >= 0.5 and tokens[a.end] in {"en", "and", "vs", "versus"} and b.end - a.end <= 6
    }
    named = {a.id for a in found}
    clear = {a.id for a in found if a.subject >= 0.5}
    compare = compares(text) or bool(joined) or ((len(named) == 2 or len(clear) == 2) and asks_of_each(text))
    short = len([t for t in tokens if t not in STOP]) <= 4
    # What a comparison compares are those who act in it, unless it is clear of hardly any that they do.
    everyone = compare and len(clear) < 2
    subjects = [a for a in found if a.subject >= 0.5 + 0.1 * (not short and not compare) or everyone]
    if not subjects and short and len({a.id for a in found}) == 1:
        subjects = found
    if short and not compare:
        subjects = [replace(a, subject=max(a.subject, 0.7)) for a in subjects]
    ids = {a.id for a in subjects}
    domains = vocabulary.domains_in(tokens)
    domain = _best(domains)
    aspect = _best([f for f in aspects if f.weight >= 1.0 or not _inside_question_word(f, tokens)])
    expects = asked(spelled) or asked(fold(text))
    said = (*vocabulary.actors_in(tokens), *aspects, *(f for f in domains if f.weight >= 1.0))
    covered = {i for f in said for i in range(f.start, f.end)}
    rest = tuple(t for i, t in enumerate(tokens) if i not in covered and t not in STOP and t not in _FILLER)
    return Question(
        text=text,
        search_text=spelled,
        language="en" if language_of(text) == "en" else "nl",
        kind=kind_of(text, spelled, expects, compare),
        actors=tuple(
            Mention(a, _certainty(a, subjects, expects, compare)) for a in dict.fromkeys(s.id for s in subjects)
        ),
        others=tuple(dict.fromkeys(a.id for a in found if a.id not in ids)),
        domain=domain,
        aspect=aspect,
        expects=expects,
        asks_where=bool(_WHERE_IS_THAT.match(text)),
        rest=rest,
        focus=focus_of(spelled),
    )


def _certainty(actor: str, found: Sequence[NamedActor], expects: str | None, compare: bool) -> float:
    """How sure it is that the question is about an actor; of compared ones, as sure as its name is."""
    if compare:
        return max(a.weight for a in found if a.id == actor)
    sure = max(a.weight * a.subject for a in found if a.id == actor)
    return sure * _WHO_ELSE if expects == "person" else sure


def _best(found: Sequence[Found]) -> Mention | None:
    if not found:
        return None
    totals: dict[str, float] = {}
    for match in found:
        totals[match.entry] = totals.get(match.entry, 0.0) + match.weight
    best = max(totals, key=lambda entry: totals[entry])
    return Mention(best, min(1.0, max(match.weight for match in found if match.entry == best)))


def _inside_question_word(found: Found, tokens: Sequence[str]) -> bool:
    return all(token in STOP for token in tokens[found.start : found.end])


def _leans(text: str, question: Question) -> bool:
    """Whether a question cannot stand on its own."""
    content = [word for word in words(text) if word not in STOP]
    if question.asks_where or len(content) == 0:
        return True
    return len(content) <= 5 and bool(_FOLLOW_UP.search(text))


def _complete(
    question: Question, earlier: Sequence[str], vocabulary: Vocabulary, correct: Callable[[str], str]
) -> Question:
    """Fill what a follow-up leaves unsaid from the question before it, which may itself lean on an earlier one."""
    before = _read(check_question(earlier[-1]), vocabulary, correct)
    if len(earlier) > 1 and _leans(earlier[-1], before):
        before = _complete(before, earlier[:-1], vocabulary, correct)
    said = words(question.text)
    kept = _parallel(said, before.search_text.split())
    new_actor = bool(question.actors or question.others)
    actors = question.actors or tuple(Mention(a, 0.9) for a in question.others) or before.actors
    if new_actor:
        kept = _without(kept, vocabulary.actors_in(kept))
    if question.aspect:
        kept = _without(kept, vocabulary.aspects_in(kept))
    if question.domain and question.domain.weight >= 1.0:
        kept = _without(kept, vocabulary.domains_in(kept))
    own = [word for word in said if word not in STOP]
    plain_kind = question.kind in {"fact", "list"} or not own
    merged = replace(
        question,
        search_text=" ".join([question.search_text, *kept]),
        kind=before.kind if plain_kind and before.kind != "chitchat" else question.kind,
        actors=tuple(replace(m, source="history") if not new_actor else m for m in actors),
        domain=question.domain
        if question.domain and question.domain.weight >= 1.0
        else before.domain or question.domain,
        aspect=question.aspect or before.aspect,
        expects=question.expects or (before.expects if plain_kind else None),
        language=question.language if own else before.language,
        rest=question.rest or tuple(word for word in before.rest if word in kept),
        follow_up=True,
    )
    return replace(merged, kind=_whole_section(merged))


def _parallel(said: Sequence[str], before: list[str]) -> list[str]:
    """What stays of the earlier question: 'en die over X?' puts X in the place of what stood after 'over' before."""
    for position, token in enumerate(said[1:5], 1):
        if token in _LINKING and position + 1 < len(said):
            places = [i for i, word in enumerate(before) if word == token]
            return before[: places[-1]] if places else before
    return before


def _without(tokens: Sequence[str], found: Sequence[Found]) -> list[str]:
    drop = {i for match in found for i in range(match.start, match.end)}
    return [token for i, token in enumerate(tokens) if i not in drop]
