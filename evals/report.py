"""A run → one HTML page: figures, plots, tables, rivals, and the worst cases with why they are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evals import charts, page
from evals.results import Rival, Run
from evals.score import Outcome
from evals.summary import (
    BY_NAME,
    COMPARED,
    GROUPINGS,
    IN_GROUPS,
    SHORT,
    figures_of,
    groups_of,
    percentile,
    rival_value,
    values_of,
    worst,
)

TILES = ("correct", "right_citation", "facts", "false_answer", "false_refusal", "quotes_exact")
STEPS = 100


def report(run: Run, before: Run | None, count: int = 10) -> str:
    """The page of a run.

    Args:
        run: what was measured.
        before: the run whose changes are shown, or None.
        count: how many of the worst cases are shown open; the rest of what is wrong is folded away.
    """
    earlier = before.outcomes if before else ()
    since = f" Veranderingen zijn sinds {before.name}; * is meer dan toeval." if before else ""
    bad = worst(run.outcomes, len(run.outcomes))
    rest = "".join(map(page.case, bad[count:]))
    body = [
        f"<h1>Meting {escape(run.set)}</h1>",
        f"<p>{len(run.outcomes)} vragen in {run.seconds:.0f} s · commit {escape(run.commit)} · {escape(run.created)} · "
        f"index {escape(run.index)} · encoder {escape(run.encoder)}.{escape(since)}</p>",
        _tiles(run, earlier),
        f'<div class="plots">{_plots(run, earlier)}</div>',
        "<h2>Alle maten</h2><p>Gemiddelde over de vragen waarvoor de maat geldt, met het 95 %-bootstrapinterval.</p>",
        _measures(run, earlier),
        *(
            f"<h2>Naar {escape(label)}</h2>{_groups(run, earlier, name, label)}"
            for name, (label, _) in GROUPINGS.items()
        ),
        _rivals("Andere systemen over dezelfde vragen", run, run.peers),
        _rivals("Wat elk onderdeel waard is", run, run.ablation),
        f"<h2>De {min(count, len(bad))} slechtste antwoorden</h2>",
        *map(page.case, bad[:count]),
        f"<details><summary>De andere {len(bad) - count} die niet helemaal goed zijn</summary>{rest}</details>"
        if rest
        else "",
    ]
    return page.page(f"Meting {run.name}", "\n".join(body))


def trade_off(outcomes: Sequence[Outcome]) -> tuple[charts.Line, charts.Line]:
    """For each threshold on the confidence: the share of wrong refusals, and of wrong answers, that it would give."""
    answerable = [outcome.confidence for outcome in outcomes if outcome.answerable]
    unanswerable = [outcome.confidence for outcome in outcomes if not outcome.answerable]
    steps = [step / STEPS for step in range(STEPS + 1)]

    def share(values: Sequence[float], threshold: float) -> float:
        """How much of the values lies below a threshold."""
        return sum(value < threshold for value in values) / max(1, len(values))

    return (
        charts.Line("ten onrechte geweigerd", "refusals", [(t, share(answerable, t)) for t in steps]),
        charts.Line("ten onrechte beantwoord", "answers", [(t, 1 - share(unanswerable, t)) for t in steps]),
    )


def _tiles(run: Run, earlier: Sequence[Outcome]) -> str:
    cells = []
    for found in figures_of(run.outcomes, earlier, TILES):
        if found.now:
            value, label = found.measure.show(found.now.mean), escape(found.measure.label)
            cells.append(f'<div class="tile"><b>{value} %</b><span>{label}</span> {page.changed(found)}</div>')
    seconds = list(values_of(run.outcomes, "seconds").values())
    slow = f"{percentile(seconds, 0.95):.2f} s".replace(".", ",")
    cells.append(f'<div class="tile"><b>{slow}</b><span>tijd per vraag, 95e percentiel</span></div>')
    return f'<div class="tiles">{"".join(cells)}</div>'


def _plots(run: Run, earlier: Sequence[Outcome]) -> str:
    seconds = list(values_of(run.outcomes, "seconds").values())
    marks = [(f"p{round(share * 100)} {percentile(seconds, share):.3f} s".replace(".", ","), percentile(seconds, share))
             for share in (0.5, 0.95)]  # fmt: skip
    plots = [
        page.figure(f"Juist, naar {label}", charts.bars(f"Juist naar {label}", _bars(run, earlier, name)),
                    "met 95 %-interval" + ("; geel streepje: vorige meting" if earlier else ""))
        for name, (label, _) in GROUPINGS.items()
    ]  # fmt: skip
    if run.threshold is not None:
        drawing = charts.lines("Afruil", "drempel op de zekerheid", trade_off(run.outcomes), run.threshold)
        plots.append(page.figure("Weigeren of antwoorden", drawing, "wat een andere drempel zou geven"))
    drawing = charts.histogram("Tijd", "seconden per vraag", seconds, marks)
    plots.append(page.figure("Tijd per vraag", drawing, "aantal vragen per stap"))
    return "".join(plots)


def _bars(run: Run, earlier: Sequence[Outcome], grouping: str) -> list[charts.Bar]:
    rows = []
    for group in groups_of(run.outcomes, earlier, grouping):
        found = group.figures[IN_GROUPS.index("correct")]
        if found.now:
            before = found.now.mean - found.change.mean if found.change else None
            rows.append(
                charts.Bar(group.name, found.now.mean, found.now.low, found.now.high, before, f"n = {group.count}")
            )
    return rows


def _measures(run: Run, earlier: Sequence[Outcome]) -> str:
    rows = [
        [escape(f.measure.label), f"{f.measure.show(f.now.mean)} {f.measure.unit}",
         f"{f.measure.show(f.now.low)}–{f.measure.show(f.now.high)}", str(f.now.count), page.changed(f)]
        for f in figures_of(run.outcomes, earlier)
        if f.now
    ]  # fmt: skip
    return page.table(["maat", "waarde", "95 %", "vragen", "verandering"], rows)


def _groups(run: Run, earlier: Sequence[Outcome], grouping: str, label: str) -> str:
    rows = [
        [escape(group.name), str(group.count),
         *(f"{f.measure.show(f.now.mean)} {page.changed(f)}" if f.now else "" for f in group.figures)]
        for group in groups_of(run.outcomes, earlier, grouping)
    ]  # fmt: skip
    return page.table([label, "n", *(SHORT[name] for name in IN_GROUPS)], rows)


def _rivals(title: str, run: Run, rivals: Sequence[Rival]) -> str:
    if not rivals:
        return ""
    own = {found.measure.name: found.now for found in figures_of(run.outcomes, names=COMPARED)}
    rows = [["product", *(BY_NAME[name].show(now.mean) if (now := own[name]) else "" for name in COMPARED)]]
    rows += [[escape(rival.system), *(rival_value(rival, name) for name in COMPARED)] for rival in rivals]
    heading = f"<h2>{escape(title)}</h2><p>* verschil met het product is meer dan toeval (gepaard, 95 %).</p>"
    return heading + page.table(["systeem", *(SHORT[name] for name in COMPARED)], rows, own=0)
