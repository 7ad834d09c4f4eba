"""The chat page in a real browser, as a visitor uses it; remembers what the browser complained about and whom it called."""

import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 20
READY = "return document.body.dataset.ready !== undefined && document.documentElement.lang !== ''"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
    "--lang=en",
    "--window-size=1280,900",
)
AT_REST = "return !document.querySelector('#drafts li')"


def open_browser(chromium: str, chromedriver: str) -> webdriver.Chrome:
    """A headless Chromium that speaks English and keeps its console and network logs."""
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ARGUMENTS:
        options.add_argument(argument)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial
    options.add_experimental_option("prefs", {"intl.accept_languages": "en"})  # pyright: ignore[reportUnknownMemberType]  # as above
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})  # pyright: ignore[reportUnknownMemberType]  # as above
    return webdriver.Chrome(options, Service(chromedriver))


class Page:
    """One visitor's page."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self.hosts: set[str] = set()

    def open(self) -> None:
        """A first visit: nothing is remembered from before."""
        self.browser.get(f"{self.address}/static/icon.svg")
        self.run("localStorage.clear()")
        self.browser.delete_all_cookies()
        self.command("Network.clearBrowserCache", {})
        for name in ("browser", "performance"):
            self.browser.get_log(name)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial
        self.reload()

    def reload(self) -> None:
        """The page again, until it has its words."""
        self.browser.get(f"{self.address}/")
        self.until(lambda: self.run(READY))

    def size(self, width: int, height: int) -> None:
        """The window as a phone or a desk would have it."""
        mobile = width < 700
        self.command("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})

    def offline(self, off: bool) -> None:
        """Cuts the network, or gives it back."""
        self.command("Network.enable", {})
        self.command("Network.emulateNetworkConditions", {"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def write(self, text: str) -> None:
        """Types a message and sends it."""
        field = self.one("#message")
        field.send_keys(text)
        field.send_keys(Keys.ENTER)

    def ask(self, text: str) -> str:
        """Sends a message and returns what the last answer says."""
        before = len(self.all(".message.left"))
        self.write(text)
        self.until(lambda: len(self.all("#log .message.left")) > before and self.run(AT_REST))
        return self.texts("#log .message.left .said")[-1]

    def press(self, *keys: str) -> None:
        """Keys to whatever has the focus."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def one(self, selector: str) -> WebElement:
        """The element, which must be there."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """The elements there are."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What the elements say, read in one go: the page may draw them anew at any time."""
        return self.run(f"return [...document.querySelectorAll({selector!r})].map(one => one.innerText.trim())")

    def attribute(self, selector: str, name: str) -> str:
        """An attribute of the last such element, '' without."""
        found = self.all(selector)[-1].get_attribute(name)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial
        return found or ""

    def run(self, script: str) -> Any:
        """A script's result."""
        return self.browser.execute_script(script)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial

    def command(self, name: str, values: dict[str, object]) -> None:
        """A command of the browser's own protocol."""
        self.browser.execute_cdp_cmd(name, values)  # pyright: ignore[reportUnknownMemberType]  # selenium's type is partial

    def until(self, is_so: Callable[[], object]) -> None:
        """Waits until it is so."""
        WebDriverWait(self.browser, PATIENCE, poll_frequency=0.05).until(lambda _: is_so())

    def close(self) -> None:
        """Gathers the logs of this visit: console messages from warnings up (broken CSP included), and every host called."""
        self.size(1280, 900)
        self.offline(False)
        for entry in cast("list[dict[str, str]]", self.browser.get_log("browser")):  # pyright: ignore[reportUnknownMemberType]  # as above
            if entry["level"] in ("SEVERE", "WARNING"):
                self.complaints.append(entry["message"])
        for entry in cast("list[dict[str, str]]", self.browser.get_log("performance")):  # pyright: ignore[reportUnknownMemberType]  # as above
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.hosts.add(urlsplit(str(message["params"]["request"]["url"])).netloc)
