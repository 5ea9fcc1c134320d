"""What a maintainer sees before adding: text, front matter and its sources, passages, warnings, edition."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.abbreviations import Abbreviation, abbreviations_in
from assistant.contradictions import contradictions
from assistant.convert.edition import Edition, find_edition
from assistant.convert.front import Proposal, front_matter, propose
from assistant.convert.pages import PageStart, offsets
from assistant.convert.render import Rendered, render
from assistant.convert.sandbox import Limits, parse
from assistant.convert.sniff import Source, slug
from assistant.findable import searchable
from assistant.split import split_document
from assistant.types import Document, Passage
from assistant.vocabulary import Vocabulary

# Below this the document that has the same name is probably another document.
_HARDLY = 0.05


@dataclass(frozen=True, slots=True)
class Preview:
    """One file, converted but not yet added. `text` is the whole Markdown file as it would be cited."""

    source: Source
    id: str
    text: str
    proposals: tuple[Proposal, ...]
    passages: tuple[Passage, ...]
    warnings: tuple[str, ...]
    pages: tuple[PageStart, ...] = ()
    page_count: int = 0
    edition: Edition | None = None
    known_as: str = ""
    document: Document | None = None
    abbreviations: tuple[Abbreviation, ...] = ()

    def page(self, passage: Passage) -> int | None:
        """The page of the original on which a passage stands, where the format has pages."""
        return self.document.page_at(passage.quote_start) if self.document else None

    @property
    def recognised(self) -> dict[str, dict[str, int]]:
        """How many passages name each actor, domain and aspect."""
        return {
            "actors": dict(Counter(actor for p in self.passages for actor in p.actors)),
            "domains": dict(Counter(p.domain for p in self.passages if p.domain)),
            "aspects": dict(Counter(p.aspect for p in self.passages if p.aspect)),
        }


def make_preview(
    source: Source,
    known: Sequence[Document],
    vocabulary: Vocabulary,
    *,
    id: str | None = None,
    limits: Limits | None = None,
    ocr: bool = True,
) -> Preview:
    """Convert a sniffed file and say what adding it would do.

    Args:
        source: from `sniff`.
        known: the documents the corpus has now.
        vocabulary: recognises actors, domains and aspects.
        id: asked for by the maintainer; made from the title otherwise.
        limits: of the child process.
        ocr: read scans where OCR is installed.

    Raises:
        ConversionError: the file cannot be converted; the message says why.
    """
    converted = parse(source, limits, ocr=ocr)
    rendered = render(converted, vocabulary)
    proposals, missing = propose(converted.properties, converted.blocks, source.path.stem)
    title = next(proposal.value for proposal in proposals if proposal.key == "title")
    wanted = slug(id or title)
    edition = find_edition(known, wanted, title, rendered.markdown)
    own_id = edition.document.id if edition else wanted
    if edition:
        proposals = [*proposals, *_taken_over(edition.document, {p.key for p in proposals})]
    text = compose({p.key: p.value for p in proposals}, rendered.markdown)
    same = next((d for d in known if d.original_sha256 == source.sha256), None)
    preview = Preview(
        source=source,
        id=own_id,
        text=text,
        proposals=tuple(proposals),
        passages=(),
        pages=rendered.pages,
        page_count=converted.pages,
        edition=edition,
        known_as=same.file if same else "",
        warnings=_warnings(source, rendered, missing, edition),
    )
    shown = with_text(preview, text, vocabulary)
    others = [p for d in known if d.id != own_id for p in split_document(d, vocabulary)]
    clashes = tuple(f"Mogelijke tegenspraak: {clash}" for clash in contradictions(shown.passages, others))
    return dataclasses.replace(shown, warnings=shown.warnings + clashes)


def _taken_over(earlier: Document, known: set[str]) -> list[Proposal]:
    """What the earlier edition says and the new one leaves open; its date and status were its own."""
    values = {
        "publisher": earlier.publisher,
        "kind": earlier.kind,
        "audience": ", ".join(earlier.audience),
        "contact": earlier.contact,
    }
    return [Proposal(key, value, "de vorige versie") for key, value in values.items() if value and key not in known]


def compose(values: Mapping[str, str], body: str) -> str:
    """Front matter and body as one file; `kind: x` and the like stay in the order in which they were proposed."""
    return front_matter(values) + body


def with_text(preview: Preview, text: str, vocabulary: Vocabulary) -> Preview:
    """The same preview after the maintainer corrected the Markdown; passages are made anew."""
    start = _body_start(text)
    document = Document(
        id=preview.id,
        file=f"{preview.id}.md",
        title=preview.id,
        text=text,
        sha256="",
        body_start=start,
        pages=offsets(preview.pages, text, start),
    )
    passages = tuple(p for p in split_document(document, vocabulary) if searchable(p))
    short = abbreviations_in(text[start:], vocabulary)
    return dataclasses.replace(preview, text=text, passages=passages, document=document, abbreviations=short)


def _body_start(text: str) -> int:
    end = text.find("\n---\n", 3)
    return end + 5 if text.startswith("---\n") and end > 0 else 0


def _warnings(source: Source, rendered: Rendered, missing: Sequence[str], edition: Edition | None) -> tuple[str, ...]:
    found = [source.warning] if source.warning else []
    found += [*rendered.warnings, *missing]
    if edition and edition.overlap < _HARDLY:
        found.append(
            f"Heeft dezelfde naam als {edition.document.file} maar bijna geen tekst gemeen; is dit een ander "
            f"document, geef dan een naam met --id."
        )
    return tuple(found)


def preview_json(preview: Preview, *, full: bool = True) -> dict[str, Any]:
    """A preview as plain JSON data."""
    shown: dict[str, Any] = {
        "file": preview.source.name,
        "format": preview.source.kind,
        "sha256": preview.source.sha256,
        "id": preview.id,
        "front_matter": [dataclasses.asdict(proposal) for proposal in preview.proposals],
        "warnings": list(preview.warnings),
        "recognised": preview.recognised,
        "passages": len(preview.passages),
        "pages": preview.page_count,
        "already_in": preview.known_as or None,
        "abbreviations": [dataclasses.asdict(item) for item in preview.abbreviations],
        "replaces": {
            "file": preview.edition.document.file,
            "overlap": round(preview.edition.overlap, 3),
            "why": preview.edition.why,
        }
        if preview.edition
        else None,
    }
    if full:
        shown["markdown"] = preview.text
        shown["citations"] = [
            {
                "section": list(p.section),
                "quote": p.quote,
                "actors": list(p.actors),
                "domain": p.domain,
                "aspect": p.aspect,
                "page": preview.page(p),
            }
            for p in preview.passages
        ]
    return shown
