"""The page of the proposal: its changes, how far its candidate is, and what publishing would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.beheer.builder import Progress
from assistant.beheer.effect import blockers
from assistant.beheer.expiry import PROPOSAL_DAYS
from assistant.beheer.state import Proposal
from assistant.web.beheer_parts import ROOT, Look, button, form, listed, moment, short, title, told
from assistant.web.richtext import to_html

PATH = f"{ROOT}/voorstel"
# So many are shown at once; the others lie folded.
_FIRST = 5
_STEPS = ("split", "embed", "store", "answers")


def proposal_html(
    proposal: Proposal | None, progress: Progress, look: Look, message: str = "", bad: bool = False
) -> str:
    """The proposal as it stands."""
    head = title(look.words("proposal"), look, PATH, f"<p>{look.say('proposal_what', days=PROPOSAL_DAYS)}</p>")
    head += told(message, "bad" if bad else "good")
    if proposal is None:
        return (
            head
            + f'<p class="notice">{look.say("no_proposal")} <a href="{look.link(ROOT)}">{look.say("offer")}</a></p>'
        )
    changes = "".join(
        f'<li><span class="tag {change.what}">{look.say(change.what)}</span> <strong>{escape(change.title)}</strong> '
        f'<span class="facts">{escape(change.who)} · {moment(change.when, look)}</span></li>'
        for change in proposal.changes
    )
    head += f'<ul class="changes">{changes}</ul>'
    if proposal.stage == "building":
        return head + _building(proposal, progress, look)
    if proposal.stage == "failed":
        buttons = button("build_again", look, "opnieuw") + button("discard", look, "verwerp", "quiet")
        return (
            head
            + f"<h2>{look.say('build_failed')}</h2>"
            + told(proposal.problem, "bad")
            + form(PATH, look, _seen(proposal) + f'<div class="buttons">{buttons}</div>')
        )
    return head + _effect(proposal, look)


def _building(proposal: Proposal, progress: Progress, look: Look) -> str:
    step = look.say(f"step_{progress.step}") if progress.step in _STEPS else look.say("step_start")
    count = f"{progress.done} / {progress.total}" if progress.total else ""
    value = f' value="{progress.done}" max="{progress.total}"' if progress.total else ""
    return (
        f'<section class="building" data-wait="{look.link(PATH, stand="1")}" role="status"><h2>'
        f"{look.say('building', who=proposal.who)}</h2><p><span data-step>{step}</span> "
        f'<span class="facts"><span data-count>{count}</span> <span data-left="{look.say("left")}"></span></span></p>'
        f'<progress{value} aria-label="{look.say("progress")}">'
        f'</progress><p class="facts">{look.say("building_what")}</p></section>'
        f'<noscript><p><a href="{look.link(PATH)}">{look.say("look_again")}</a></p></noscript>'
    )


def _effect(proposal: Proposal, look: Look) -> str:
    effect = proposal.effect
    return (
        _sums(effect, look)
        + _gate(effect, look)
        + _answers(effect.get("answers"), look)
        + _passages(effect, look)
        + _worries(effect, look)
        + _decide(proposal, look)
    )


def _sums(effect: Mapping[str, Any], look: Look) -> str:
    """The numbers first."""
    documents, passages, answers = effect["documents"], effect["passages"], effect.get("answers")
    counts = [
        ("documents", [(len(documents[name]), name) for name in ("added", "changed", "removed")]),
        ("passages", [(passages["added"], "added"), (passages["removed"], "removed"), (passages["kept"], "kept")]),
    ]
    if answers:
        counts.append(("answers", [(answers["counts"][name], name) for name in ("worse", "other", "better")]))
    cells = "".join(
        f"<div><dt>{look.say(name)}</dt>"
        + "".join(f'<dd class="{kind if n else "nil"}"><b>{n}</b> {look.say(f"n_{kind}")}</dd>' for n, kind in pairs)
        + "</div>"
        for name, pairs in counts
    )
    nothing = told(look.words("no_difference")) if effect.get("same") else ""
    return (
        f'<section><h2>{look.say("effect")}</h2>{nothing}<dl class="sums">{cells}</dl>'
        f'<p class="facts"><a href="#beslissen">{look.say("to_decide")}</a></p></section>'
    )


def _gate(effect: Mapping[str, Any], look: Look) -> str:
    """Why the candidate may not go live just so, or that it may; and that the answers were not measured."""
    answers, why, verdict = effect.get("answers"), blockers(effect), ""
    if why:
        verdict = f'<div class="notice bad"><p><strong>{look.say("gate_failed")}</strong></p>{listed(why)}</div>'
    elif answers is not None:
        verdict = f'<p class="notice good">{look.say("gate_passed", n=answers["cases"], **answers["counts"])}</p>'
    if answers is None:
        verdict += told(f"{look.words('gate_none')} {effect.get('not_measured') or ''}")
    return f"<section><h2>{look.say('gate')}</h2>{verdict}</section>"


def _answers(answers: Mapping[str, Any] | None, look: Look) -> str:
    if not answers:
        return ""
    html = ""
    if answers["changes"]:
        rows = [_answer(change, look) for change in answers["changes"]]
        html += f"<section><h2>{look.say('answers_change')}</h2>{_folded(rows, look, 'div', 'compare')}</section>"
    if answers["vanished"]:
        rows = [
            f'<li><p class="place">{escape(gone["id"])} · {escape(gone["document"])}</p><blockquote><p>'
            f"{escape(gone['quote'])}</p></blockquote></li>"
            for gone in answers["vanished"]
        ]
        html += (
            f'<section><h2>{look.say("vanished", n=len(rows))}</h2><p class="facts">{look.say("vanished_what")}</p>'
            f"{_folded(rows, look, 'ul', 'plain-list')}</section>"
        )
    return html


def _answer(change: Mapping[str, Any], look: Look) -> str:
    return (
        f'<article class="answer-change"><h3><span class="tag {change["verdict"]}">{look.say("n_" + change["verdict"])}'
        f'</span> {escape(change["question"])}</h3><div class="sides"><div><h4 class="label">{look.say("now")}</h4>'
        f'<div class="said-text">{to_html(change["before"])}</div></div><div><h4 class="label">{look.say("then")}</h4>'
        f'<div class="said-text">{to_html(change["after"])}</div></div></div></article>'
    )


def _passages(effect: Mapping[str, Any], look: Look) -> str:
    html = ""
    for kind in ("added", "removed"):
        rows = [
            f'<li><p class="place">{escape(" › ".join(passage["section"]) or passage["document"])}</p><blockquote><p>'
            f"{escape(passage['quote'])}</p></blockquote></li>"
            for passage in effect[f"passages_{kind}"]
        ]
        if rows:
            count = effect["passages"][kind]
            html += (
                f"<section><h2>{look.say(f'passages_{kind}', n=count)}</h2>"
                f"<details><summary>{look.say('show')}</summary>"
                f'<ul class="plain-list quotes {kind}">{"".join(rows)}</ul>'
                f"</details></section>"
            )
    return html


def _worries(effect: Mapping[str, Any], look: Look) -> str:
    html = ""
    if clashes := effect["contradictions"]:
        rows = "".join(
            f'<article class="answer-change"><p class="facts">{look.say("differs", why=clash["why"])}</p>'
            f'<div class="sides">{_side(clash["one"])}{_side(clash["other"])}</div></article>'
            for clash in clashes
        )
        html += f"<section><h2>{look.say('contradictions', n=len(clashes))}</h2>{rows}</section>"
    if lines := [*effect["pathways"], *effect["problems"]]:
        items = [f"<li>{escape(line)}</li>" for line in lines]
        html += f'<section class="warnings"><h2>{look.say("problems")}</h2>{_folded(items, look, "ul", "")}</section>'
    return html


def _side(side: Mapping[str, str]) -> str:
    return f'<div><h4 class="label">{escape(side["title"])}</h4><p class="said-text">{escape(side["quote"])}</p></div>'


def _decide(proposal: Proposal, look: Look) -> str:
    past = ""
    if blockers(proposal.effect):
        past = (
            f'<fieldset class="past"><legend>{look.say("past_gate")}</legend>'
            f'<label class="tick"><input type="checkbox" name="toch" value="ja" required>'
            f"<span>{look.say('past_tick')}</span></label>"
            f'<label class="line"><span>{look.say("reason")}</span>'
            f'<input name="reden" maxlength="300" required autocomplete="off"></label></fieldset>'
        )
    publish = form(
        PATH, look, _seen(proposal) + past + f'<div class="buttons">{button("publish", look, "publiceer")}</div>'
    )
    rest = button("build_again", look, "opnieuw", "chip")
    rest += (
        f'<button class="quiet" type="submit" name="actie" value="verwerp" data-sure="{look.say("discard_sure")}">'
        f"{look.say('discard')}</button>"
    )
    other = form(PATH, look, _seen(proposal) + f'<div class="buttons">{rest}</div>')
    version = f'<p class="facts">{look.say("candidate")} {short(proposal.candidate)}</p>'
    return f'<section class="decide"><h2 id="beslissen">{look.say("decide")}</h2>{publish}{other}{version}</section>'


def _seen(proposal: Proposal) -> str:
    """The candidate that the maintainer decides about."""
    return f'<input type="hidden" name="kandidaat" value="{escape(proposal.candidate)}">'


def _folded(rows: Sequence[str], look: Look, tag: str, name: str) -> str:
    first = f'<{tag} class="{name}">{"".join(rows[:_FIRST])}</{tag}>'
    if len(rows) <= _FIRST:
        return first
    rest = f'<{tag} class="{name}">{"".join(rows[_FIRST:])}</{tag}>'
    return f"{first}<details><summary>{look.say('more', n=len(rows) - _FIRST)}</summary>{rest}</details>"
