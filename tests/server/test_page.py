"""The chat page against the real server, in a real browser."""

import json
from urllib.request import Request, urlopen

import pytest
from selenium.webdriver.common.keys import Keys

from tests.server.page import Page

pytestmark = pytest.mark.timeout(500)

WIDTH = "return document.documentElement.scrollWidth"
TOO_SMALL = """
const targets = [...document.querySelectorAll('button, select, .help')].filter(one => one.checkVisibility());
const box = one => (one.id === 'language' ? one.parentElement : one).getBoundingClientRect();
return targets.filter(one => box(one).width < 44 || box(one).height < 44).map(one => one.id || one.className);
"""
LISTEN = """
window.heard = [];
const added = node => node.matches?.('.left') && window.heard.push(node.querySelector('.said').textContent);
const observer = new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(added)));
observer.observe(document.querySelector('#log'), {childList: true, subtree: true});
"""


def test_a_message_streams_an_answer_and_the_panel_shows_its_routing(page: Page) -> None:
    answer = page.ask("How long is the warranty on a coffee machine?")

    assert "2 years" in answer
    assert page.texts("#log .message.left .who")[0] == "Support"
    assert page.texts(".verdict")[0] == "Clear enough: Support takes it"
    assert "Warranty terms" in page.texts(".chosen .name")[0]
    assert int(page.attribute(".chosen [role=meter]", "aria-valuenow")) > 50
    assert page.all(".others [role=meter]")
    assert page.texts(".stop strong") == ["Support"]
    assert page.texts(".sources a")[0].startswith("Warranty ›")
    assert page.attribute(".sources a", "href").startswith(f"{page.address}/help/en/warranty/")
    assert page.attribute(".sources a", "rel") == "noopener"


def test_an_agent_hands_the_thread_to_another(page: Page) -> None:
    page.ask("I'm looking for a frying pan up to 100 francs")
    page.ask("My parcel arrived damaged")

    assert page.texts(".stop strong") == ["Sales", "Returns"]
    assert "find_products" in page.texts(".calls code")


def test_a_starter_and_a_quick_reply_work_by_keyboard(page: Page) -> None:
    page.run("document.querySelectorAll('#suggestions button')[2].focus()")
    page.press(Keys.ENTER)
    page.until(lambda: len(page.all("#log .choice")) == 2)

    page.one("#message").click()
    page.press(Keys.SHIFT + Keys.TAB)
    assert page.browser.switch_to.active_element.text == "No, leave it"
    page.press(Keys.ENTER)
    page.until(lambda: len(page.all("#log .message.left")) == 2)

    assert page.texts("#log .message.right .said")[-1] == "No, leave it"
    assert not page.all(".choice")
    assert page.texts(".facts dt").count("Postcode") == 1


def test_reloading_keeps_transcript_and_panel(page: Page) -> None:
    page.ask("How long is the warranty on a coffee machine?")
    said, verdict = page.texts("#log .said"), page.texts(".verdict")[0]
    sources = page.texts(".sources a")

    page.reload()
    page.until(lambda: page.texts(".verdict"))

    assert page.texts("#log .said") == said
    assert page.texts(".sources a") == sources
    assert page.texts(".verdict")[0] == verdict


def test_a_new_conversation_begins_empty(page: Page) -> None:
    page.ask("Hello")
    page.one("#new").click()

    assert not page.all("#log .message")
    assert len(page.all("#suggestions button")) == 4
    assert not page.all(".verdict")


@pytest.mark.parametrize(
    ("language", "question", "title", "word"),
    [
        ("fr", "garantie ?", "En coulisses", "garantie"),
        ("de", "Garantie?", "Hinter den Kulissen", "Jahre"),
        ("es", "¿garantía?", "Entre bastidores", "años"),
    ],
)
def test_choosing_a_language_changes_page_and_answer(page: Page, language: str, question: str, title: str, word: str) -> None:
    page.run(f"const s = document.querySelector('#language'); s.value = '{language}'; s.dispatchEvent(new Event('change'))")
    page.until(lambda: page.texts("#panel-title")[0] == title)

    answer = page.ask(question)

    assert word in answer
    assert page.run("return document.documentElement.lang") == language
    assert page.attribute("#log .message.left .said", "lang") == language


def test_the_page_follows_the_language_of_the_conversation(page: Page) -> None:
    page.ask("Quanto tempo dura a garantia de uma cafeteira?")

    page.until(lambda: page.texts("#panel-title")[0] == "Nos bastidores")


