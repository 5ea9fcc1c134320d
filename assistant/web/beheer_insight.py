"""What readers ask and think, and why a question finds what it finds: feedback, gaps, the search bench, the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.beheer.audit import Entry as Logged
from assistant.beheer.gaps import Topic
from assistant.entries import Entry
from assistant.feedback import Verdict
from assistant.retrieve import DEFAULT
from assistant.types import Citation, Document, Hit, Mention, Question
from assistant.vocabulary import Vocabulary
from assistant.web.beheer_parts import ROOT, Look, button, form, moment, short, title, told
from assistant.web.richtext import plain, to_html
from assistant.web.source import source_address
from assistant.web.texts import TEXTS
from assistant.web.understood import label_of

FEEDBACK, GAPS, BENCH, LOG = (f"{ROOT}/{name}" for name in ("oordelen", "hiaten", "zoekbank", "logboek"))


def feedback_html(verdicts: Sequence[Verdict], look: Look) -> str:
    """What readers thought of answers, the newest first."""
    items = "".join(_verdict(verdict, look, linked=True) for verdict in verdicts)
    shown = f'<ul class="verdicts">{items}</ul>' if items else told(look.words("no_feedback"))
    return title(look.words("feedback"), look, FEEDBACK, f"<p>{look.say('feedback_what')}</p>") + shown


def case_html(
    verdict: Verdict,
    passages: Sequence[Citation],
    cited: int,
    look: Look,
    draft: Mapping[str, Any] | None = None,
    message: str = "",
) -> str:
    """One verdict made into an eval case: the passages that a right answer rests on are ticked.

    Args:
        verdict: what the reader thought.
        passages: those that the answer cites now, then the nearest others.
        cited: how many the answer cites; they are ticked when the reader called it useful.
        look: for whom.
        draft: what was just made of it.
        message: why nothing was made of it.
    """
    path = f"{FEEDBACK}/{verdict.id}"

    def checked(number: int) -> str:
        return " checked" if number < cited and verdict.verdict == "up" else ""

    ticks = "".join(
        f'<li><label class="tick"><input type="checkbox" name="bewijs" value="{number}"{checked(number)}><span>'
        f'<span class="place">{escape(_place(citation.title, citation.section))}</span> '
        f"{escape(plain(citation.quote))}</span></label></li>"
        for number, citation in enumerate(passages)
    )
    inside = (
        f'<fieldset><legend>{look.say("rests_on")}</legend><p class="facts">{look.say("rests_on_what")}</p>'
        f'<ul class="plain-list">{ticks}</ul></fieldset>'
        f'<label class="line"><span>{look.say("note")}</span><textarea name="noot" rows="3" maxlength="1000">'
        f"</textarea>"
        f'</label><div class="buttons">{button("make_case", look)}</div>'
    )
    made = ""
    if draft is not None:
        text = json.dumps(draft, ensure_ascii=False, indent=1)
        made = (
            f'<section>{told(look.words("case_made"), "good")}<label class="line"><span>{look.say("draft")}</span>'
            f'<textarea class="code" rows="12" readonly data-copy>{escape(text)}</textarea></label>'
            f'<button type="button" class="chip" data-copy-button>{look.say("copy")}</button></section>'
        )
    back = f'<p class="trail"><a href="{look.link(FEEDBACK)}">{look.say("feedback")}</a></p>'
    return (
        back
        + title(look.words("case"), look, path)
        + told(message, "bad")
        + f'<ul class="verdicts">{_verdict(verdict, look, linked=False)}</ul>'
        + (made or form(path, look, inside))
    )


def _verdict(verdict: Verdict, look: Look, *, linked: bool) -> str:
    up = verdict.verdict == "up"
    words = TEXTS[look.language]
    reasons = "".join(f' <span class="tag">{escape(words.get(f"reason_{r}", r))}</span>' for r in verdict.reasons)
    remark = f"<blockquote><p>{escape(verdict.remark)}</p></blockquote>" if verdict.remark else ""
    role = f" · {escape(verdict.role)}" if verdict.role else ""
    link = ""
    if linked:
        link = (
            f'<p><a class="chip small" href="{look.link(f"{FEEDBACK}/{verdict.id}")}">{look.say("make_case")}'
            f'<span class="sr">: {escape(verdict.question)}</span></a></p>'
        )
    return (
        f'<li><p><span class="tag {"better" if up else "worse"}">{look.say("useful" if up else "not_useful")}</span>'
        f'{reasons} <span class="facts">{moment(verdict.at, look)}{role}'
        f"</span></p><p><strong>{escape(verdict.question)}</strong></p>{remark}"
        f'<details><summary>{look.say("the_answer")}</summary><div class="said-text">{to_html(verdict.answer)}'
        f"</div></details>"
        f"{link}</li>"
    )


def gaps_html(found: Sequence[Topic], days: int, look: Look) -> str:
    """Questions that got no answer, or a doubtful one, by the section that came nearest."""
    head = title(look.words("gaps"), look, GAPS, f"<p>{look.say('gaps_what')}</p>")
    if days <= 0:
        return head + f'<p class="notice">{look.say("gaps_off")} <code>ASSISTANT_KEEP_QUESTIONS_DAYS=30</code></p>'
    kept = f'<p class="facts">{look.say("gaps_kept", n=days)}</p>'
    if not found:
        return head + kept + told(look.words("no_gaps"))
    topics = "".join(_topic(topic, look) for topic in found)
    clear = form(
        GAPS,
        look,
        f'<button class="quiet" type="submit" data-sure="{look.say("clear_sure")}">{look.say("clear")}</button>',
    )
    return head + kept + topics + clear


def _topic(topic: Topic, look: Look) -> str:
    items = "".join(
        f"<li>{escape(asked.question)} "
        f'<span class="facts">{look.say("refused" if asked.status == "not_found" else "doubt")}'
        f" · {asked.confidence:.0%} · {escape(asked.day)}</span></li>"
        for asked in topic.questions
    )
    name = "n_questions_one" if len(topic.questions) == 1 else "n_questions"
    place = f'<p class="place">{look.say("nearest")} {escape(topic.document)}</p>' if topic.document else ""
    return (
        f'<section class="topic"><h2>{escape(topic.section or topic.document) or look.say("nowhere")} '
        f'<span class="tag">{look.say(name, n=len(topic.questions), refused=topic.refused)}</span></h2>{place}'
        f"<ul>{items}</ul></section>"
    )


def bench_html(
    question: str,
    understood: Question | None,
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    vocabulary: Vocabulary,
    look: Look,
    message: str = "",
) -> str:
    """A question and what it finds, each hit with the terms that its score is the sum of."""
    hidden = f'<input type="hidden" name="taal" value="{look.language}">' if look.language != "nl" else ""
    ask = (
        f'<form class="row search" method="get" action="{BENCH}" role="search">{hidden}<label class="choose-one wide">'
        f"<span>{look.say('question')}</span>"
        f'<input type="search" name="vraag" value="{escape(question)}" maxlength="300" '
        f'autocomplete="off" enterkeyhint="search"></label>'
        f'<button class="main" type="submit">{look.say("search")}</button>'
        f"</form>"
    )
    items = "".join(_hit(number, hit, documents, look) for number, hit in enumerate(hits, 1))
    found = f'<ol class="hits">{items}</ol>' if items else ""
    query = [("vraag", question)] if question else []
    return (
        title(look.words("bench"), look, BENCH, f"<p>{look.say('bench_what')}</p>", query)
        + ask
        + told(message, "bad")
        + (_understood(understood, vocabulary, look) if understood else "")
        + found
    )


def _understood(understood: Question, vocabulary: Vocabulary, look: Look) -> str:
    def labels(mentions: Sequence[Mention | None], entries: Mapping[str, Entry]) -> str:
        known = [entries.get(mention.id) for mention in mentions if mention]
        return escape(", ".join(label_of(entry, look.language) for entry in known if entry))

    parts = [
        ("kind", look.named("kind", understood.kind)),
        ("actors", labels(understood.actors, vocabulary.actors)),
        ("domains", labels([understood.domain], vocabulary.domains)),
        ("aspects", labels([understood.aspect], vocabulary.aspects)),
        ("expects", look.named("expects", understood.expects) if understood.expects else ""),
        ("searched", escape(understood.search_text)),
    ]
    cells = "".join(f"<div><dt>{look.say(name)}</dt><dd>{value}</dd></div>" for name, value in parts if value)
    return f'<section><h2>{look.say("understood")}</h2><dl class="document-facts">{cells}</dl></section>'


def _hit(number: int, hit: Hit, documents: Mapping[str, Document], look: Look) -> str:
    document, passage = documents[hit.passage.document], hit.passage
    citation = Citation(
        number, document.id, document.title, passage.section, passage.quote, passage.quote_start, passage.quote_end,
        document.sha256, document.file,
    )  # fmt: skip
    terms = [
        (name, value, DEFAULT[name], value * DEFAULT[name]) for name, value in hit.evidence.items() if name in DEFAULT
    ]
    lifted = hit.score - sum(term[3] for term in terms)
    if abs(lifted) > 0.0005:  # it has the evidence of its heading, and a little less for each place under it
        terms.append(("section", 1.0, DEFAULT["section"], lifted))
    terms.sort(key=lambda term: -abs(term[3]))
    largest = max((abs(term[3]) for term in terms), default=1.0) or 1.0
    rows = "".join(
        f'<tr><th scope="row">{look.named("term", name)}</th><td>{value:.2f}</td><td>{weight:+.2f}</td>'
        f'<td class="sum"><i class="bar-of" style="--share: {abs(total) / largest:.2f}" aria-hidden="true"></i>'
        f"{total:+.3f}</td></tr>"
        for name, value, weight, total in terms
    )
    ways = "".join(f' <span class="tag">{look.named("way", way)}</span>' for way in hit.found_by)
    heads = "".join(f'<th scope="col">{look.say(name)}</th>' for name in ("term", "value", "weight", "adds"))
    held = ", ".join(f"{word} {grade:.1f}" for word, grade in hit.words)
    words = f'<p class="facts">{look.say("words_held")} {escape(held)}</p>' if held else ""
    return (
        f'<li><p class="place">{escape(_place(document.title, passage.section))}</p>'
        f'<p><a data-source href="{escape(source_address(citation, look.language))}">'
        f"{escape(plain(passage.quote))}</a></p>"
        f"<p><strong>{hit.score:.3f}</strong>{ways}</p><details><summary>{look.say('score_of', n=number)}</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{look.say("score_of", n=number)}">'
        f'<table class="grid terms"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f"{words}</details></li>"
    )


def _place(title: str, section: Sequence[str]) -> str:
    """Where a passage stands; a document's first heading is often its title again."""
    return " › ".join((title, *(part for part in section if part != title)))


def log_html(entries: Sequence[Logged], look: Look) -> str:
    """Who did what, when, to which snapshot."""
    rows = "".join(f"<tr>{_entry(entry, look)}</tr>" for entry in entries)
    heads = "".join(f'<th scope="col">{look.say(name)}</th>' for name in ("when", "who", "what", "document", "version"))
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{look.say("log")}">'
        f'<table class="grid stack"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return title(look.words("log"), look, LOG, f"<p>{look.say('log_what')}</p>") + (
        table if rows else told(look.words("no_log"))
    )


def _entry(entry: Logged, look: Look) -> str:
    document = f'<span>{escape(entry.document)} <span class="facts">{escape(entry.detail)}</span></span>'
    cells = (
        ("when", moment(entry.when, look)),
        ("who", escape(entry.who)),
        ("what", look.named("did", entry.what)),
        ("document", document if entry.document or entry.detail else ""),
        ("version", short(entry.snapshot)),
    )
    return "".join(f'<td data-label="{look.say(name)}">{html}</td>' for name, html in cells)
