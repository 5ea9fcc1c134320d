"""What is wrong in a corpus, where: documents, originals, vocabulary, question bank and pathways."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from assistant.bank import load_bank
from assistant.errors import VocabularyError
from assistant.findable import searchable
from assistant.pathway_file import load_pathways
from assistant.read import Problem, read_corpus
from assistant.split import split_document
from assistant.text import content_words, stem
from assistant.types import Passage
from assistant.vocabulary import Vocabulary, load_vocabulary


def check_corpus(corpus: Path) -> tuple[list[Problem], list[str]]:
    """Look for problems.

    Returns:
        Problems (each names file and remedy), and one line a document on what was found in it.

    Raises:
        CorpusError: the folder cannot be read at all.
    """
    documents, problems = read_corpus(corpus)
    try:
        vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    except VocabularyError as error:
        problems.append(Problem("vocabulary.yaml", str(error), True))
        vocabulary = Vocabulary()
    passages: list[Passage] = []
    summary: list[str] = []
    for document in documents:
        own = split_document(document, vocabulary)
        passages += own
        found = [p for p in own if searchable(p)]
        actors = sorted({actor for p in found for actor in p.actors})
        summary.append(f"{document.file}: {len(found)} passages" + (f", actoren {', '.join(actors)}" if actors else ""))
        if document.original:
            problems += _original(corpus, document.file, document.original, document.original_sha256)
    bank = load_bank(corpus / "questions", passages)
    problems += bank.problems
    if bank.dutch:
        problems += [
            Problem(p.document, f"geen vragen in de vragenbank voor: {p.quote[:60]!r}")
            for p in passages
            if searchable(p) and not bank.of(p)
        ]
        problems += _alike(bank.dutch)
    problems += load_pathways(corpus / "pathways", documents).problems
    return problems, summary


def _original(corpus: Path, file: str, original: str, sha256: str | None) -> list[Problem]:
    path = corpus / original
    if not path.is_file():
        return [Problem(file, f"het origineel {original} ontbreekt; zet het terug of haal 'original' weg", True)]
    if sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        return [Problem(file, f"het origineel {original} is gewijzigd: de sha256 klopt niet meer", True)]
    return []


def _alike(questions: dict[str, tuple[str, ...]] | object) -> list[Problem]:
    """Questions that two passages share word for word (after stemming): they make the passages indistinguishable."""
    assert isinstance(questions, dict)
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    double: Counter[tuple[str, str, str]] = Counter()
    for passage, own in questions.items():
        for question in own:
            key = tuple(sorted(stem(word) for word in content_words(question)))
            if len(key) < 3:
                continue
            other = seen.setdefault(key, (passage, question))
            if other[0] != passage and other[0].split(":")[0] == passage.split(":")[0]:
                double[(other[0], passage, question)] += 1
    return [
        Problem(one.split(":")[0], f"dezelfde vraag bij twee passages ({one} en {two}): {question[:80]!r}")
        for one, two, question in double
    ]
