"""The matrix of a document → its pages: the whole table, one cell, two actors beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.types import Passage
from assistant.web.library import View
from assistant.web.matrix import Cell, Group, Matrix
from assistant.web.page_texts import SAY, count
from assistant.web.parts import address, citation_of, crumb_trail, head, inline, proof_mark
from assistant.web.source import document_address
from assistant.web.texts import Language

PATH = "/kwaliteitskader"


class MatrixPages:
    """Writes the bodies of the pages of one matrix in one language."""

    def __init__(self, matrix: Matrix, view: View, language: Language) -> None:
        self.matrix = matrix
        self._view = view
        self._language: Language = language
        self._say = SAY[language]

    def link(self, **query: str) -> str:
        """The address of a page of this matrix; the document is named where there are more than one."""
        several = len(self._view.matrices) > 1
        pairs = [*([("document", self.matrix.document.id)] if several else []), *query.items()]
        return address(PATH, self._language, pairs)

    def actor(self, name: str) -> str:
        """The name of an actor."""
        return self._view.label("actors", name, self._language)

    def domain(self, name: str) -> str:
        """The name of a domain."""
        return self._view.label("domains", name, self._language)

    def whole(self) -> str:
        """The table, the way to compare, the checklists."""
        say = self._say
        what = f"<p>{say['framework_what']}</p>{self._other_documents()}"
        lists = "".join(
            f'<li><a href="{escape(self.link(lijst=a))}">{escape(self.actor(a))}</a></li>' for a in self.matrix.actors
        )
        return (
            head(self.matrix.document.title, what, self._language, PATH)
            + self._table()
            + f'<div class="beside-each-other">{self.compare_form("", "", "")}'
            f'<section aria-labelledby="lijsten"><h2 id="lijsten">{say["checklist"]}</h2><p>{say["checklist_all"]}</p>'
            f'<ul class="plain-list">{lists}</ul></section></div>'
        )

    def cell(self, actor: str, domain: str) -> str | None:
        """What the document says of an actor in a domain, or None when there is no such cell."""
        cell = self.matrix.cells.get((actor, domain))
        if cell is None:
            return None
        say, title = self._say, f"{self.actor(actor)}: {self.domain(domain)}"
        lists = self.link(lijst=actor, domein=domain)
        return (
            self._trail()
            + head(title, self.about(actor), self._language, PATH, [("actor", actor), ("domein", domain)])
            + f'<div class="groups">{self._groups(cell, "h2")}</div>'
            f'<p><a class="chip" href="{escape(lists)}">{say["checklist"]}</a></p>'
            f"{self._neighbours(actor, domain)}{self.compare_form(actor, '', domain)}"
        )

    def compared(self, actors: Sequence[str], domain: str) -> str:
        """Two actors beside each other, in one domain or in all."""
        say = self._say
        one, two = actors
        title = say["compare_title"].format(one=self.actor(one), two=self.actor(two))
        domains = [name for name in self.matrix.domains if domain in ("", name)]
        rows = []
        for name in domains:
            columns = "".join(self._column(actor, name) for actor in actors)
            heading = f"<h2>{escape(self.domain(name))}</h2>"
            rows.append(f'<section class="pair">{heading}<div class="columns">{columns}</div></section>')
        query = [("vergelijk", ",".join(actors)), *([("domein", domain)] if domain else [])]
        return (
            self._trail()
            + head(title, "", self._language, PATH, query)
            + "".join(rows)
            + self.compare_form(one, two, domain)
        )

    def compare_form(self, one: str, two: str, domain: str) -> str:
        """Two actors and a domain to choose; works without scripts."""
        say = self._say
        actors = [(name, self.actor(name)) for name in self.matrix.actors]
        if len(actors) < 2:
            return ""
        two = two or next((name for name, _ in actors if name != (one or actors[0][0])), "")
        domains = [("", say["all_domains"]), *((name, self.domain(name)) for name in self.matrix.domains)]
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in (("document", self.matrix.document.id), ("taal", self._language))
            if (name == "document" and len(self._view.matrices) > 1) or (name == "taal" and value != "nl")
        )
        selects = (
            _select("vergelijk", say["compare_first"], actors, one)
            + _select("vergelijk", say["compare_second"], actors, two)
            + _select("domein", say["domain"], domains, domain)
        )
        return (
            f'<section aria-labelledby="vergelijk"><h2 id="vergelijk">{say["compare"]}</h2>'
            f'<form class="row" method="get" action="{PATH}">{hidden}{selects}'
            f'<button class="main" type="submit">{say["compare_button"]}</button></form></section>'
        )

    def _table(self) -> str:
        say, matrix = self._say, self.matrix
        heads = "".join(
            f'<th scope="col" role="columnheader">{escape(self.domain(name))}</th>' for name in matrix.domains
        )
        rows = "".join(self._row(actor) for actor in matrix.actors)
        return (
            f'<table class="grid matrix" role="table"><caption class="sr">{say["matrix_caption"]}</caption>'
            f'<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{say["actor"]}</th>{heads}</tr>'
            "</thead>"
            f'<tbody role="rowgroup">{rows}</tbody></table>'
        )

    def _row(self, actor: str) -> str:
        cells = "".join(self._square(actor, domain) for domain in self.matrix.domains)
        return f'<tr role="row"><th scope="row" role="rowheader">{escape(self.actor(actor))}</th>{cells}</tr>'

    def _square(self, actor: str, domain: str) -> str:
        """One cell; its domain stands in it too, for screens too narrow for columns."""
        cell = self.matrix.cells.get((actor, domain))
        name = f'<span class="domain">{escape(self.domain(domain))}</span>'
        if cell is None:
            return f'<td role="cell"><div>{name}<span class="facts">{self._say["cell_none"]}</span></div></td>'
        counts = self._counts(cell)
        label = escape(f"{self.actor(actor)}, {self.domain(domain)}: {', '.join(counts)}")
        lines = "".join(f"<span>{line}</span>" for line in counts)
        href = escape(self.link(actor=actor, domein=domain))
        inside = f'{name}<span class="counts">{lines}</span>'
        return f'<td role="cell"><a href="{href}" aria-label="{label}">{inside}</a></td>'

    def _counts(self, cell: Cell) -> list[str]:
        named = {aspect: cell.count(aspect) for aspect in ("taken", "voorbeelden")}
        rest = len(cell.passages) - sum(named.values())
        counts = [count(self._language, f"count_{aspect}", n) for aspect, n in named.items() if n]
        return counts + ([count(self._language, "count_rest", rest)] if rest else [])

    def _column(self, actor: str, domain: str) -> str:
        cell = self.matrix.cells.get((actor, domain))
        body = self._groups(cell, "h4") if cell else f'<p class="facts">{self._say["nothing_here"]}</p>'
        href = escape(self.link(actor=actor, domein=domain))
        return f'<div class="column"><h3><a href="{href}">{escape(self.actor(actor))}</a></h3>{body}</div>'

    def _groups(self, cell: Cell, level: str) -> str:
        return "".join(self._group(group, level) for group in cell.groups)

    def _group(self, group: Group, level: str) -> str:
        spoken = escape(self.matrix.document.language)
        items = "".join(f"<li>{inline(passage.quote)} {self._mark(passage)}</li>" for passage in group.passages)
        heading = f"<{level}>{escape(group.heading)}</{level}>"
        return f'<div class="group" lang="{spoken}">{heading}<ul class="said-by">{items}</ul></div>'

    def about(self, actor: str) -> str:
        """What the document says of an actor outside any domain: its role, and how its tasks are meant."""
        spoken = escape(self.matrix.document.language)
        return "".join(
            f'<p class="about{"" if passage.aspect else " aside"}" lang="{spoken}">{inline(passage.quote)} '
            f"{self._mark(passage)}</p>"
            for passage in self.matrix.about.get(actor, ())
        )

    def _mark(self, passage: Passage) -> str:
        return proof_mark(citation_of(passage, self._view), self._view, self._language)

    def _neighbours(self, actor: str, domain: str) -> str:
        say = self._say
        domains = [
            (self.link(actor=actor, domein=name), self.domain(name)) for name in self.matrix.domains if name != domain
        ]
        actors = [
            (self.link(actor=name, domein=domain), self.actor(name)) for name in self.matrix.actors if name != actor
        ]
        lists = "".join(
            f'<div><p class="label" id="{key}">{say[key]}</p><ul class="chips" aria-labelledby="{key}">'
            + "".join(f'<li><a class="chip" href="{escape(href)}">{escape(text)}</a></li>' for href, text in links)
            + "</ul></div>"
            for key, links in (("same_actor", domains), ("same_domain", actors))
            if links
        )
        return f'<nav class="neighbours" aria-label="{say["to_matrix"]}">{lists}</nav>'

    def _trail(self) -> str:
        return crumb_trail([(self.link(), f"{self._say['to_matrix']}: {self.matrix.document.title}")])

    def _other_documents(self) -> str:
        others = [name for name in self._view.matrices if name != self.matrix.document.id]
        href = escape(document_address(self.matrix.document.id, self._language))
        whole = f'<p><a href="{href}">{self._say["read"]}</a></p>'
        links = "".join(
            f'<li><a href="{escape(address(PATH, self._language, [("document", name)]))}">'
            f"{escape(self._view.snapshot.documents[name].title)}</a></li>"
            for name in others[:20]
        )
        listed = f'<ul class="plain-list">{links}</ul>' if links else ""
        return whole + listed


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    inside = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<label class="choose-one"><span>{label}</span><select name="{name}">{inside}</select></label>'
