"""An answer and its citations → HTML: its words with numbered marks, the cards of its sources, the text to copy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from assistant.assistant import Assistant
from assistant.place import page_words, path_of, place_of
from assistant.types import Answer, Citation
from assistant.web.richtext import crumbs, explainer, plain, to_html
from assistant.web.source import facts_of, source_address
from assistant.web.texts import TEXTS, Language


def body_html(answer: Answer, assistant: Assistant, language: Language) -> str:
    """The words of an answer, also of one that is still growing, with its marks as links."""
    cited = {citation.n: citation for citation in answer.citations}
    body = to_html(
        answer.text,
        lambda n: mark_html(cited[n], language) if n in cited else None,
        explainer(assistant.vocabulary),
    )
    return f'<div class="answer" lang="{answer.understood.language if answer.mode == "llm" else "nl"}">{body}</div>'


def notices_html(answer: Answer) -> tuple[str, str]:
    """(Above the answer: why a language model could not be used; below it: what the check changed), a line each."""
    failed = bool(answer.generation and answer.generation.failure)
    kind = "notice fallback" if failed else "notice"
    html = "".join(f'<p class="{kind}">{escape(notice)}</p>' for notice in answer.notices)
    return (html, "") if failed else ("", html)


def generation_html(answer: Answer, language: Language) -> str:
    """What a language model did for an answer and what it cost, folded away: for the maintainer."""
    made, say = answer.generation, TEXTS[language]
    if made is None:
        return ""
    parts = [made.model, say["took"].format(seconds=f"{made.seconds:.1f}")]
    if made.prompt_tokens is not None and made.completion_tokens is not None:
        parts.append(say["tokens"].format(asked=made.prompt_tokens, said=made.completion_tokens))
    else:
        parts.append(say["tokens_unknown"])
    parts.append(say["checked"].format(kept=made.kept, replaced=made.replaced, dropped=made.dropped))
    told = " · ".join(parts)
    return f'<details class="made"><summary>{say["model_used"]}</summary><p>{escape(told)}</p></details>'


def mark_html(citation: Citation, language: Language) -> str:
    """The numbered mark that shows the quote when pointed at and opens the source."""
    label, where = TEXTS[language]["source"].format(n=citation.n), place_of(citation, language)
    return (
        f'<a class="cite" data-source href="{escape(source_address(citation, language))}" aria-label="{escape(label)}" '
        f'data-quote="{escape(plain(citation.quote))}" data-where="{escape(where)}">[{citation.n}]</a>'
    )


def cards_html(citations: Sequence[Citation], assistant: Assistant, language: Language) -> str:
    """One card for each section cited, with the numbers of its citations."""
    cards: list[str] = []
    for (document, _), group in groupby(citations, key=lambda c: (c.document, c.section)):
        members = list(group)
        path = path_of(members[0])
        known = assistant.snapshot.documents.get(document)
        page = page_words((citation.page for citation in members), language)
        facts = " · ".join(fact for fact in (facts_of(known) if known else "", page) if fact)
        marks = " ".join(mark_html(citation, language) for citation in members)
        place = f'<p class="place">{crumbs(path)}</p>' if path else ""
        cards.append(
            f'<li class="card"><p class="title">{escape(members[0].title)}</p>'
            + (f'<p class="facts">{facts}</p>' if facts else "")
            + f'{place}<p class="marks">{marks}</p></li>'
        )
    return f'<ul class="cards">{"".join(cards)}</ul>'


def near_html(citations: Sequence[Citation], language: Language) -> str:
    """Passages that are not cited: where they stand and how they begin."""
    cards = "".join(
        f'<li class="card"><a data-source href="{escape(source_address(citation, language))}">'
        f'<span class="title">{escape(citation.title)}</span>'
        f'<span class="place">{crumbs(path_of(citation))}{_page(citation, language)}</span>'
        f"<q>{escape(plain(citation.quote))}</q></a></li>"
        for citation in citations
    )
    return f'<ul class="cards near">{cards}</ul>'


def _page(citation: Citation, language: Language) -> str:
    page = page_words([citation.page], language)
    return f" · {page}" if page else ""


def copy_text(answer: Answer, language: Language) -> str:
    """Question, answer and sources as plain text."""
    say = TEXTS[language]
    lines = [f"{say['question_copy']}: {answer.question}", "", answer.text.replace("**", ""), "", f"{say['sources']}:"]
    lines += [
        f"[{citation.n}] {place_of(citation, language)}: “{plain(citation.quote)}”" for citation in answer.citations
    ]
    return "\n".join(lines)
