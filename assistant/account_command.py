"""`assistant account add | list | remove`: who may maintain the documents in the app."""

from __future__ import annotations

import argparse
import getpass
import sys

from assistant.errors import UsageError
from assistant.output import say
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `assistant account`."""
    parser.add_argument("action", choices=["add", "list", "remove"], help="maak, toon of verwijder")
    parser.add_argument("name", nargs="?", metavar="NAAM")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the command.

    Raises:
        UsageError: a name is missing or not wanted, or the password will not do.
        FailedError: the file cannot be read or written.
    """
    from assistant.beheer.accounts import Accounts
    from assistant.beheer.audit import Audit

    if (options.action == "list") == bool(options.name):
        raise UsageError("list heeft geen NAAM." if options.name else f"{options.action} heeft een NAAM nodig.")
    accounts = Accounts(settings.index)
    if options.action == "list":
        for name in accounts.names():
            say(name)
        return 0
    name = options.name.strip().lower()
    if options.action == "add":
        accounts.add(name, _password())
    else:
        accounts.remove(name)
    Audit(settings.index).write(getpass.getuser(), f"account_{options.action}", detail=name)
    say(f"{'Account gemaakt' if options.action == 'add' else 'Account verwijderd'}: {name}")
    return 0


def _password() -> str:
    """Asked twice on a terminal; one line of standard input otherwise."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Wachtwoord: ")
    if getpass.getpass("Nog een keer: ") != first:
        raise UsageError("De twee wachtwoorden zijn niet gelijk. Probeer opnieuw.")
    return first
