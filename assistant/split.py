"""Document → passages: true slices that tile the text, from any Markdown. Sentence groups come from llama-index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from assistant.text import plain, sentences
from assistant.types import Document, Passage, PassageKind
from assistant.vocabulary import Vocabulary

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter
    from markdown_it.token import Token

# A passage is what one would quote: some fifty words. Items of a list stay whole up to twice that.
LONGEST_PARAGRAPH = 360
LONGEST_ITEM = 900
_LINE_END = re.compile(r"\r\n?|\n")
# A tail shorter than this stays with the sentences before it: 'Deze zijn te downloaden …' says nothing on its own.
SHORTEST_TAIL = 130
_MARKS: dict[PassageKind, re.Pattern[str]] = {
    "heading": re.compile(r"\s*#{1,6}\s+"),
    "item": re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+"),
    "paragraph": re.compile(r"\s*(?:>\s?)*"),
}
_LABEL = re.compile(r"\s*([^\W\d_]{2,20})\s*:\s")


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    kind: PassageKind
    level: int = 0
    group: int = 0


def split_document(document: Document, vocabulary: Vocabulary) -> list[Passage]:
    """Cut a document into passages.

    Args:
        document: any text; offsets count from its start, front matter included.
        vocabulary: reads actor, domain and aspect from the headings; an empty one leaves them open.

    Returns:
        Passages in order of place. Joined, their texts are the document's text; ids are `<document>:<start>-<end>`.
    """
    text = document.text
    # Text without any block (link definitions, empty list marks) is one paragraph: nothing of a document is lost.
    found = list(_blocks(document)) or ([_Block(0, len(text), "paragraph")] if text else [])
    blocks = list(_pieces(text, found))
    passages: list[Passage] = []
    path: list[tuple[int, str]] = []
    lead = ""
    for number, block in enumerate(blocks):
        start = 0 if number == 0 else block.start
        end = blocks[number + 1].start if number + 1 < len(blocks) else len(document.text)
        raw = document.text[block.start : block.end]
        if block.kind == "heading":
            path = [part for part in path if part[0] < block.level] + [(block.level, plain(raw))]
        if block.kind != "item" and not (block.group and block.kind == "table"):
            lead = ""
        passages.append(_passage(document, vocabulary, block, (start, end), tuple(name for _, name in path), lead))
        if block.kind == "paragraph" and raw.rstrip().endswith(":"):
            lead = plain(sentences(raw)[-1]) if sentences(raw) else ""
    return passages


def _passage(
    document: Document,
    vocabulary: Vocabulary,
    block: _Block,
    extent: tuple[int, int],
    section: tuple[str, ...],
    lead: str,
) -> Passage:
    raw = document.text[block.start : block.end]
    mark = _MARKS[block.kind].match(raw) if block.kind in _MARKS else None
    quote_start = block.start + (mark.end() if mark else 0)
    quote_end = block.start + len(raw.rstrip())
    actor, domain, aspect = _read_headings(section, vocabulary)
    label = _LABEL.match(document.text[quote_start:quote_end]) if block.kind == "paragraph" else None
    if label and not aspect:
        aspect = vocabulary.heading(label.group(1))[2]
    return Passage(
        id=f"{document.id}:{extent[0]}-{extent[1]}",
        document=document.id,
        start=extent[0],
        end=extent[1],
        text=document.text[extent[0] : extent[1]],
        quote_start=min(quote_start, quote_end),
        quote_end=max(quote_end, min(quote_start, quote_end)),
        kind=block.kind,
        section=section,
        lead=lead,
        group=block.group,
        actors=(actor,) if actor else (),
        domain=domain,
        aspect=aspect,
        audience=document.audience,
    )


def _read_headings(section: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str | None, str | None, str | None]:
    """Deeper headings win: 'Taken van de aios' under 'Actor aios' names both actor and aspect."""
    actor = domain = aspect = None
    for name in section:
        found = vocabulary.heading(name)
        actor, domain, aspect = found[0] or actor, found[1] or domain, found[2] or aspect
    return actor, domain, aspect


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _blocks(document: Document) -> Iterator[_Block]:
    """The blocks of a document in order; white space between them belongs to none."""
    text, offset = document.text, document.body_start
    if offset and text[:offset].strip("\ufeff"):
        yield _Block(0, offset, "front")
    body = text[offset:]
    starts = [offset] + [offset + match.end() for match in _LINE_END.finditer(body)] + [len(text)]

    def span(token: Token) -> tuple[int, int]:
        first, last = token.map or [0, 0]
        return starts[min(first, len(starts) - 1)], starts[min(last, len(starts) - 1)]

    group = 0
    inside = -1
    for token in _parser().parse(body):
        if token.map is None or token.nesting == -1:
            continue
        start, end = span(token)
        if token.type in {"bullet_list_open", "ordered_list_open", "table_open"} and token.level == 0:
            group += 1
        if start < inside or not text[start:end].strip():
            continue
        if token.type == "heading_open" and token.level == 0:
            inside = end
            # What is too long to quote is no heading, whatever its mark says; as a paragraph it is cut and found.
            heading = end - start <= LONGEST_ITEM
            yield _Block(start, end, "heading" if heading else "paragraph", level=int(token.tag[1]) if heading else 0)
        elif token.type == "list_item_open" and token.level == 1:
            inside = end
            yield _Block(start, end, "item", group=group)
        elif token.type == "tr_open":
            inside = end
            yield _Block(start, end, "table", group=group)
        elif token.type in {"fence", "code_block", "html_block"} and token.level == 0:
            inside = end
            yield _Block(start, end, "code")
        elif token.type in {"paragraph_open", "blockquote_open"} and token.level == 0:
            inside = end
            yield _Block(start, end, "paragraph")


def _pieces(text: str, blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Cut blocks that are too long to quote into sentence groups."""
    for block in blocks:
        limit = {"paragraph": LONGEST_PARAGRAPH, "item": LONGEST_ITEM, "code": LONGEST_ITEM, "table": LONGEST_ITEM}.get(
            block.kind
        )
        if limit is None or block.end - block.start <= limit:
            yield block
            continue
        starts = _starts(text, block, limit)
        for start, end in zip(starts, [*starts[1:], block.end], strict=True):
            yield _Block(start, end, block.kind, group=block.group)


def _starts(text: str, block: _Block, limit: int) -> list[int]:
    """Where the sentence groups of a block begin; a piece that is not found again stays with the one before it."""
    starts = [block.start]
    position = block.start
    for piece in _splitter(limit).split_text(text[block.start : block.end]):
        found = text.find(piece, position, block.end)
        if found < 0:
            continue
        if found > block.start:
            starts.append(found)
        position = found + len(piece)
    if len(starts) > 1 and len(plain(text[starts[-1] : block.end])) < SHORTEST_TAIL:
        starts.pop()
    return starts


@cache
def _splitter(limit: int) -> SentenceSplitter:
    """llama-index's splitter, counting characters and cutting at Dutch sentence ends; imported on first use (2 s)."""
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=limit, chunk_overlap=0, tokenizer=list, chunking_tokenizer_fn=sentences, include_metadata=False
    )
