"""A saved web page → blocks: its main text without menus, headers and footers. Runs in the child process only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.convert.blocks import Block, Converted, clean, link, merge_links
from assistant.convert.text import decode
from assistant.errors import ConversionError

_DROPPED = (
    "script, style, noscript, template, iframe, svg, nav, form, button, dialog, aside, [hidden], [aria-hidden=true], "
    "[role=navigation], [role=banner], [role=contentinfo], [role=search], [style*='display:none'], "
    "[style*='display: none']"
)
_INLINE = {
    "a",
    "b",
    "strong",
    "i",
    "em",
    "span",
    "u",
    "s",
    "small",
    "sub",
    "sup",
    "abbr",
    "cite",
    "code",
    "q",
    "mark",
    "time",
    "br",
    "wbr",
    "font",
    "kbd",
    "var",
    "label",
    "del",
    "ins",
    "dfn",
    "bdi",
    "img",
    "-text",
}
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_DEEPEST = 200


def read_html(raw: bytes) -> Converted:
    """Read a page.

    Raises:
        ConversionError: the page holds no text, or is nested absurdly deep.
    """
    text, warning = _decode(raw)
    tree = LexborHTMLParser(text)
    properties = _properties(tree)
    for node in tree.css(_DROPPED):
        node.decompose()
    root = _main(tree)
    blocks = tuple(block for block in _blocks(root, 0) if block.text or block.rows) if root is not None else ()
    if not blocks:
        raise ConversionError(
            "er staat geen leesbare tekst in de pagina. Bewaar haar opnieuw als de tekst zichtbaar is, of druk "
            "haar af naar PDF."
        )
    return Converted(blocks, properties, (warning,) if warning else ())


def _decode(raw: bytes) -> tuple[str, str]:
    declared = _CHARSET.search(raw[:4096])
    if declared and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = declared.group(1).decode("ascii").lower()
        # Browsers read 'iso-8859-1' as Windows-1252, and so do the people who write it.
        name = "cp1252" if name in {"iso-8859-1", "latin1", "windows-1252", "us-ascii"} else name
        try:
            return raw.decode(name), ""
        except (LookupError, UnicodeDecodeError):
            pass  # a page that does not tell the truth about itself is read like one that says nothing
    return decode(raw)


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """The element with the main text: main, a single article, else the body without its header and footer."""
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text(strip=True)) > 200:
            return found[0]
    for node in tree.css("body > header, body > footer, body > div > header, body > div > footer"):
        node.decompose()
    return tree.body


def _blocks(node: LexborNode, depth: int) -> Iterator[Block]:
    """The blocks below a node; inline content between block elements makes paragraphs."""
    if depth > _DEEPEST:
        raise ConversionError("is te diep genest om te lezen. Druk de pagina af naar PDF en voeg die toe.")
    run: list[str] = []
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag in _INLINE:
            run.append(_inline(child, depth))
            continue
        if words := _finish(run):
            yield Block("paragraph", words)
        run = []
        if re.fullmatch(r"h[1-6]", tag):
            yield Block("heading", _finish([_inline(child, depth)]), int(tag[1]))
        elif tag in {"ul", "ol"}:
            yield from _list(child, 0, depth)
        elif tag == "table":
            yield _table(child, depth)
        elif not tag.startswith(("-", "!")) and tag not in {"script", "style", "head"}:
            yield from _blocks(child, depth + 1)
    if words := _finish(run):
        yield Block("paragraph", words)


def _finish(run: list[str]) -> str:
    return merge_links(clean("".join(run)))


def _inline(node: LexborNode, depth: int) -> str:
    """The words of an inline element, its links as Markdown."""
    if node.tag == "-text":
        return node.text() or ""
    if node.tag in {"br", "img", "wbr"}:
        return " " if node.tag == "br" else ""
    if depth > _DEEPEST:
        raise ConversionError("is te diep genest om te lezen. Druk de pagina af naar PDF en voeg die toe.")
    inner = "".join(_inline(child, depth + 1) for child in node.iter(include_text=True))
    if node.tag == "a":
        return (" " if inner[:1].isspace() else "") + link(inner, node.attributes.get("href") or "")
    return inner


def _list(node: LexborNode, level: int, depth: int) -> Iterator[Block]:
    for item in node.iter():
        if item.tag in {"ul", "ol"}:
            yield from _list(item, min(8, level + 1), depth + 1)
            continue
        if item.tag != "li":
            continue
        words: list[str] = []
        nested: list[Block] = []
        for child in item.iter(include_text=True):
            if child.tag in {"ul", "ol"}:
                nested += _list(child, min(8, level + 1), depth + 1)
            elif child.tag == "table":
                nested.append(_table(child, depth + 1))
            else:
                words += [_inline(child, depth), " " if child.tag in {"p", "div"} else ""]
        if text := _finish(words):
            yield Block("item", text, level, node.tag == "ol")
        yield from nested


def _table(node: LexborNode, depth: int) -> Block:
    """A table with its own rows only; a cell across columns stands in the first of them."""
    rows: list[tuple[tuple[Block, ...], ...]] = []
    for part in [node, *(child for child in node.iter() if child.tag in {"thead", "tbody", "tfoot"})]:
        for row in part.iter():
            if row.tag != "tr":
                continue
            cells: list[tuple[Block, ...]] = []
            for cell in row.iter():
                if cell.tag in {"td", "th"}:
                    span = str(cell.attributes.get("colspan") or "1")
                    cells += [tuple(_blocks(cell, depth + 1))] + [()] * (
                        min(int(span), 50) - 1 if span.isdigit() else 0
                    )
            rows.append(tuple(cells))
    return Block("table", rows=tuple(rows))


def _properties(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    title = tree.css_first("head > title")
    canonical = tree.css_first("link[rel=canonical]")
    root = tree.css_first("html")
    names = {"og:title": "page_title", "og:site_name": "company", "dcterms.publisher": "company", "og:url": "url"}
    for meta in tree.css("meta"):
        key = names.get((meta.attributes.get("property") or meta.attributes.get("name") or "").lower())
        if key and meta.attributes.get("content"):
            found.setdefault(key, str(meta.attributes["content"]))
    found.setdefault("title", found.pop("page_title", "") or (title.text() if title else ""))
    if canonical is not None and canonical.attributes.get("href"):
        found["url"] = str(canonical.attributes["href"])
    if root is not None and root.attributes.get("lang"):
        found["language"] = str(root.attributes["lang"])
    return {name: clean(value) for name, value in found.items() if clean(value)}
