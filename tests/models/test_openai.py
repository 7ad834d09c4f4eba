"""What comes over the wire: whole answers however they are cut, and never a broken one taken for whole."""

import json
from collections.abc import Callable

import httpx
import pytest
import respx

from orchestrator.errors import ModelCallFailed, ModelInterrupted
from orchestrator.models import (
    AnswerSchema,
    AssistantMessage,
    Finished,
    ModelRequest,
    ModelResponse,
    Refused,
    SystemMessage,
    TextPiece,
    ToolCall,
    ToolMessage,
    Usage,
    UserMessage,
    ask,
)
from orchestrator.models.openai import OpenAIModel
from tests.models.wire import HELLO, TOOLS, WITH_TOOLS, delta, event, heard, hello, kinds, piece, stream

pytestmark = pytest.mark.anyio
USAGE = {"prompt_tokens": 40, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 32}}


async def test_text_comes_in_pieces_and_then_the_whole(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(role="assistant", content=""), delta(content="Good "), delta(content="day"), delta("stop"))
    events = await heard(model)
    assert kinds(events) == ["TextPiece", "TextPiece", "UsageReported", "Finished"]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.response.text, last.reason, last.response.id, last.response.model) == ("Good day", "stop", "cmpl-7", "m-1@model.test")


async def test_the_request_is_what_the_format_asks_for(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = hello()
    call = ToolCall(id="c1", tool="find_order", arguments={"order": "A-1"})
    messages = [
        SystemMessage(text="Be kind."),
        UserMessage(text="Où est-il ?"),
        AssistantMessage(calls=(call,)),
        ToolMessage(call_id="c1", tool="find_order", text="none"),
    ]
    await ask(model, ModelRequest(messages=messages, tools=TOOLS, tool_choice="required", max_tokens=50, temperature=0, seed=7))
    sent = json.loads(route.calls.last.request.content)
    function = {"name": "find_order", "arguments": '{"order":"A-1"}'}
    assert sent["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Où est-il ?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "c1", "content": "none"},
    ]
    assert [tool["function"]["name"] for tool in sent["tools"]] == ["find_order", "stock"]
    assert {name: sent[name] for name in ("model", "stream", "tool_choice", "max_tokens", "temperature", "seed")} == {
        "model": "m-1", "stream": True, "tool_choice": "required", "max_tokens": 50, "temperature": 0, "seed": 7,
    }  # fmt: skip
    assert sent["stream_options"] == {"include_usage": True}
    assert not {"functions", "function_call", "response_format"} & sent.keys()


async def test_a_structured_answer_is_asked_for_by_its_schema(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = hello('{"intent": "refund"}')
    response = await ask(model, ModelRequest(messages=HELLO.messages, answer=AnswerSchema(name="route", schema={"type": "object"})))
    wanted = {"name": "route", "schema": {"type": "object"}, "strict": True}
    assert json.loads(route.calls.last.request.content)["response_format"] == {"type": "json_schema", "json_schema": wanted}
    assert response.answer() == {"intent": "refund"}


@pytest.mark.parametrize("cuts", [1, 2, 3, 7])
async def test_bytes_may_be_cut_inside_of_a_character(model: OpenAIModel, route: respx.Route, cuts: int) -> None:
    route.side_effect = stream(delta(content="Grüße, "), delta(content="déjà 🎁"), delta("stop"), cuts=cuts)
    assert (await ask(model, HELLO)).text == "Grüße, déjà 🎁"


async def test_a_character_may_be_split_between_two_deltas(model: OpenAIModel, route: respx.Route) -> None:
    gift = "🎁".encode()
    halves = [
        event(json.dumps(delta(content="<>")).encode().replace(b"<>", part)) for part in (b"\\ud83c", b"\\udf81 ", gift[:2], gift[2:])
    ]
    route.side_effect = stream(*halves, delta("stop"))
    events = await heard(model)
    assert [one.text for one in events if isinstance(one, TextPiece)] == ["🎁 ", "🎁"]


async def test_half_a_character_at_the_end_does_no_harm(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(event(b'{"choices":[{"delta":{"content":"ok \\ud83c"},"finish_reason":"stop"}]}'))
    assert (await ask(model, HELLO)).text == "ok \N{REPLACEMENT CHARACTER}"


async def test_empty_choices_nulls_and_unknown_fields_are_passed_over(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(
        {"id": None, "choices": [], "prompt_filter_results": []},
        {"choices": None},
        {"choices": [{"delta": None}]},
        delta(content=None, refusal=None, tool_calls=None, function_call=None, audio={"x": 1}),
        b": keep-alive\n\n",
        b"event: ping\nid: 4\nretry: 10\n\n",
        delta(content="Yes"),
        delta("stop"),
        {"id": "cmpl-7", "choices": [], "usage": USAGE},
    )
    response = await ask(model, HELLO)
    assert (response.text, response.usage) == ("Yes", Usage(prompt=40, completion=5, cached=32))


async def test_without_a_report_the_usage_is_estimated(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(content="word " * 70), delta("stop"), {"choices": [], "usage": None})
    usage = (await ask(model, WITH_TOOLS)).usage
    assert usage.is_estimate
    assert usage.completion == 101
    assert usage.prompt > 50


async def test_a_refusal_is_told_apart_from_text(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(refusal="I cannot "), delta(refusal="help."), delta("stop"))
    events = await heard(model)
    assert kinds(events) == ["Refused", "UsageReported", "Finished"]
    assert events[0] == Refused(text="I cannot help.")


@pytest.mark.parametrize(("reason", "known"), [("length", "length"), ("content_filter", "filtered"), ("eos_token", "stop")])
async def test_the_reason_of_the_end_is_known(model: OpenAIModel, route: respx.Route, reason: str, known: str) -> None:
    route.side_effect = stream(delta(content="It is"), delta(reason))
    assert (await ask(model, HELLO)).reason == known


async def test_thoughts_are_not_for_the_customer(model: OpenAIModel, route: respx.Route) -> None:
    parts = ["<th", "ink>Hm. The cust", "omer lies.</thi", "nk>", "\n\n", "Hello", " <think>"]
    route.side_effect = stream(delta(reasoning_content="hm"), *(delta(content=part) for part in parts), delta("stop"))
    assert (await ask(model, HELLO)).text == "Hello <think>"


async def test_text_that_only_looks_like_a_thought_is_kept(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(content="<"), delta(content="thin"), delta("stop"))
    assert (await ask(model, HELLO)).text == "<thin"


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"])
async def test_every_line_end_of_the_standard_is_read(model: OpenAIModel, route: respx.Route, end: str) -> None:
    parts = [f"data:{json.dumps(one)}{end}".encode() for one in (delta(content="a"), delta(content="b"), delta("stop"))]
    route.side_effect = stream(*parts, cuts=3)
    assert (await ask(model, HELLO)).text == "ab"


async def test_a_stream_that_forgets_to_say_done_is_whole_if_it_gave_a_reason(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(content="Yes"), delta("stop"), done=False)
    assert (await ask(model, HELLO)).text == "Yes"


async def test_a_break_after_the_reason_does_not_spoil_the_answer(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(content="Yes"), delta("stop"), httpx.ReadError("reset"))
    assert (await ask(model, HELLO)).text == "Yes"


async def test_an_endpoint_may_answer_whole(model: OpenAIModel, route: respx.Route) -> None:
    function = {"name": "find_order", "arguments": '{"order": "A-1"}'}
    message = {"role": "assistant", "content": "Wait.", "tool_calls": [{"id": "a", "type": "function", "function": function}]}
    route.respond(json={"id": "x", "choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": USAGE})
    response = await ask(model, WITH_TOOLS)
    assert (response.text, response.calls[0].arguments, response.usage.total) == ("Wait.", {"order": "A-1"}, 45)


Answer = Callable[[httpx.Request], httpx.Response]
BROKEN: list[tuple[Answer, str]] = [
    (stream(httpx.ReadError("reset")), "connection broke"),
    (stream(delta(tool_calls=[piece(0, "{", name="stock")]), httpx.RemoteProtocolError("half")), "connection broke"),
    (stream(delta(content=""), done=False), "cut off"),
    (stream(done=False), "cut off"),
    (stream(), "empty"),
    (stream(delta("stop")), "empty"),
    (stream({"error": {"message": "engine", "code": 500}}), "engine"),
    (stream({"error": "overloaded"}), "overloaded"),
    (stream(delta("error")), "error"),
    (stream(b"data: {oops\n\n"), "not JSON"),
    (stream(b"data: 7\n\n"), "not an object"),
    (stream(b"<html>maintenance</html>", done=False), "cut off"),
]


@pytest.mark.parametrize(("answer", "why"), BROKEN)
async def test_what_is_no_answer_may_be_tried_again(model: OpenAIModel, route: respx.Route, answer: Answer, why: str) -> None:
    route.side_effect = answer
    with pytest.raises(ModelCallFailed, match=why) as caught:
        await heard(model, WITH_TOOLS)
    assert caught.value.retryable


@pytest.mark.parametrize("fault", [httpx.ReadError("reset"), {"error": {"message": "engine"}}, b"data: {oops\n\n"])
async def test_a_break_in_the_middle_of_the_text_is_final_and_keeps_the_text(model: OpenAIModel, route: respx.Route, fault: object) -> None:
    route.side_effect = stream(delta(content="Your refund"), fault)
    with pytest.raises(ModelInterrupted) as caught:
        await heard(model)
    assert (caught.value.said, caught.value.retryable) == ("Your refund", False)


async def test_an_endless_event_is_given_up(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(b"data: ", *[b"x" * 60_000] * 20)
    with pytest.raises(ModelCallFailed, match="more than") as caught:
        await heard(model)
    assert not caught.value.retryable


async def test_a_response_survives_the_journal(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(
        delta(content="Wait. 🎁", tool_calls=[piece(0, '{"order": "A"}', name="find_order", call_id="a")]), delta("stop")
    )
    response = await ask(model, WITH_TOOLS)
    written = response.to_json()
    assert "\n" not in written
    assert ModelResponse.from_json(written) == response
