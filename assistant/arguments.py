"""The arguments of the command line: what can be given, and Dutch words for what was given wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from assistant.errors import UsageError
from assistant.settings import Settings

Run = Callable[[argparse.Namespace, Settings], int]
Add = Callable[..., argparse.ArgumentParser]

# What argparse says in English, as a pattern, and how that is said in Dutch.
_IN_DUTCH = (
    (r"unrecognized arguments: (.*)", r"onbekend: \1"),
    (r"the following arguments are required: (.*)", r"\1 ontbreekt"),
    (r"argument (\S+): expected .*argument.*", r"na \1 ontbreekt een waarde"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"\1 kan niet \2 zijn; kies uit \3"),
    (r"argument (\S+): ignored explicit argument (.*)", r"\1 krijgt geen waarde (\2)"),
    (r"argument (\S+): (.*)", r"\1: \2"),
)


class Parser(argparse.ArgumentParser):
    """argparse in Dutch, with its complaints as a UsageError on one line; options are not abbreviated."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse passes its own options on
        explain = options.pop("add_help", True)
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "wat", "opties"
        if explain:
            self.add_argument("-h", "--help", action="help", help="toon deze uitleg")

    def error(self, message: str) -> NoReturn:
        """Refuse what was given.

        Raises:
            UsageError: always.
        """
        for pattern, dutch in _IN_DUTCH:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                message = found.expand(dutch)
                break
        raise UsageError(f"Onjuist gebruik: {message}. Zie: {self.prog} --help")


class _Help(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "gebruik: " if prefix is None else prefix)


def build_parser(runs: Mapping[str, Run], extend: Callable[[Add], None]) -> Parser:
    """The parser of all commands.

    Args:
        runs: what each command does, by its name.
        extend: is given the function that adds a command, for those that are not always there.
    """
    parser = Parser(
        prog="assistant", description="Stel vragen aan de opleidingsdocumenten; elk antwoord is een bewezen citaat."
    )
    commands = parser.add_subparsers(
        dest="command", required=True, parser_class=Parser, metavar="OPDRACHT", title="opdrachten"
    )

    def command(name: str, run: Run, help: str, *parents: Parser) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[*parents, _places()], help=help, description=help)
        sub.set_defaults(run=run)
        return sub

    index = command("index", runs["index"], "breng de index bij en publiceer hem")
    index.add_argument("--full", action="store_true", help="alles opnieuw, ook wat niet veranderde")
    index.add_argument("--json", action="store_true", help="verslag als JSON")
    _add_ways_to_index(index)
    ask = command("ask", runs["ask"], "stel een vraag", _asking())
    ask.add_argument("--mode", choices=["auto", "quote", "llm"], help="hoe er geantwoord wordt")
    ask.add_argument("--plain", action="store_true", help="eenvoudiger uitgelegd (B1), alleen met een taalmodel")
    ask.add_argument(
        "--as-of", metavar="DATUM", help="antwoord uit de documenten die op die dag golden, als 2023-06-01"
    )
    search = command("search", runs["search"], "zoek passages", _asking())
    search.add_argument("--k", type=_positive, default=10, metavar="AANTAL", help="hoeveel passages")
    chat = command("chat", runs["chat"], "start de webchat")
    chat.add_argument("--host", default="127.0.0.1", metavar="ADRES", help="waar de webchat luistert")
    chat.add_argument("--port", type=_port, default=7860, metavar="POORT", help="standaard 7860")
    mcp = command("mcp", runs["mcp"], "bied de assistent aan andere programma's aan (Model Context Protocol)")
    mcp.add_argument("--http", action="store_true", help="over HTTP op /mcp in plaats van standaardin- en -uitvoer")
    mcp.add_argument("--host", default="127.0.0.1", metavar="ADRES", help="waar --http luistert")
    mcp.add_argument("--port", type=_port, default=7861, metavar="POORT", help="standaard 7861")
    command("doctor", runs["doctor"], "controleer index, encoder en taalmodel")
    command("check", runs["check"], "controleer documenten, woordenlijst en vragenbank")
    judged = command("feedback", runs["feedback"], "toon wat lezers van antwoorden vonden")
    judged.add_argument("--json", action="store_true", help="oordelen als JSON")
    command("snapshots", runs["snapshots"], "toon de bewaarde versies van de index")
    publish = command("publish", runs["publish"], "zet een bewaarde versie van de index in gebruik")
    publish.add_argument("id")
    publish.add_argument(
        "--past-gate", metavar="REDEN", help="ook als zij niet door de poort kwam; de reden wordt bewaard"
    )
    command("rollback", runs["rollback"], "ga terug naar de vorige versie van de index")
    extend(command)
    return parser


def _add_ways_to_index(index: argparse.ArgumentParser) -> None:
    """The flags of `assistant index` that do not publish at once."""
    ways = index.add_mutually_exclusive_group()
    ways.add_argument("--dry-run", action="store_true", help="toon wat er zou gebeuren en doe niets")
    ways.add_argument("--candidate", action="store_true", help="maak de nieuwe versie klaar zonder haar te publiceren")
    ways.add_argument(
        "--gate", action="store_true", help="publiceer alleen als de antwoorden op de evals niet slechter worden"
    )


def _places() -> Parser:
    places = Parser(add_help=False)
    places.add_argument("--corpus", metavar="MAP", help="map met Markdown-documenten")
    places.add_argument("--index", metavar="MAP", help="map voor de index (standaard: index)")
    places.add_argument("--embedder", metavar="NAAM", help="bundled, een map of een hubnaam")
    return places


def _asking() -> Parser:
    asking = Parser(add_help=False)
    asking.add_argument("question", nargs="?", metavar="VRAAG")
    asking.add_argument("--actor", help="voor wie het antwoord is: aios, opleider, coc, rvb, cluster, oor of docent")
    asking.add_argument("--json", action="store_true", help="antwoord als JSON")
    asking.add_argument("--batch", metavar="BESTAND", help="JSON Lines met vragen, - voor standaardinvoer")
    asking.add_argument("--out", metavar="BESTAND", help="waar de uitvoer van --batch komt")
    return asking


def check_question_or_batch(options: argparse.Namespace) -> None:
    """Hold that a question or a batch was given, with the options that belong to it.

    Raises:
        UsageError: naming what does not go together.
    """
    if bool(options.batch) == (options.question is not None):
        raise UsageError("Geef een VRAAG of --batch BESTAND, een van beide.")
    if options.batch and options.actor is not None:
        raise UsageError('--actor hoort bij één VRAAG; zet "actor" bij --batch in de regels zelf.')
    if options.out is not None and not options.batch:
        raise UsageError("--out hoort bij --batch.")


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is geen getal van 1 of meer")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is geen poort; die ligt tussen 1 en 65535")
    return int(text)
