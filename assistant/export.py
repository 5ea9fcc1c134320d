"""Questions with their answers → a file to keep: Markdown, DOCX or PDF, with one numbered list of sources."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal, get_args

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.place import place_of
from assistant.types import Answer, Citation

Format = Literal["md", "docx", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_MARK = re.compile(r"\[(\d{1,3})\](?!\()")
_SIGNS = re.compile(r"([\\`*_\[\]#])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SAY = {
    "nl": {
        "sources": "Bronnen",
        "version": "versie",
        "note": "Woordelijk uit de documenten, opgesteld op {day}.",
        "note_model": "Ten dele samengevat door een taalmodel, elke zin nagekeken, opgesteld op {day}.",
    },
    "en": {
        "sources": "Sources",
        "version": "version",
        "note": "Word for word from the documents, made on {day}.",
        "note_model": "Partly written by a language model, each sentence checked, made on {day}.",
    },
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of an answer: a heading, a paragraph, or an item of a list."""

    kind: Literal["heading", "paragraph", "bullet", "number"]
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation made ready: each question, its answer as Markdown, and one list of all sources."""

    title: str
    note: str
    sources_title: str
    answers: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def export(
    answers: Sequence[tuple[str, Answer]], kind: Format, title: str, day: str, language: Literal["nl", "en"] = "nl"
) -> bytes:
    """The file with these questions and answers.

    Args:
        answers: each question as asked, and its answer.
        kind: which file.
        title: the heading of the file.
        day: the date that the file states.
        language: the language of the words around the answers.
    """
    kept = _kept(answers, title, day, language)
    writers: dict[Format, Callable[[Kept], bytes]] = {"md": _markdown, "docx": _docx, "pdf": _pdf}
    return writers[kind](kept)


def pieces(markdown: str) -> list[Piece]:
    """The blocks of an answer in plain words; a link is followed by its address in brackets."""
    found: list[Piece] = []
    lists: list[Literal["bullet", "number"]] = []
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("bullet" if token.type.startswith("bullet") else "number")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline":
            children = token.children or []
            kinds = [child.type for child in children if child.content or child.type != "text"]
            bold = kinds == ["strong_open", "text", "strong_close"]
            found.append(Piece(lists[-1] if lists else "heading" if bold else "paragraph", _words(children)))
    return found


def _words(tokens: Sequence[Token]) -> str:
    text, address = "", ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            text += f" ({address})" if address not in text else ""
        elif token.type in ("softbreak", "hardbreak"):
            text += " "
        else:
            text += token.content
    return text


def _kept(answers: Sequence[tuple[str, Answer]], title: str, day: str, language: Literal["nl", "en"]) -> Kept:
    say = _SAY[language]
    numbers: dict[tuple[str, int, int], int] = {}
    sources: list[str] = []
    texts: list[tuple[str, str]] = []
    for question, answer in answers:
        new: dict[int, int] = {}
        for citation in answer.citations:
            place = (citation.document, citation.start, citation.end)
            if place not in numbers:
                numbers[place] = len(sources) + 1
                sources.append(_source(citation, language))
            new[citation.n] = numbers[place]
        texts.append((_clean(question), _clean(_renumbered(answer.text, new))))
    note = "note_model" if any(answer.mode == "llm" for _, answer in answers) else "note"
    return Kept(title, say[note].format(day=day), say["sources"], tuple(texts), tuple(sources))


def _renumbered(text: str, new: dict[int, int]) -> str:
    return _MARK.sub(lambda mark: f"[{new.get(int(mark[1]), mark[1])}]", text)


def _source(citation: Citation, language: Literal["nl", "en"]) -> str:
    quote = " ".join(citation.quote.split())
    end = f" ({citation.file}, {_SAY[language]['version']} {citation.version[:12]})"
    return _clean(f"{place_of(citation, language)}: “{quote}”{end}")


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _markdown(kept: Kept) -> bytes:
    lines = [f"# {kept.title}", "", kept.note, ""]
    for question, text in kept.answers:
        heading = _SIGNS.sub(r"\\\1", escape(" ".join(question.split()), quote=False))
        lines += [f"## {heading}", "", text, ""]
    if kept.sources:
        lines += [f"## {kept.sources_title}", ""]
        lines += [f"{n}. {escape(source, quote=False)}" for n, source in enumerate(kept.sources, 1)]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _docx(kept: Kept) -> bytes:
    from docx import Document as WordDocument

    styles = {"heading": "Heading 2", "paragraph": None, "bullet": "List Bullet", "number": "List Number"}
    word = WordDocument()
    word.core_properties.title = kept.title
    word.core_properties.author = ""
    word.add_heading(kept.title, 0)
    word.add_paragraph(kept.note)
    for question, text in kept.answers:
        word.add_heading(question, 1)
        for piece in pieces(text):
            word.add_paragraph(unescape(piece.text), style=styles[piece.kind])
    if kept.sources:
        word.add_heading(kept.sources_title, 1)
        for n, source in enumerate(kept.sources, 1):
            word.add_paragraph(f"[{n}] {source}")
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _pdf(kept: Kept) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import cm
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    from assistant.pdf_font import pdf_font

    font = pdf_font()
    text_style = ParagraphStyle("text", fontName=font.regular, fontSize=9.5, leading=14, spaceAfter=5)
    item = ParagraphStyle("item", parent=text_style, leftIndent=14, bulletIndent=2)
    heading = ParagraphStyle("heading", parent=text_style, fontName=font.bold, spaceBefore=6)
    question = ParagraphStyle("question", parent=heading, fontSize=12.5, leading=16, spaceBefore=14)
    styles = {"heading": heading, "paragraph": text_style, "bullet": item, "number": item}

    def paragraph(words: str, style: ParagraphStyle, bullet: str | None = None) -> Paragraph:
        return Paragraph(escape(font.drawable(words), quote=False), style, bulletText=bullet)

    story = [paragraph(kept.title, ParagraphStyle("title", parent=question, fontSize=17, leading=22))]
    story.append(paragraph(kept.note, text_style))
    for asked, text in kept.answers:
        story.append(paragraph(asked, question))
        counted = 0
        for piece in pieces(text):
            counted = counted + 1 if piece.kind == "number" else 0
            bullet = {"bullet": "•", "number": f"{counted}."}.get(piece.kind)
            story.append(paragraph(unescape(piece.text), styles[piece.kind], bullet))
    if kept.sources:
        story.append(paragraph(kept.sources_title, question))
        story += [paragraph(f"[{n}] {source}", text_style) for n, source in enumerate(kept.sources, 1)]
    file = io.BytesIO()
    margins = {"leftMargin": 2.2 * cm, "rightMargin": 2.2 * cm, "topMargin": 2 * cm, "bottomMargin": 2 * cm}
    SimpleDocTemplate(file, pagesize=A4, title=kept.title, author="", **margins).build(story)
    return file.getvalue()
