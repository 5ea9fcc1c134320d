"""What the browser tests ask, and how."""

import json
import re

from evals.llm.server import says

TASKS = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
TALKS = "Welke gesprekken voert een opleider met een aios?"
UNKNOWN = "Wat kost de LED Basisopleiding per deelnemer?"
ROLE = "Wat is de rol van de Raad van Bestuur bij de opleiding?"


def ask(page, question):
    """Type a question, send it with Enter, and give the turn that comes of it."""
    before = page.locator(".turn").count()
    page.fill("#vraag", question)
    page.press("#vraag", "Enter")
    turn = page.locator(".turn").nth(before)
    turn.wait_for()
    return turn


def kept(page):
    """The conversations that the browser keeps."""
    return json.loads(page.evaluate("localStorage.getItem('opleidingsassistent.gesprekken')") or "[]")


def retells(start, most=4, then=None):
    """A language model that tells the spans it is given, each after `start` and with its mark.

    `then` is called with the exchange in the place of the rest, when two sentences have been sent.
    """

    def script(exchange):
        spans = re.findall(
            r'<bron nr="(\d+)"[^>]*>\n(.*?)\n</bron>', exchange.body["messages"][-1]["content"], re.DOTALL
        )
        told = [f"{start} {quote.strip(' ;.')} [{n}]." for n, quote in spans[:most]]
        if then is None:
            return says(" ".join(told))(exchange)
        exchange.start()
        exchange.chunk({"role": "assistant", "content": " ".join(told[:2]) + " De volgende zin"})
        return then(exchange)

    return script
