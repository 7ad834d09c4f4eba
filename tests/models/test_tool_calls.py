"""Tool calls as servers really send them: in pieces, alternating, without indices, with odd ids, and wrong."""

import pytest
import respx

from orchestrator.models import Finished, ToolCall, ToolCallPiece, ask
from orchestrator.models.openai import OpenAIModel
from tests.models.wire import WITH_TOOLS, delta, heard, piece, stream

pytestmark = pytest.mark.anyio


async def test_arguments_may_be_cut_anywhere(model: OpenAIModel, route: respx.Route) -> None:
    raw = '{"order": "Ä-17🎁"}'
    pieces = [delta(tool_calls=[piece(0, letter)]) for letter in raw]
    route.side_effect = stream(delta(tool_calls=[piece(0, "", name="find_order", call_id="c1")]), *pieces, delta("tool_calls"), cuts=5)
    response = await ask(model, WITH_TOOLS)
    assert response.calls == (ToolCall(id="c1", tool="find_order", arguments={"order": "Ä-17🎁"}, raw=raw),)
    assert response.reason == "tool_calls"


async def test_pieces_of_parallel_calls_may_alternate(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(
        delta(tool_calls=[piece(0, "", name="find_order", call_id="a"), piece(1, "", name="stock", call_id="b")]),
        delta(tool_calls=[piece(1, '{"product"')]),
        delta(tool_calls=[piece(0, '{"order": "A-1"}')]),
        delta(tool_calls=[piece(1, ': "kettle"}')]),
        delta("tool_calls"),
    )
    events = await heard(model, WITH_TOOLS)
    last = events[-1]
    assert isinstance(last, Finished)
    assert [(call.id, call.arguments) for call in last.response.calls] == [("a", {"order": "A-1"}), ("b", {"product": "kettle"})]
    assert [(one.index, one.tool) for one in events if isinstance(one, ToolCallPiece)] == [
        (0, "find_order"), (1, "stock"), (1, "stock"), (0, "find_order"), (1, "stock"),
    ]  # fmt: skip


@pytest.mark.parametrize("index", [None, 0])
async def test_calls_without_an_index_or_with_the_same_are_told_apart_by_id(
    model: OpenAIModel, route: respx.Route, index: int | None
) -> None:
    route.side_effect = stream(
        delta(tool_calls=[piece(index, '{"order": "A-1"}', name="find_order", call_id="a")]),
        delta(tool_calls=[piece(index, '{"order": "A-2"}', name="find_order", call_id="b")]),
        delta("stop"),
    )
    assert [call.arguments["order"] for call in (await ask(model, WITH_TOOLS)).calls] == ["A-1", "A-2"]


async def test_ids_are_unique_and_a_doubled_call_counts_once(model: OpenAIModel, route: respx.Route) -> None:
    same = '{"order": "A-1"}'
    route.side_effect = stream(
        delta(tool_calls=[piece(0, same, name="find_order", call_id="a"), piece(1, same, name="find_order", call_id="a")]),
        delta(tool_calls=[piece(2, '{"order": "A-2"}', name="find_order", call_id="a"), piece(3, "{}", name="stock")]),
        delta("tool_calls"),
    )
    calls = (await ask(model, WITH_TOOLS)).calls
    assert [(call.id, call.tool) for call in calls] == [("a", "find_order"), ("a-2", "find_order"), ("cmpl-7-3", "stock")]


@pytest.mark.parametrize(
    ("tool", "raw", "problem"),
    [
        ("find_order", '{"order": "A-1"', "not JSON"),
        ("find_order", '{"order": NaN}', "not JSON"),
        ("find_order", "[1]", "not a JSON object"),
        ("find_order", "{}", "needs order"),
        ("find_order", '{"order": null}', "needs order"),
        ("find_order", '{"order": "A-1", "customer_id": "9"}', "no argument customer_id"),
        ("refund_all", "{}", "no tool 'refund_all'"),
        ("find_order", '{"order": "' + "x" * 20_000 + '"}', "longer than"),
    ],
)
async def test_a_call_that_cannot_be_run_says_why(model: OpenAIModel, route: respx.Route, tool: str, raw: str, problem: str) -> None:
    route.side_effect = stream(delta(tool_calls=[piece(0, raw, name=tool, call_id="a")]), delta("tool_calls"))
    (call,) = (await ask(model, WITH_TOOLS)).calls
    assert problem in call.problem
    assert (call.is_valid, call.arguments, call.raw) == (False, {}, raw)


async def test_names_in_pieces_repeated_names_and_arguments_as_objects_are_understood(model: OpenAIModel, route: respx.Route) -> None:
    whole = {"index": 1, "id": "b", "function": {"name": "stock", "arguments": {"product": "kettle"}}}
    route.side_effect = stream(
        delta(tool_calls=[piece(0, name="find_", call_id="a")]),
        delta(tool_calls=[piece(0, '{"order":', name="order")]),
        delta(tool_calls=[piece(0, '"A-1"}', name="find_order"), whole]),
        delta("tool_calls"),
    )
    calls = (await ask(model, WITH_TOOLS)).calls
    assert [(call.tool, dict(call.arguments)) for call in calls] == [("find_order", {"order": "A-1"}), ("stock", {"product": "kettle"})]


async def test_arguments_cut_by_the_length_limit_are_a_problem_of_the_call(model: OpenAIModel, route: respx.Route) -> None:
    route.side_effect = stream(delta(tool_calls=[piece(0, '{"ord', name="find_order", call_id="a")]), delta("length"))
    response = await ask(model, WITH_TOOLS)
    assert response.reason == "length"
    assert "not JSON" in response.calls[0].problem
