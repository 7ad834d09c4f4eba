"""Tools by one structured answer: from outside no different from native calls."""

import json
from collections.abc import AsyncGenerator

import pytest

from orchestrator.errors import ModelCallFailed, ModelInterrupted
from orchestrator.models import (
    AssistantMessage,
    Finished,
    Line,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    ScriptedModel,
    SystemMessage,
    TextPiece,
    ToolCall,
    ToolMessage,
    UserMessage,
    ask,
)
from orchestrator.models.scripted import Reply
from orchestrator.models.structured import StructuredModel, turn_schema
from tests.models.wire import HELLO, TOOLS, WITH_TOOLS, heard, kinds

pytestmark = pytest.mark.anyio
CALL = {"tool": "find_order", "arguments": {"order": "A-1", "note": None}}


def structured(reply: Reply | dict[str, object]) -> tuple[StructuredModel, ScriptedModel]:
    text = json.dumps(reply, ensure_ascii=False) if isinstance(reply, dict) else reply
    script = ScriptedModel([Line(when="", reply=text)])
    return StructuredModel(script), script


def texts(events: list[ModelEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextPiece)]


async def test_a_reply_is_given_out_as_it_is_written() -> None:
    events = await heard(structured({"calls": [], "reply": 'She said "Grüß\ngott" 🎁.'})[0], WITH_TOOLS)
    assert len(texts(events)) > 2
    last = events[-1]
    assert isinstance(last, Finished)
    assert "".join(texts(events)) == last.response.text == 'She said "Grüß\ngott" 🎁.'
    assert last.reason == "stop"


async def test_calls_come_as_native_ones_do_and_nothing_is_said_beside_them() -> None:
    events = await heard(structured({"calls": [CALL], "reply": "It is on its way!"})[0], WITH_TOOLS)
    assert kinds(events) == ["ToolCallReady", "UsageReported", "Finished"]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.response.text, last.reason) == ("", "tool_calls")
    assert last.response.calls[0].arguments == {"order": "A-1"}


async def test_an_unknown_tool_is_a_problem_of_the_call() -> None:
    response = await ask(structured({"calls": [{"tool": "refund_all", "arguments": {}}], "reply": ""})[0], WITH_TOOLS)
    assert "no tool" in response.calls[0].problem


async def test_the_model_is_bound_to_the_form_and_told_of_the_tools() -> None:
    model, script = structured({"calls": [], "reply": "Hi"})
    await ask(model, ModelRequest(messages=[SystemMessage(text="Be kind."), UserMessage(text="Hello")], tools=TOOLS))
    (sent,) = script.requests
    assert sent.answer is not None
    assert not sent.tools
    assert sent.answer.schema == turn_schema(TOOLS, must_call=False)
    system = sent.messages[0]
    assert system.text.startswith("Be kind.\n\n# How you answer")
    assert "Finds an order." in system.text
    assert '"required": ["order"]' in system.text


async def test_calls_and_results_are_text_and_sides_alternate() -> None:
    calls = (ToolCall(id="1", tool="find_order", arguments={"order": "A"}), ToolCall(id="2", tool="stock", arguments={}))
    messages = [
        UserMessage(text="One"),
        UserMessage(text="Two"),
        AssistantMessage(text="Wait.", calls=calls),
        ToolMessage(call_id="1", tool="find_order", text="sent"),
        ToolMessage(call_id="2", tool="stock", text='"; drop'),
    ]
    model, script = structured({"calls": [], "reply": "Hi"})
    await ask(model, ModelRequest(messages=messages, tools=TOOLS))
    system, *rest = script.requests[0].messages
    assert isinstance(system, SystemMessage)
    assert [type(message) for message in rest] == [UserMessage, AssistantMessage, UserMessage]
    assert rest[0].text == "One\n\nTwo"
    assert json.loads(rest[1].text)["calls"][0] == {"tool": "find_order", "arguments": {"order": "A"}}
    assert [json.loads(part) for part in rest[2].text.split("\n\n")] == [
        {"tool": "find_order", "result": "sent"}, {"tool": "stock", "result": '"; drop'},
    ]  # fmt: skip


def test_the_form_is_strict_and_optional_arguments_may_be_null() -> None:
    schema = json.loads(json.dumps(turn_schema(TOOLS, must_call=True)))
    assert list(schema["properties"]) == schema["required"] == ["calls", "reply"]
    assert schema["properties"]["calls"]["minItems"] == 1
    arguments = schema["properties"]["calls"]["items"]["anyOf"][0]["properties"]["arguments"]
    assert arguments["required"] == ["order", "note"]
    assert arguments["properties"]["note"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}


async def test_without_tools_it_passes_through() -> None:
    model, script = structured("plain")
    assert texts(await heard(model)) == ["plain"]
    assert script.requests == [HELLO]


async def test_where_no_tool_may_be_called_none_is_offered() -> None:
    model, script = structured({"calls": [CALL], "reply": ""})
    response = await ask(model, ModelRequest(messages=HELLO.messages, tools=TOOLS, tool_choice="none"))
    assert "no tool" in response.calls[0].problem
    assert "find_order" not in script.requests[0].messages[0].text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("It is on its way.", "It is on its way."),
        ('```json\n{"calls": [], "reply": "Yes"}\n```', "Yes"),
        ('{"reply": "Yes", "calls": []}', "Yes"),
        ('{"reply": "Yes"}', "Yes"),
    ],
)
async def test_servers_that_do_not_hold_to_the_form_are_understood(said: str, text: str) -> None:
    events = await heard(structured(said)[0], WITH_TOOLS)
    last = events[-1]
    assert isinstance(last, Finished)
    assert "".join(texts(events)) == last.response.text == text


@pytest.mark.parametrize("said", ['{"calls": [], "reply": ""}', '{"calls"', "{}", '{"reply": 7}', "```json\n[1]\n```"])
async def test_what_is_not_of_the_form_may_be_tried_again(said: str) -> None:
    with pytest.raises(ModelCallFailed):
        await heard(structured(said)[0], WITH_TOOLS)


async def test_a_reply_cut_by_the_length_limit_is_kept() -> None:
    cut = ModelResponse(model="", text='{"calls": [], "reply": "It is on', reason="length")
    response = await ask(structured(cut)[0], WITH_TOOLS)
    assert (response.text, response.reason) == ("It is on", "length")


@pytest.mark.parametrize(("said", "error"), [('{"calls": [], "rep', ModelCallFailed), ('{"calls": [], "reply": "It', ModelInterrupted)])
async def test_a_break_is_final_only_if_some_of_the_reply_was_delivered(said: str, error: type[Exception]) -> None:
    class Breaking(ScriptedModel):
        async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
            yield TextPiece(text=said)
            raise ModelInterrupted("reset", said=said)

    with pytest.raises(error):
        await heard(StructuredModel(Breaking([])), WITH_TOOLS)


async def test_a_refusal_stays_one() -> None:
    refused = ModelResponse(model="", reason="refused", refusal="No.")
    assert kinds(await heard(structured(refused)[0], WITH_TOOLS)) == ["Refused", "UsageReported", "Finished"]
