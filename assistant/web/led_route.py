"""A route → its page: the picture, 'Where do I stand?', and every step with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from assistant.pathways import Choice, Claim, Place, Route, Step
from assistant.web.library import View
from assistant.web.page_texts import SAY
from assistant.web.parts import address, claim_html, claims_html, head, proof_marks, quotes_html
from assistant.web.texts import Language

PATH = "/led-route"


def route_html(route: Route, choices: Mapping[str, str], found: Place | None, view: View, language: Language) -> str:
    """The body of the page.

    Args:
        route: the pathway.
        choices: what the reader chose, option id by question id.
        found: the place that follows from it, if it does.
    """
    return "".join(
        (
            head(route.title.of(language), claim_html(route.about, view, language), language, PATH, choices.items()),
            _result(route, choices, found, view, language),
            _picture(route, found, language),
            _form(route, choices, view, language),
            _details(route, found, view, language),
        )
    )


def _result(route: Route, choices: Mapping[str, str], found: Place | None, view: View, language: Language) -> str:
    say = SAY[language]
    if not choices:
        return ""
    if found is None:
        return f'<section class="standing" id="plaats" role="status"><p>{say["where_open"]}</p></section>'
    after = "".join(f"<li>{_step_link(step, language)}</li>" for step in found.next)
    following = f"<div><dt>{say['route_next']}</dt><dd><ul>{after}</ul></dd></div>" if after else ""
    return (
        f'<section class="standing" id="plaats" aria-labelledby="plaats-kop" tabindex="-1">'
        f'<h2 id="plaats-kop">{say["where_result"]}</h2>'
        f'<p class="verdict">{escape(found.rule.claim.says.of(language))}</p>'
        f"<dl><div><dt>{say['route_here']}</dt><dd>{_step_link(found.here, language)}</dd></div>{following}</dl>"
        f'<p class="label">{say["why"]}</p>{quotes_html(found.rule.claim.proofs, view, language)}'
        f'<p><a href="{escape(address(PATH, language, fragment="waar"))}">{say["where_again"]}</a></p></section>'
    )


def _step_link(step: Step, language: Language) -> str:
    return f'<a href="#stap-{escape(step.id)}">{escape(step.title.of(language))}</a>'


def _picture(route: Route, found: Place | None, language: Language) -> str:
    """The main steps in columns with lines between them, and under them bars for what goes beside."""
    say = SAY[language]
    levels = route.levels()
    columns = []
    for number, level in enumerate(levels):
        stops = "".join(_stop(step, found, language) for step in level)
        lines = _lines(level, levels[number + 1]) if number + 1 < len(levels) else ""
        columns.append(f'<li class="level"><ul>{stops}</ul>{lines}</li>')
    column = {step.id: number for number, level in enumerate(levels, 1) for step in level}
    bars = "".join(_bar(step, column, found, language) for step in route.steps if step.beside is not None)
    beside = f'<h3 class="label">{say["beside"]}</h3><ul class="beside">{bars}</ul>' if bars else ""
    return (
        f'<section class="picture" style="--levels:{len(levels)}" aria-labelledby="beeld"><h2 id="beeld" class="label">'
        f'{say["route_picture"]}</h2><ol class="route">{"".join(columns)}</ol>{beside}</section>'
    )


def _stop(step: Step, found: Place | None, language: Language) -> str:
    state, tag = _state(step, found, language)
    return f'<li class="stop {state}">{_sign(step, state, tag, step.conditions, language)}</li>'


def _bar(step: Step, column: Mapping[str, int], found: Place | None, language: Language) -> str:
    """A bar under the columns of the steps that this one accompanies; one that accompanies none is drawn loose."""
    state, tag = _state(step, found, language)
    at = [column[name] for name in step.beside or ()]
    first, last = (min(at), max(at) + 1) if at else (1, max(column.values(), default=1) + 1)
    kind = state if at else f"{state} loose"
    what = _sign(step, state, tag, (step.purpose or step.conditions)[:1], language)
    return f'<li class="bar-step {kind}" style="grid-column:{first}/{last}">{what}</li>'


def _sign(step: Step, state: str, tag: str, claims: tuple[Claim, ...], language: Language) -> str:
    """A step as it stands in the picture: a link to what is said of it below."""
    lines = "".join(f"<span>{escape(claim.says.of(language))}</span>" for claim in claims)
    current = ' aria-current="step"' if state == "here" else ""
    title = escape(step.title.of(language))
    return f'<a href="#stap-{escape(step.id)}"{current}>{tag}<strong>{title}</strong>{lines}</a>'


def _state(step: Step, found: Place | None, language: Language) -> tuple[str, str]:
    """The class of a step in the picture, and the words on it: colour alone never says it."""
    if found is None:
        return "", ""
    for state, steps in (("here", (found.here,)), ("next", found.next), ("done", found.done)):
        if step in steps:
            return state, f'<em class="tag">{SAY[language][f"route_{state}"]}</em>'
    return "", ""


def _lines(level: tuple[Step, ...], after: tuple[Step, ...]) -> str:
    """Curves from each step to those after it; both columns divide their height evenly over their steps."""
    height = {step.id: 100 * (number + 0.5) / len(after) for number, step in enumerate(after)}
    paths = []
    for number, step in enumerate(level):
        start = 100 * (number + 0.5) / len(level)
        paths += [f"M0 {start:g}C55 {start:g} 45 {height[n]:g} 100 {height[n]:g}" for n in step.next if n in height]
    drawn = f'<path d="{"".join(paths)}"/>'
    return f'<svg class="lines" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'


def _form(route: Route, choices: Mapping[str, str], view: View, language: Language) -> str:
    if not route.choices:
        return ""
    say = SAY[language]
    questions = "".join(_question(choice, choices.get(choice.id), view, language) for choice in route.choices)
    kept = f'<input type="hidden" name="taal" value="{language}">' if language != "nl" else ""
    return (
        f'<section id="waar" aria-labelledby="waar-kop"><h2 id="waar-kop">{say["where"]}</h2><p>{say["where_how"]}</p>'
        f'<form class="choose" method="get" action="{PATH}#plaats">{kept}<div class="choices">{questions}</div>'
        f'<button class="main" type="submit">{say["where_button"]}</button></form></section>'
    )


def _question(choice: Choice, chosen: str | None, view: View, language: Language) -> str:
    options = "".join(
        f'<label><input type="radio" name="{escape(choice.id)}" value="{escape(name)}"{checked}>'
        f"<span>{escape(words.of(language))}</span></label>"
        for name, words in choice.options.items()
        for checked in (" checked" if name == chosen else "",)
    )
    text = escape(choice.text.of(language))
    return f"<fieldset><legend>{text} {proof_marks(choice.proofs, view, language)}</legend>{options}</fieldset>"


def _details(route: Route, found: Place | None, view: View, language: Language) -> str:
    say = SAY[language]
    steps = "".join(_detail(route, step, found, view, language) for step in route.steps)
    title = f'<h2 id="stappen">{say["steps_detail"]}</h2>'
    return f'<section aria-labelledby="stappen">{title}<div class="steps">{steps}</div></section>'


def _detail(route: Route, step: Step, found: Place | None, view: View, language: Language) -> str:
    say = SAY[language]
    state, tag = _state(step, found, language)
    parts = [
        f'<article class="step {state}" id="stap-{escape(step.id)}"><h3>{escape(step.title.of(language))} {tag}</h3>'
    ]
    for name, claims in (("conditions", step.conditions), ("purpose", step.purpose)):
        if claims:
            parts.append(f'<h4 class="label">{say[name]}</h4>{claims_html(claims, view, language)}')
    for name, steps in (("leads_to", step.next), ("accompanies", step.beside or ())):
        if steps:
            links = ", ".join(_step_link(route.step(other), language) for other in steps)
            parts.append(f'<p class="onward"><span class="label">{say[name]}</span> {links}</p>')
    return "".join((*parts, "</article>"))
