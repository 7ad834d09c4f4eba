"""TwiML: what a telephone carrier is told to do with a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Response


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A call to be connected to our relay. `languages` are those it may change to; `parameters` come back with its first frame."""

    base: str
    language: str
    languages: Sequence[str]
    welcome: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


def connected(connection: Connection) -> Response:
    """Connects the call to the relay; when that ends, `/voice/action` is asked what comes next."""
    root = Element("Response")
    connect = SubElement(root, "Connect", action=f"{connection.base}/voice/action")
    relay = SubElement(
        connect, "ConversationRelay", url=f"{connection.base.replace('http', 'ws', 1)}/voice/relay", language=connection.language,
        dtmfDetection="true", interruptible="any", welcomeGreetingInterruptible="any", partialPrompts="true", ignoreBackchannel="true",
        events="speaker-events tokens-played",
    )  # fmt: skip
    if connection.welcome:
        relay.set("welcomeGreeting", connection.welcome)
    for code in connection.languages:
        SubElement(relay, "Language", code=code)
    for name, value in connection.parameters.items():
        SubElement(relay, "Parameter", name=name, value=value)
    return _response(root)


def transferred(number: str) -> Response:
    """Puts the caller through."""
    root = Element("Response")
    SubElement(root, "Dial").text = number
    return _response(root)


def dismissed(words: str, language: str) -> Response:
    """Says goodbye and hangs up."""
    root = Element("Response")
    SubElement(root, "Say", language=language).text = words
    SubElement(root, "Hangup")
    return _response(root)


def ended() -> Response:
    """Hangs up: all has been said."""
    root = Element("Response")
    SubElement(root, "Hangup")
    return _response(root)


def _response(root: Element) -> Response:
    return Response(b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="utf-8"), media_type="text/xml")
