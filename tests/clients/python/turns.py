"""What every client says to the reference project, and how it reports what came back."""

import json
import sys
import uuid
from typing import Any

BASE = f"{sys.argv[1].rstrip('/')}/v1"
KNOWLEDGE = "How long can I return something?"
LOOK_UP = "What is the status of order A-20525? My postcode is 8004."
OTHER_AGENT = "I am looking for a present for my mother, 50 francs at most"
HUMAN = "I want to talk to a human"
TOO_LONG = "x" * 4001
DESTINATION = "+41215550100"


def session(client: str) -> dict[str, str]:
    """The header that names a new session of this client."""
    return {"X-Session-Id": f"{client}-{uuid.uuid4()}"}


def report(found: dict[str, Any]) -> None:
    """The last line of output."""
    sys.stdout.write(f"\n{json.dumps(found)}\n")
