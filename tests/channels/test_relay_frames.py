import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.channels.line import BargeIn, Digit, Final, Floor, LineEvent, Partial, Played, Summary
from orchestrator.channels.relay_frames import CarrierError, Malformed, RelayLine, Setup, parsed
from orchestrator.project.project import Project

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["setup", "prompt", "dtmf", "interrupt", "info", "error", "media"])
FIELDS = st.sampled_from(
    [
        *("voicePrompt", "lang", "last", "digit", "utteranceUntilInterrupt", "durationUntilInterruptMs", "name", "value"),
        *("customParameters", "callSid", "sessionId", "from", "to", "direction", "description"),
    ]
)


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        ({"type": "prompt", "voicePrompt": "Hi", "lang": "en-US", "last": True}, Final(text="Hi", language="en")),
        ({"type": "prompt", "voicePrompt": "Hi"}, Final(text="Hi")),
        ({"type": "prompt", "voicePrompt": "Hi", "lang": "multi", "last": None}, Final(text="Hi")),
        ({"type": "prompt", "voicePrompt": "Hi", "lang": 7, "last": "true"}, Final(text="Hi")),
        ({"type": "prompt", "voicePrompt": "H", "lang": "fr", "last": False}, Partial(text="H", language="fr")),
        ({"type": "prompt", "voicePrompt": "H", "last": "false"}, Partial(text="H")),
        ({"type": "dtmf", "digit": "#"}, Digit(key="#")),
        (
            {"type": "interrupt", "utteranceUntilInterrupt": "Life", "durationUntilInterruptMs": 460},
            BargeIn(heard="Life", milliseconds=460),
        ),
        (
            {"type": "interrupt", "utteranceUntilInterrupt": "", "durationUntilInterruptMs": "460"},
            BargeIn(heard="", milliseconds=460),
        ),
        ({"type": "interrupt", "utteranceUntilInterrupt": None, "durationUntilInterruptMs": "soon"}, BargeIn()),
        ({"type": "interrupt", "durationUntilInterruptMs": 1e400}, BargeIn()),
        ({"type": "interrupt"}, BargeIn()),
        ({"type": "info", "name": "agentSpeaking", "value": "on", "ts": 1}, Floor(who="agent", speaks=True)),
        ({"type": "info", "name": "clientSpeaking", "value": "off"}, Floor(who="caller", speaks=False)),
        ({"type": "info", "name": "tokensPlayed", "value": "Life is"}, Played(text="Life is")),
        ({"type": "info", "name": "weather", "value": "on"}, None),
        ({"type": "info", "name": "agentSpeaking", "value": ["on"]}, None),
        ({"type": "error", "description": "Invalid message"}, CarrierError(description="Invalid message")),
        ({"type": "error"}, CarrierError()),
        ({"type": "something new", "voicePrompt": 5}, None),
    ],
)
def test_frames_are_events(frame: dict[str, object], event: LineEvent | CarrierError | None) -> None:
    assert parsed(json.dumps(frame)) == event


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "7", '"setup"', "[]", "{", "{}", '{"type": 5}', '{"type": null}', '{"type": ["prompt"]}', "\x00", "[" * 5000),
        *('{"type": "prompt"}', '{"type": "prompt", "voicePrompt": null}', '{"type": "prompt", "voicePrompt": ["a"]}'),
        *(
            '{"type": "prompt", "voicePrompt": "\\ud800"}',
            '{"type": "dtmf"}',
            '{"type": "dtmf", "digit": 5}',
            '{"type": "dtmf", "digit": "12"}',
        ),
        *(
            '{"type": "prompt", "voicePrompt": "a"',
            '{"type": "prompt", "voicePrompt": "a"} x',
            '{"type": "info", "a": ' + "9" * 9999 + "x}",
        ),
    ],
)
def test_what_cannot_be_read_is_malformed_and_not_repeated(text: str) -> None:
    found = parsed(text)
    assert isinstance(found, Malformed)
    assert "a" * 9 not in found.why


@given(st.dictionaries(FIELDS, JSON, max_size=6), KINDS | st.text(max_size=5))
def test_any_frame_is_an_event_or_malformed(fields: dict[str, object], kind: str) -> None:
    parsed(json.dumps({**fields, "type": kind}))


@given(st.text(max_size=80))
def test_any_text_is_an_event_or_malformed(text: str) -> None:
    parsed(text)


def test_a_setup_names_the_call_and_what_the_page_has_set() -> None:
    found = parsed(
        '{"type": "setup", "callSid": "CA1", "sessionId": "VX1", "customParameters": {"language": "fr", "n": 1}, "callControlId": "v3"}'
    )
    assert isinstance(found, Setup)
    assert (found.call_sid, found.session_id) == ("CA1", "VX1")
    assert (found.parameter("language"), found.parameter("n"), found.parameter("x")) == ("fr", "", "")


@pytest.mark.parametrize("frame", ['{"type": "setup"}', '{"type": "setup", "callSid": 5, "customParameters": [1], "from": {}}'])
def test_a_setup_without_anything_is_one_too(frame: str) -> None:
    found = parsed(frame)
    assert isinstance(found, Setup)
    assert (found.call_sid, found.parameters, found.phone) == ("", {}, "")


@pytest.mark.parametrize(
    ("shown", "direction", "phone"),
    [
        ("+41 44 123 45 67", "inbound", "+41441234567"),
        ("anonymous", "inbound", ""),
        ("+266696687", "inbound", ""),
        ("sip:lea@example.ch", "inbound", ""),
        ("+41441234567", "outbound-api", "+33144000000"),
        ("", "", ""),
    ],
)
def test_the_customers_number_is_the_other_one(shown: str, direction: str, phone: str) -> None:
    found = parsed(json.dumps({"type": "setup", "from": shown, "to": "+33144000000", "direction": direction}))
    assert isinstance(found, Setup)
    assert found.phone == phone


def test_our_frames_are_the_carriers(tiny_project: Project) -> None:
    line = RelayLine(tiny_project.policy)
    assert json.loads(line.say("Où ", language="fr")) == {
        "type": "text", "token": "Où ", "last": False, "lang": "fr-FR", "interruptible": True, "preemptible": False,
    }  # fmt: skip
    assert json.loads(line.say("", language="en", last=True)) == {"type": "text", "token": "", "last": True}
    assert json.loads(line.say("x", language="en", interruptible=False))["interruptible"] is False
    assert json.loads(line.speak("fr")) == {"type": "language", "ttsLanguage": "fr-FR", "transcriptionLanguage": "fr-FR"}
    ended = json.loads(line.transfer(Summary(conversation_id="c1", reason="sensitive", language="en", ticket_id="T-1")))
    assert ended["type"] == "end"
    assert json.loads(ended["handoffData"]) == {
        "reasonCode": "live-agent-handoff", "reason": "sensitive", "conversation": "c1", "ticket": "T-1", "language": "en",
    }  # fmt: skip
    assert json.loads(json.loads(line.end("reconnect", "c1"))["handoffData"]) == {"reasonCode": "reconnect", "conversation": "c1"}
