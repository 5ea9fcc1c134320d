"""The pages beside the chat as their readers use them, in a real browser against the real server."""

import docx
import pytest

PAGES = (
    "led-route?gedaan=basis",
    "kwaliteitskader",
    "kwaliteitskader?actor=coc&domein=opleidingsklimaat",
    "kwaliteitskader?vergelijk=coc,rvb",
    "kwaliteitskader?lijst=oor",
    "lop-koers",
    "documenten?zoek=opleidingsgeld",
    "documenten?document=kwaliteitskader-cluster-2",
)
# What a finger or a shaky hand must hit, where it is lower than it should be.
SMALL = """() => [...document.querySelectorAll("main :is(a.chip, button, select, .stop a, .matrix td a, .ticks label)")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"""


@pytest.fixture
def visit(chromium, server):
    """Opens a page in a browser of its own; afterwards no script may have failed, and nothing have left the server."""
    contexts, trouble = [], []

    def opened(path, width=1280, height=900, **context):
        context = chromium.new_context(**{"locale": "nl-NL", "viewport": {"width": width, "height": height}, **context})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith(server) else trouble.append(f"request to {r.url}"))
        page.goto(server + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not trouble


def test_choices_light_up_the_right_step(visit):
    page = visit("led-route")
    assert page.locator(".picture .here, .picture .next").count() == 0
    for name in ("Nog geen", "Ongeveer een jaar of langer"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("group", name="voldoende werkervaring").get_by_label("Ja", exact=True).check()
    page.get_by_role("group", name="positieve beoordeling").get_by_label("Ja", exact=True).check()
    page.get_by_role("button", name="Laat zien waar ik sta").click()
    page.wait_for_selector("#plaats")
    assert page.locator(".picture .next strong").all_inner_texts() == ["LED Basisopleiding"]
    assert page.locator(".picture [aria-current=step] strong").all_inner_texts() == ["Lokale scholing"]
    assert "vindt deelname plaats aan de LED Basisopleiding" in page.locator("#plaats blockquote").inner_text()
    page.locator("#plaats .cite").click()
    page.wait_for_selector("#bron mark")
    assert "Wanneer de docent na ongeveer een jaar" in " ".join(page.locator("#bron mark").all_inner_texts())
    page.reload()
    assert page.locator(".picture .next").count() == 1, "the address holds the choices"


def test_the_route_works_without_scripts(visit):
    page = visit("led-route?taal=en", java_script_enabled=False)
    page.get_by_label("LED basic course (Basisopleiding)", exact=True).check()
    page.get_by_role("button", name="Show me where I stand").click()
    page.wait_for_url("**gedaan=basis**")
    assert page.locator("html").get_attribute("lang") == "en"
    assert len(page.locator(".picture .next strong").all_inner_texts()) == 2


def test_a_cell_of_the_matrix_opens_and_its_source_too(visit):
    page = visit("kwaliteitskader")
    page.get_by_role("link", name="COC, Opleidingsklimaat").click()
    page.wait_for_selector(".groups")
    item = page.locator(".said-by li", has_text="een gunstig en veilig opleidingsklimaat")
    item.locator(".cite").hover()
    assert "een gunstig en veilig opleidingsklimaat" in page.locator("#citaat").inner_text()
    item.locator(".cite").click()
    page.wait_for_selector("#bron mark")
    page.keyboard.press("Escape")
    assert not page.locator("#bron").is_visible()


def test_two_actors_are_chosen_and_compared(visit):
    page = visit("kwaliteitskader")
    page.get_by_label("Eerste actor").select_option(label="COC")
    page.get_by_label("Tweede actor").select_option(label="Raad van Bestuur")
    page.get_by_label("Domein").select_option(label="Opleidingsklimaat")
    page.get_by_role("button", name="Vergelijk").click()
    page.wait_for_selector(".columns")
    one, two = page.locator(".column").all()
    assert one.bounding_box()["y"] == two.bounding_box()["y"], "beside each other"


def test_ticks_survive_a_reload_and_are_exported(visit):
    page = visit("kwaliteitskader?lijst=coc")
    page.locator(".ticks label").nth(1).click()
    page.locator(".ticks input").nth(4).press("Space")
    assert page.locator(".progress").inner_text() == "2 van 33 afgevinkt"
    page.reload()
    assert page.locator(".progress").inner_text() == "2 van 33 afgevinkt"
    assert [box.is_checked() for box in page.locator(".ticks input").all()][:5] == [False, True, False, False, True]
    with page.expect_download() as download:
        page.get_by_role("button", name="Als Word-bestand").click()
    lines = [paragraph.text for paragraph in docx.Document(str(download.value.path())).paragraphs]
    assert sum(line.startswith("☑") for line in lines) == 2
    assert sum(line.startswith("☐") for line in lines) == 31
    # Another list of the same document has ticks of its own, and a list of one domain shares them.
    page.goto(page.url.replace("lijst=coc", "lijst=rvb"))
    assert page.locator(".progress").inner_text().startswith("0 van")
    page.goto(page.url.replace("lijst=rvb", "lijst=coc&domein=organisatie-en-ontwikkeling"))
    assert page.locator(".progress").inner_text() == "2 van 14 afgevinkt"
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Wis alle vinkjes").click()
    assert page.locator(".progress").inner_text() == "0 van 14 afgevinkt"
    page.reload()
    assert page.locator(".ticks input:checked").count() == 0


def test_damaged_storage_does_not_break_the_list(visit):
    page = visit("kwaliteitskader?lijst=coc")
    page.evaluate("localStorage.setItem('opleidingsassistent.vinkjes.kwaliteitskader-cluster-2', '{\"a\": 1')")
    page.reload()
    page.locator(".ticks input").first.check()
    page.reload()
    assert page.locator(".progress").inner_text() == "1 van 33 afgevinkt"


def test_planned_stands_apart_from_past(visit):
    page = visit("lop-koers")
    past, turning, planned = (page.locator(name).last.bounding_box()["y"] for name in (".past", ".turning", ".planned"))
    assert past < turning < planned
    assert page.get_by_role("heading", name="De scenario's zijn denkhulp").is_visible()


def test_a_document_is_searched_and_read(visit):
    page = visit("documenten")
    page.get_by_label("Zoek in de documenten").fill("maatje")
    page.keyboard.press("Enter")
    page.locator(".found .card a").first.click()
    page.wait_for_selector("#bron mark")
    assert "maatje" in " ".join(page.locator("#bron mark").all_inner_texts())
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Landelijk Plan Docentprofessionalisering", exact=False).last.click()
    page.wait_for_selector(".source-text, .outline")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone_in_light_and_dark(visit, path):
    for scheme in ("light", "dark"):
        page = visit(path, width=390, height=844, has_touch=True, is_mobile=True, color_scheme=scheme)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} px too wide"
        small = page.evaluate(SMALL)
        assert small == [], "targets of at least 24 px"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_at_four_hundred_percent(visit, path):
    page = visit(path, width=320, height=256)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_keyboard_alone_reaches_the_place(visit):
    page = visit("led-route")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#inhoud", "first the way past the header"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "gedaan":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.querySelector('[name=gedaan]:checked').value") == "basis"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_selector("#plaats")
    assert page.locator(".picture .next").count() == 2


def test_hostile_documents_do_nothing(visit):
    page = visit("documenten?zoek=badmeester")
    page.locator(".found .card a").first.click()
    page.wait_for_selector("#bron mark")
    page.goto(page.url.split("?")[0])
    page.get_by_role("link", name="Koppen en zoeken: Reglement").click()
    page.wait_for_selector(".document-facts")
    assert page.evaluate("window.aangevallen") is None
