"""Fixtures of the telephone: a carrier's token and address, and a time that stands still."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from orchestrator.channels.access import Access
from orchestrator.channels.state import Public
from tests.channels.phone import KEY, TOKEN, Time, with_time
from tests.projects.tiny_house import SECRET
from tests.server.service import Service


@pytest.fixture
def time(service: Service) -> Time:
    return with_time(service)


@pytest.fixture
async def signed(service: Service) -> Service:
    """A service on the public net, which believes signatures and keys alone."""
    with_time(service, Public(url="https://voice.example", twilio_auth_token=SecretStr(TOKEN), voice_transfer="+41215550100"))
    access = Access(api_keys=(KEY,), staff_keys=(), secret=SECRET)
    service.app.state.serving = replace(service.app.state.serving, access=access)
    return service
