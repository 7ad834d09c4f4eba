"""deep-chat in Chromium, on a web site elsewhere: its OpenAI mode, and its own JSON whole and streamed."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

from orchestrator.channels.sessions import conversation_id
from tests.clients.nodejs import PACKAGES, Node
from tests.server.host_site import HostSite
from tests.server.service import Json

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]

PATIENCE = 20
PAGE = """<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>A shop</title>
<deep-chat></deep-chat>
<script type="module" src="/deep-chat.js"></script>
<script type="module">
  await customElements.whenDefined("deep-chat");
  const chat = document.querySelector("deep-chat");
  window.errors = [];
  window.said = [];
  chat.onMessage = ({ message }) => message.role === "ai" && window.said.push(message.text);
  chat.onError = (error) => window.errors.push(error);
  Object.assign(chat, JSON.parse(new URLSearchParams(location.search).get("settings")));
  chat.onComponentRender = () => { window.ready = true; };
</script>
"""
KNOWLEDGE = "How long can I return something?"
LOOK_UP = "My order A-20525 (postcode 8004): has it been shipped?"
OTHER_AGENT = "I am looking for a present for my mother, 50 francs at most"
HUMAN = "I want to talk to a human"


class Widget:
    """The widget on its page."""

    def __init__(self, browser: webdriver.Chrome, address: str, record: str) -> None:
        """`record`: where the service keeps what was said."""
        self._browser = browser
        self._address = address
        self.record = record
        self.open()

    def open(self) -> None:
        self._browser.get(self._address)
        self._until("return window.ready === true")

    def ask(self, text: str) -> str:
        """What the widget shows in answer to a message, once it is whole."""
        before = len(self.said)
        self.write(text)
        self._until(f"return window.said.length > {before}")
        return self.said[-1]

    def write(self, text: str) -> None:
        self.run(f"document.querySelector('deep-chat').submitUserMessage({{text: {json.dumps(text)}}})")

    def refused(self, text: str) -> str:
        """What the widget shows when a message is refused."""
        self.write(text)
        self._until("return window.errors.length > 0")
        return str(self.run("return window.errors.pop()"))

    @property
    def said(self) -> list[str]:
        return self.run("return window.said")

    def run(self, script: str) -> Any:
        return self._browser.execute_script(script)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial

    def _until(self, script: str) -> None:
        WebDriverWait(self._browser, PATIENCE, poll_frequency=0.05).until(lambda _: self.run(script))


def settings(mode: str, service: str, session: str) -> Json:
    headers, errors = {"X-Session-Id": session}, {"errorMessages": {"displayServiceErrorMessages": True}}
    if mode == "openai":
        direct = {"openAI": {"key": "local", "validateKeyProperty": False, "completions": {"model": "filrouge"}}}
        return {
            **errors,
            "directConnection": direct,
            "connect": {"url": f"{service}/v1/chat/completions", "stream": True, "headers": headers},
        }
    body = {"sessionId": session, "language": "en"}
    connect = {"url": f"{service}/v1/deep-chat", "method": "POST", "additionalBodyProps": body, "stream": mode == "streamed"}
    return {**errors, "connect": connect}


@pytest.fixture(params=["openai", "whole", "streamed"])
def widget(
    request: pytest.FixtureRequest, live_server: str, host_site: HostSite, browser: webdriver.Chrome, node: Node
) -> Iterator[Widget]:
    del node  # what it installs is what the page loads
    host_site.pages["/deep-chat.js"] = ("text/javascript", (PACKAGES / "deep-chat" / "dist" / "deepChat.bundle.js").read_bytes())
    host_site.pages["/"] = ("text/html", PAGE.encode())
    session = f"deep-chat-{uuid4()}"
    given = quote(json.dumps(settings(request.param, live_server, session)))
    kept = conversation_id("openai" if request.param == "openai" else "deep-chat", "", session)
    yield Widget(browser, f"{host_site.origin}/?settings={given}", f"{live_server}/v1/conversations/{kept}")
    browser.get("about:blank")


def test_the_widget_is_answered(widget: Widget) -> None:
    assert "30 days from delivery" in widget.ask(KNOWLEDGE)
    assert "Swiss Post" in widget.ask(LOOK_UP)
    assert "CHF" in widget.ask(OTHER_AGENT)
    assert "4001 characters" in widget.refused("x" * 4001)
    widget.open()
    assert widget.said == []
    assert "T-10" in widget.ask(HUMAN)
    kept = httpx.get(widget.record).json()["messages"]
    assert [message["text"] for message in kept if message["role"] == "customer"] == [KNOWLEDGE, LOOK_UP, OTHER_AGENT, HUMAN]
