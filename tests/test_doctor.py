"""What `assistant doctor` says of a whole, a missing and a broken part."""

import pytest
from support import CORPUS

from assistant.cli import main
from assistant.doctor import examine
from assistant.settings import Settings
from evals.llm.server import llm_server, says

KEY = "sk-kanarie-7f3a91"


def of(settings):
    return {finding.what: finding for finding in examine(settings)}


def test_all_good_without_a_model(real_index, capsys):
    found = of(Settings(corpus=CORPUS, index=real_index))
    assert all(finding.good for finding in found.values()) and "niets naar buiten" in found["taalmodel"].found
    assert main(["doctor", "--corpus", str(CORPUS), "--index", str(real_index)]) == 0
    assert "taalmodel" in capsys.readouterr().out


def test_no_index(tmp_path, capsys):
    found = of(Settings(corpus=CORPUS, index=tmp_path))
    assert not found["index"].good and "assistant index" in found["index"].found
    assert main(["doctor", "--corpus", str(CORPUS), "--index", str(tmp_path)]) == 1


def test_a_model_that_answers(real_index):
    with llm_server(says("goed")) as server:
        found = of(Settings(corpus=CORPUS, index=real_index, llm_base_url=server.url, llm_model="klein"))["taalmodel"]
    assert found.good and "klein" in found.found and "321 + 45 tokens" in found.found


@pytest.mark.parametrize(("code", "words"), [(401, "weigert de sleutel"), (404, "bestaat niet"), (500, "storing")])
def test_a_model_that_does_not(real_index, code, words):
    def refuse(exchange):
        exchange.status(code, exchange.handler.headers["Authorization"])

    with llm_server(refuse) as server:
        settings = Settings(
            corpus=CORPUS, index=real_index, llm_base_url=server.url, llm_model="klein", llm_api_key=KEY
        )
        found = of(settings)["taalmodel"]
    assert not found.good and words in found.found and KEY not in found.found
    assert settings.llm_base_url.split("/")[2] in found.found
    assert code == 500 or "kijk naar llm_" in found.found


def test_half_the_settings(real_index):
    found = of(Settings(corpus=CORPUS, index=real_index, llm_model="klein"))["taalmodel"]
    assert not found.good and "llm_base_url" in found.found
