import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import httpx
import pytest
from selenium import webdriver

from orchestrator.runtime import Orchestrator
from tests.server.host_site import HostSite, site
from tests.server.page import Page, open_browser
from tests.server.service import Service, running

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 420
"""Seconds; a first start trains and indexes the whole reference project."""
CARRIER_TOKEN = "the auth token of a telephone carrier"
TRANSFER = "+41215550100"
SERVE = "from orchestrator.cli import main; main()"


@pytest.fixture
async def service(orchestrator: Orchestrator) -> AsyncIterator[Service]:
    async with running(orchestrator) as found:
        yield found


@pytest.fixture
async def api(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.client() as client:
        yield client


@pytest.fixture(scope="session")
def host_site() -> Iterator[HostSite]:
    """A web site elsewhere on this machine, whose pages may call the live server."""
    with site() as found:
        yield found


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory, host_site: HostSite) -> Iterator[str]:
    """The address of `filrouge serve` on the reference project, in a process of its own."""
    carrier = {"TWILIO_AUTH_TOKEN": CARRIER_TOKEN, "FILROUGE_VOICE_TRANSFER": TRANSFER}
    with served(tmp_path_factory.mktemp("live"), FILROUGE_CORS_ORIGINS=host_site.origin, **carrier) as address:
        yield address


@contextmanager
def served(folder: Path, **settings: str) -> Generator[str]:
    """The address of `filrouge serve`, in a process of its own that keeps its data in `folder`; the reference project unless told."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FILROUGE_")}
    environment |= {"FILROUGE_DATA_DIR": str(folder), "PORT": str(port), "OMP_NUM_THREADS": "1", **settings}
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", SERVE, "serve"], cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=40)


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not found or not driver:
        if os.environ.get("CI"):
            pytest.fail("Chromium and chromedriver are missing. Install the packages `chromium` and `chromium-driver`.")
        pytest.skip("needs Chromium and chromedriver")
    opened = open_browser(found, driver)
    yield opened
    opened.quit()


@pytest.fixture
def page(live_server: str, browser: webdriver.Chrome) -> Iterator[Page]:
    """A first visit, after which the browser must have nothing to complain about and have called nobody else."""
    visit = Page(browser, live_server)
    visit.open()
    yield visit
    visit.close()
    assert visit.complaints == []
    assert visit.hosts <= {urlsplit(live_server).netloc}


@pytest.fixture
def shaky_page(live_server: str, browser: webdriver.Chrome) -> Iterator[Page]:
    """A first visit on a network that fails, which the browser may say."""
    visit = Page(browser, live_server)
    visit.open()
    yield visit
    visit.close()
    assert [text for text in visit.complaints if "net::ERR_" not in text] == []


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{address}/readyz", timeout=2) as response:
                if response.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.25)  # another process starts: there is nothing else to wait on
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
