"""The live reference service, a browser, and the clients' own installs, which are made once from their locks."""

from tests.clients.nodejs import node
from tests.clients.pythons import python_client, slow_server
from tests.server.conftest import browser, host_site, live_server

__all__ = ["browser", "host_site", "live_server", "node", "python_client", "slow_server"]