def test_what_a_customer_types_stays_text(page: Page) -> None:
    attacks = "<img src=x onerror='window.__pwn=1'><script>window.__pwn=1</script> javascript:alert(1) {{7*7}} \"><svg onload=__pwn=1>"

    page.ask(attacks)

    assert page.texts("#log .message.right .said")[0] == attacks
    page.reload()
    page.until(lambda: page.all("#log .message.right"))
    assert page.texts("#log .message.right .said")[0] == attacks
    assert page.run("return typeof window.__pwn") == "undefined"
    assert not page.all("#log img, #log script, #panel img")


@pytest.mark.parametrize("width", [320, 360, 768, 1600])
def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    page.size(width, 800)
    page.reload()
    assert page.run(WIDTH) <= width
    page.ask(f"What is Donaudampfschifffahrtsgesellschaftskapitaenswitwe{'x' * 120}?")
    assert page.run(WIDTH) <= width
    if page.attribute("#toggle", "aria-expanded") == "false":
        page.one("#toggle").click()
    assert page.run(WIDTH) <= width


def test_on_a_phone_the_panel_opens_over_the_chat_and_escape_closes_it(page: Page) -> None:
    page.size(390, 844)
    page.reload()
    assert not page.one("#panel").is_displayed()

    page.one("#toggle").click()
    page.until(lambda: page.one("#panel").is_displayed())
    assert page.run("return document.activeElement.id") == "close"
    page.press(Keys.ESCAPE)

    assert not page.one("#panel").is_displayed()
    assert page.run("return document.activeElement.id") == "toggle"


def test_everything_to_press_is_large_enough_for_a_finger(page: Page) -> None:
    page.size(360, 740)
    page.reload()
    page.ask("I'm looking for something")

    assert page.run(TOO_SMALL) == []


def test_a_colleagues_reply_appears_by_itself(page: Page) -> None:
    page.ask("I want to talk to a person")
    ticket = page.texts(".ticket .number")[0].removeprefix("Ticket ")
    page.until(lambda: ticket in page.texts("#notice")[0])

    _reply(page.address, ticket, "Good morning, Nora here. <b>I have it in front of me.</b>")
    page.until(lambda: page.all("#log .message.human"))

    assert page.texts("#log .human .said")[0] == "Good morning, Nora here. <b>I have it in front of me.</b>"
    assert page.texts("#log .human .who")[0] == "Colleague"
    page.reload()
    page.until(lambda: page.all("#log .message.human"))
    assert len(page.all("#log .message.human")) == 1


def test_a_message_that_cannot_be_sent_is_kept_and_sent_once(shaky_page: Page) -> None:
    page = shaky_page
    page.ask("Hello")
    page.offline(True)
    page.write("How long is the warranty?")
    page.until(lambda: page.all(".unsent"))

    assert page.texts(".unsent .said")[0] == "How long is the warranty?"
    assert "Not sent" in page.texts(".trouble")[0]
    assert "offline" in page.texts("#notice")[0]
    page.offline(False)
    page.one(".again").click()
    page.until(lambda: len(page.all("#log .message.left")) == 2 and not page.all(".unsent"))

    assert page.texts("#log .message.right .said") == ["Hello", "How long is the warranty?"]
    page.reload()
    page.until(lambda: len(page.all("#log .message")) == 4)
    assert page.texts("#log .message.right .said") == ["Hello", "How long is the warranty?"]


def test_a_text_beyond_the_limit_is_counted_and_kept(page: Page) -> None:
    page.run("const m = document.querySelector('#message'); m.value = 'x'.repeat(4003); m.dispatchEvent(new Event('input'))")
    assert page.texts("#count")[0] == "3 characters too many"

    page.one("#message").send_keys(Keys.ENTER)

    assert not page.all("#log .message")
    assert page.run("return document.querySelector('#message').value.length") == 4003


def test_whole_messages_reach_the_live_region(page: Page) -> None:
    page.run(LISTEN)

    answer = page.ask("How long is the warranty on a coffee machine?")

    heard = page.run("return window.heard")
    assert [text.split() for text in heard] == [answer.split()]
    assert page.attribute("#log", "role") == "log"
    assert page.attribute("#log", "aria-live") == "polite"


def _reply(address: str, ticket: str, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    request = Request(f"{address}/v1/tickets/{ticket}/reply", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as response:
        assert response.status == 200
