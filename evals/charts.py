"""Figures → inline SVG: bars with intervals, lines over a threshold, a histogram. Colours come from the page's CSS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LABEL, WIDTH, ROW = 150, 640, 24
PLOT_HEIGHT, LEFT, BOTTOM, TOP, BAR_TOP = 220, 46, 40, 28, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A share (0..1) with the bounds of its interval, what it was before, and what it is a share of."""

    label: str
    value: float
    low: float
    high: float
    before: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y), both 0..1, joined in order; `style` is one of the page's line classes."""

    label: str
    style: str
    points: Sequence[tuple[float, float]]


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars from 0 to 100 %, a whisker for the interval and a tick for the value before."""
    height = BAR_TOP + ROW * len(rows) + 22
    right = WIDTH - 130

    def x(share: float) -> float:
        return LABEL + share * (right - LABEL)

    parts = [_text(x(s), height - 4, f"{s:.0%}".replace("%", " %"), "tick middle") for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    parts += [_line(x(s), BAR_TOP - 4, x(s), height - 18, "grid") for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    for number, row in enumerate(rows):
        y = BAR_TOP + ROW * number
        middle = y + ROW / 2
        tip = f"{row.label}: {_percent(row.value)} ({_percent(row.low)}–{_percent(row.high)}) {row.note}"
        parts += [
            f"<g><title>{escape(tip)}</title>",
            _text(LABEL - 8, middle + 4, row.label, "end"),
            f'<rect class="bar" x="{LABEL}" y="{y + 4}" width="{x(row.value) - LABEL:.1f}" height="{ROW - 8}" rx="2"/>',
            _line(x(row.low), middle, x(row.high), middle, "whisker"),
            _line(x(row.low), middle - 4, x(row.low), middle + 4, "whisker"),
            _line(x(row.high), middle - 4, x(row.high), middle + 4, "whisker"),
            "" if row.before is None else _line(x(row.before), y + 1, x(row.before), y + ROW - 1, "before"),
            _text(right + 12, middle + 4, _percent(row.value), ""),
            _text(right + 64, middle + 4, row.note, "tick"),
            "</g>",
        ]
    return _svg(title, height, parts)


def lines(title: str, x_label: str, series: Sequence[Line], mark: float | None = None) -> str:
    """Lines over 0..1 in a unit square, with a dashed vertical where `mark` is."""
    height = TOP + PLOT_HEIGHT + BOTTOM
    right = WIDTH - 20

    def x(value: float) -> float:
        return LEFT + value * (right - LEFT)

    def y(value: float) -> float:
        return TOP + (1 - value) * PLOT_HEIGHT

    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts += [
            _line(LEFT, y(share), right, y(share), "grid"),
            _text(LEFT - 6, y(share) + 4, f"{share:.0%}", "tick end"),
        ]
        parts.append(_text(x(share), TOP + PLOT_HEIGHT + 16, f"{share:.2f}".replace(".", ","), "tick middle"))
    if mark is not None:
        parts += [_line(x(mark), TOP, x(mark), TOP + PLOT_HEIGHT, "mark")]
        parts += [_text(x(mark) + 4, TOP + 12, f"drempel {mark:.2f}".replace(".", ","), "tick")]
    for number, line in enumerate(series):
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line.points)
        parts.append(f'<polyline class="{line.style}" points="{points}"><title>{escape(line.label)}</title></polyline>')
        parts += [_line(LEFT + 190 * number, 9, LEFT + 190 * number + 20, 9, line.style)]
        parts += [_text(LEFT + 190 * number + 26, 13, line.label, "")]
    parts.append(_text((LEFT + right) / 2, height - 4, x_label, "tick middle"))
    return _svg(title, height, parts)


def histogram(
    title: str, x_label: str, values: Sequence[float], marks: Sequence[tuple[str, float]], bins: int = 40
) -> str:
    """How often values fall in equal steps from 0 to the largest, with named verticals."""
    height = TOP + PLOT_HEIGHT + BOTTOM
    right = WIDTH - 20
    top = max([*values, *(value for _, value in marks)], default=0.0) or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    most = max(counts) or 1
    wide = (right - LEFT) / bins
    parts = []
    for share in (0.0, 0.5, 1.0):
        level = TOP + (1 - share) * PLOT_HEIGHT
        parts += [
            _line(LEFT, level, right, level, "grid"),
            _text(LEFT - 6, level + 4, str(round(share * most)), "tick end"),
        ]
    for number, count in enumerate(counts):
        tall = count / most * PLOT_HEIGHT
        place = f'x="{LEFT + number * wide + 0.5:.1f}" y="{TOP + PLOT_HEIGHT - tall:.1f}"'
        parts.append(
            f'<rect class="bar" {place} width="{wide - 1:.1f}" height="{tall:.1f}"><title>{count}</title></rect>'
        )
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        shown = f"{share * top:.3f}".replace(".", ",")
        parts.append(_text(LEFT + share * (right - LEFT), TOP + PLOT_HEIGHT + 16, shown, "tick middle"))
    for number, (name, value) in enumerate(marks):
        x = LEFT + value / top * (right - LEFT)
        parts += [
            _line(x, TOP, x, TOP + PLOT_HEIGHT, "mark"),
            _text(x + 4, TOP + 12 + 14 * number, name, "tick"),
        ]
    parts.append(_text((LEFT + right) / 2, height - 4, x_label, "tick middle"))
    return _svg(title, height, parts)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    label = escape(title, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",")
