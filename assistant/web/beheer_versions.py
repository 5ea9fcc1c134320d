"""The page of earlier versions: every kept snapshot, when and by whom it went live, and the way back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from assistant.web.beheer_parts import ROOT, Look, form, moment, short, snapshot_moment, title, told

VERSIONS = f"{ROOT}/versies"


@dataclass(frozen=True, slots=True)
class Version:
    """A kept snapshot: in use or not, when and by whom it went live, what the gate said."""

    id: str
    current: bool
    documents: int
    passages: int
    live: tuple[Mapping[str, Any], ...] = ()
    failures: tuple[str, ...] = ()
    broken: bool = False
    candidate: bool = False


def versions_html(versions: Sequence[Version], look: Look, message: str = "", bad: bool = False) -> str:
    """Every kept version, the newest first, each to go back to."""
    rows = "".join(_version(version, look) for version in versions)
    return (
        title(look.words("versions"), look, VERSIONS, f"<p>{look.say('versions_what')}</p>")
        + told(message, "bad" if bad else "good")
        + f'<ol class="timeline versions">{rows}</ol>'
    )


def _version(version: Version, look: Look) -> str:
    tags = f' <span class="tag now">{look.say("in_use_now")}</span>' if version.current else ""
    tags += f' <span class="tag">{look.say("candidate")}</span>' if version.candidate else ""
    lines = "".join(
        f'<p class="facts">{look.say("went_live", who=line.get("who", ""))} {moment(str(line.get("when")), look)}'
        f"{_reason(line, look)}</p>"
        for line in version.live[-3:]
    )
    if version.broken:
        facts = f'<p class="trouble">{look.say("broken")}</p>'
    else:
        facts = f'<p class="facts">{look.say("holds", documents=version.documents, passages=version.passages)}</p>'
    failures = f'<p class="trouble">{look.say("gate_failed")} {escape("; ".join(version.failures))}</p>' if (
        version.failures) else ""  # fmt: skip
    back = ""
    if not (version.current or version.broken or version.candidate or (version.failures and not version.live)):
        back = form(
            VERSIONS,
            look,
            f'<input type="hidden" name="versie" value="{escape(version.id)}"><button class="chip" type="submit" '
            f'data-sure="{look.say("back_sure")}">{look.say("back_to_this")}</button>',
        )
    state = "" if version.current else ' class="planned"'
    return (
        f'<li{state}><p class="when"><strong>{snapshot_moment(version.id, look)}</strong> {short(version.id)}{tags}</p>'
        f"{facts}{lines}{failures}{back}</li>"
    )


def _reason(line: Mapping[str, Any], look: Look) -> str:
    reason = line.get("reason")
    return f" · {look.say('with_reason')} {escape(str(reason))}" if reason else ""
