"""Markdown → HTML that is safe to show: no HTML of its own, no images, links only to the web or to a mail address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.text import STOP, words
from assistant.vocabulary import Vocabulary

Mark = Callable[[int], str | None]
Explain = Callable[[str], str | None]
_ALLOWED = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_BARE = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:[/?#].*)?", re.IGNORECASE)
_MARK = re.compile(r"(?<!\S)\[(\d{1,3})\](?!\()")
_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w&+]*")
_PLACE = re.compile(r"\s+›\s+")
# Private-use characters stand for the two ends of a highlight while Markdown is parsed around them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_BLOCK_SIGN = re.compile(r"(?:[ \t]*(?:[-*+>|]|#{1,6}|\d{1,9}[.)])(?=[ \t]|$))*[ \t]*")


def link_address(address: str) -> str | None:
    """The address as it may stand in a link, or None: http(s) and mailto only, a bare host name gets https."""
    address = address.strip()
    if _ALLOWED.fullmatch(address):
        return address
    if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", address):
        return f"mailto:{address}"
    return f"https://{address}" if _BARE.fullmatch(address) and not address.lower().endswith((".md", ".html")) else None


def explainer(vocabulary: Vocabulary) -> Explain:
    """Gives what an abbreviation stands for, the first time that it is met."""
    met: set[str] = set()

    def explain(word: str) -> str | None:
        short = "".join(words(word))
        written = sum(letter.isupper() for letter in word) > 1 or (len(word) > 3 and short not in STOP)
        if short in met or not written or short not in vocabulary.abbreviations:
            return None
        met.add(short)
        return " / ".join(vocabulary.abbreviations[short])

    return explain


def to_html(markdown: str, mark: Mark | None = None, explain: Explain | None = None) -> str:
    """Render Markdown.

    Args:
        markdown: text from a document or a model.
        mark: gives the HTML for a number in square brackets, or None to leave it as text.
        explain: gives what an abbreviation stands for, or None for any other word.
    """
    tokens = _MARKDOWN.parse(markdown)
    _headings_of_places(tokens)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"mark": mark, "explain": explain})
    return str(html)


def highlighted(markdown: str, start: int, end: int) -> str:
    """Render Markdown with the characters start:end of its source inside <mark>."""
    text = markdown.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
    line = text.rfind("\n", 0, start) + 1
    sign = _BLOCK_SIGN.match(text, line)
    start = max(start, sign.end() if sign else start)
    end = start + len(text[start:end].rstrip(" \t\r\n|#"))
    if end <= start:
        return to_html(markdown)
    html = to_html(text[:start] + _OPEN + text[start:end] + _CLOSE + text[end:])
    return _wrap(html)


def plain(markdown: str) -> str:
    """The words of a piece of Markdown, for copying and for attributes."""
    html = re.sub(r"</(?:p|li|h[1-6]|tr)>", "\n", to_html(markdown))
    text = re.sub(r"<[^>]+>", "", html)
    for sign, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(sign, char)
    return re.sub(r"\n{2,}", "\n", text).strip()


def crumbs(path: Sequence[str]) -> str:
    """The headings above a passage, as one line."""
    return f'<span class="crumbs">{"".join(f"<span>{escape(part)}</span>" for part in path)}</span>'


def _wrap(html: str) -> str:
    """Replace the two signs by <mark> around every piece of text between them: a highlight may cross elements."""
    parts: list[str] = []
    inside = False
    for piece in re.split(r"(<[^>]+>)", html):
        if piece.startswith("<"):
            parts.append(piece.replace(_OPEN, "").replace(_CLOSE, ""))
            continue
        for bit in re.split(f"([{_OPEN}{_CLOSE}])", piece):
            if bit in (_OPEN, _CLOSE):
                inside = bit == _OPEN
            elif inside and bit.strip():
                parts.append(f"<mark>{bit}</mark>")
            else:
                parts.append(bit)
    return "".join(parts)


def _headings_of_places(tokens: Sequence[Token]) -> None:
    """A paragraph that is nothing but bold text is a heading of the answer: make it one."""
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        kinds = [child.type for child in inline.children or () if child.content or child.type != "text"]
        if before.type == "paragraph_open" and kinds == ["strong_open", "text", "strong_close"]:
            before.tag = after.tag = "h3"
            for child in inline.children or ():
                child.meta["place"] = True


def _text(_: object, tokens: Sequence[Token], index: int, __: object, env: dict[str, Any]) -> str:
    mark: Mark | None = env.get("mark")
    explain: Explain | None = env.get("explain")
    text = tokens[index].content
    if tokens[index].meta.get("place"):
        *path, last = _PLACE.split(text)
        return f"{crumbs(path)} {escape(last)}" if path else escape(last)
    if any(token.type == "link_open" for token in tokens[:index]) and tokens[index].level:
        explain = None  # an explanation can be focused, and nothing that can be focused stands inside a link
    if mark is None:
        return _explained(text, explain)
    parts: list[str] = []
    done = 0
    for match in _MARK.finditer(text):
        html = mark(int(match.group(1)))
        if html is not None:
            parts += [_explained(text[done : match.start()], explain), html]
            done = match.end()
    return "".join([*parts, _explained(text[done:], explain)])


def _explained(text: str, explain: Explain | None) -> str:
    if explain is None:
        return escape(text)
    parts: list[str] = []
    done = 0
    for match in _WORD.finditer(text):
        meaning = explain(match.group())
        if meaning is not None:
            word = f'<abbr tabindex="0" data-meaning="{escape(meaning)}">{escape(match.group())}</abbr>'
            parts += [escape(text[done : match.start()]), word]
            done = match.end()
    return "".join([*parts, escape(text[done:])])


def _link_open(_: object, tokens: Sequence[Token], index: int, __: object, ___: object) -> str:
    address = link_address(str(tokens[index].attrGet("href") or ""))
    if address is None:
        return "<a>"
    return f'<a href="{escape(address)}" rel="noopener noreferrer" target="_blank">'


def _build() -> MarkdownIt:
    markdown = (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .disable(["image", "reference", "html_block", "html_inline"])
    )
    markdown.add_render_rule("text", _text)
    markdown.add_render_rule("link_open", _link_open)
    return markdown


_MARKDOWN = _build()
