"""What a fuzzer begins with: requests, frames and words as they really come."""

import json
from collections.abc import Mapping

EMPTY: list[object] = []
USER: dict[str, object] = {"role": "user", "content": "hello"}
PICTURE: dict[str, object] = {"type": "image_url", "image_url": {"url": "data:"}}
CALLED: dict[str, object] = {"role": "assistant", "content": None, "tool_calls": EMPTY}
RESULT: dict[str, object] = {"role": "tool", "content": "ok", "tool_call_id": "1"}


def _json(*documents: object) -> tuple[bytes, ...]:
    return tuple(json.dumps(document).encode() for document in documents)


SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "chat-completions": _json(
        {"model": "filrouge", "messages": [USER]},
        {
            "model": "openai/filrouge-voice",
            "stream": True,
            "stream_options": {"include_usage": True},
            "messages": [{"role": "system", "content": "Be kind."}, USER, {"role": "assistant", "content": "Hello."}, USER],
            "metadata": {"session_id": "s1", "customer_token": "a.b.c", "channel": "voice", "language": "fr", "region": "CH"},
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "transferCall",
                        "parameters": {
                            "type": "object",
                            "properties": {"destination": {"type": "string", "enum": ["+41215550100"]}},
                            "required": ["destination"],
                        },
                    },
                }
            ],
            "tool_choice": "auto",
        },
        {
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}, PICTURE]}],
            "call": {"id": "c1"},
            "conversation": {"id": "c2"},
            "elevenlabs_extra_body": {"session_id": "e1"},
            "n": 1,
            "modalities": ["text"],
        },
        {
            "messages": [
                USER,
                {"role": "assistant", "content": None, "tool_calls": EMPTY},
                {"role": "tool", "content": "ok", "tool_call_id": "1"},
            ]
        },
    ),
    "ag-ui": _json(
        {
            "threadId": "t1",
            "runId": "r1",
            "state": {},
            "messages": [{"id": "m1", "role": "user", "content": "hello"}],
            "tools": [],
            "context": [],
            "forwardedProps": {"token": "a.b.c", "language": "fr", "region": "CH", "interrupts": True, "metadata": {"session_id": "x"}},
        },
        {"threadId": "known", "runId": "r2", "messages": []},
        {"threadId": "t1", "runId": "r3", "resume": [{"interruptId": "i1", "status": "resolved", "payload": {"approved": True}}]},
    ),
    "ai-sdk": _json(
        {"id": "c1", "messages": [{"id": "m1", "role": "user", "parts": [{"type": "text", "text": "hello"}]}], "trigger": "submit-message"},
        {"id": "c1", "message": {"role": "user", "content": "hello"}, "token": "a.b.c", "language": "de", "region": "CH"},
    ),
    "deep-chat": _json(
        {"messages": [{"role": "user", "text": "hello"}], "sessionId": "s1", "token": "a.b.c", "language": "it", "stream": True},
        {"messages": [{"role": "user", "text": "hi"}, {"role": "ai", "text": "Hello."}, {"role": "user", "text": "yes"}]},
    ),
    "relay": _json(
        {
            "type": "setup",
            "sessionId": "VX1",
            "callSid": "CA1",
            "from": "+41441234567",
            "to": "+41800123456",
            "direction": "inbound",
            "customParameters": {"conversation": "c1", "language": "fr-CH", "token": "a.b.c"},
        },
        {"type": "prompt", "voicePrompt": "hello", "lang": "en-US", "last": False},
        {"type": "interrupt", "utteranceUntilInterrupt": "This is", "durationUntilInterruptMs": "460"},
        {"type": "dtmf", "digit": "0"},
        {"type": "info", "name": "tokensPlayed", "value": "This is", "ts": 1},
        {"type": "info", "name": "agentSpeaking", "value": "on"},
        {"type": "error", "description": "Invalid message received"},
    ),
    "carrier-form": (
        b"right\n\nCallSid=CA1&From=%2B41441234567&To=%2B41800123456&CallStatus=ringing",
        b"right\nlanguage=fr&conversation=c1\nCallSid=CA1",
        b"right\n\nSessionStatus=ended&HandoffData=%7B%22reasonCode%22%3A%22reconnect%22%2C%22conversation%22%3A%22c1%22%7D",
        b"right\n\nHandoffData=%7B%22reasonCode%22%3A%22live-agent-handoff%22%2C%22language%22%3A%22de%22%7D",
        b"wLm9XhVJ3Y0\n\nCallSid=CA1",
    ),
    "last-event-id": (b"3\n", b"\nafter=3", b"999999\n", b"0x1\n", b"\nafter=%D9%A3"),
}
TEXTS = tuple(
    text.encode()
    for text in (
        "\x00my order is a twenty four hundred seventeen, W as in whisky",
        "\x01uh my number is oh four one double two three, lea dot meier at bluewin dot c h",
        "\x01zwo null vier eins sieben, A wie Anton",
        "\x02ma commande c'est a vingt mille quatre cent dix-sept, arobase point c h",
        "\x03il mio ordine e a due zero quattro uno sette, chiocciola punto",
        "\x04o meu pedido e dois mil e dezassete, arroba ponto com",
        "\x05mi pedido es el dos cero cuatro uno siete, arroba punto es",
        "\x00Your order **A-20417** costs CHF\u00a042.50 on 24 Nov 2026, see [the page](https://example.ch/a?b=1).\n- one\n- two",
        "\x02La commande A-20417 coûte 1'250.00 CHF (livrée le 3.12.2026 à 14:30).",
        f"\x00Sign here {'_' * 29} or **{'*' * 9}there{'_' * 40}\n- 46",
        "\x01Die Lieferung dauert 2–3 Tage, z. B. nach 8000 Zürich. `code`",
    )
)
