"""Effects happen once, and what a tool cannot do never becomes an answer's text."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from orchestrator import Intent, Tool, ToolContext, ToolError
from orchestrator.connectors.sample import SampleShop
from orchestrator.graph.acting import Acting, Outcome
from orchestrator.graph.context import House, TurnContext
from orchestrator.memory import customers
from orchestrator.project.slot import ToolFunction
from orchestrator.runtime import Orchestrator

from .journey import MONDAY, SETTINGS, Journey

pytestmark = pytest.mark.anyio
KNIFE = "I want to return the chef's knife, I changed my mind"
ARGUMENTS = {"order_id": "A-20459", "item": "pico-chef-knife"}


async def open_returns(shop: SampleShop) -> int:
    return sum(case.order_id == "A-20459" for case in await shop.returns("c-0006"))


def with_function(house: House, name: str, function: ToolFunction) -> House:
    """The house with one tool that does something else."""

    def exchanged(intent: Intent) -> Intent:
        found = intent.action
        return replace(intent, action=replace(found, function=function)) if found and found.name == name else intent

    agents = {key: replace(agent, intents=[exchanged(one) for one in agent.intents]) for key, agent in house.project.agents.items()}
    return replace(house, project=replace(house.project, agents=agents))


async def act(house: House, james: Journey, tool: Tool, message_id: str = "message") -> Outcome:
    conversation = await james.state()
    async with house.database.reading() as unit:
        customer = await customers.get(unit, conversation.customer_id)
    context = TurnContext(house=house, now=MONDAY, turn_id="turn", message_id=message_id)
    reason = tool.slot("reason").parse("changed_mind")
    return await Acting(context, conversation, customer).run(tool, {**ARGUMENTS, "reason": reason})


async def test_the_same_message_delivered_twice_acts_once_and_is_answered_the_same(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    first = await james.says("yes", message_id="client-7")
    again = await james.says("yes", message_id="client-7")
    assert first.calls == again.calls == ("open_return",)
    assert (first.text, await open_returns(shop)) == (again.text, 1)


async def test_a_turn_that_is_run_again_gets_the_result_of_the_first_run(james: Journey, arvine: House, shop: SampleShop) -> None:
    await james.says("Where is order A-20459?")
    tool = arvine.project.tools["open_return"]
    first, again = await act(arvine, james, tool), await act(arvine, james, tool)
    assert (first.kind, first.code, first.facts) == (again.kind, again.code, again.facts)
    assert await open_returns(shop) == 1


async def test_an_effect_whose_end_was_never_known_is_not_done_a_second_time(james: Journey, arvine: House, shop: SampleShop) -> None:
    await james.says("Where is order A-20459?")
    tool = arvine.project.tools["open_return"]

    async def lost(ctx: ToolContext, **arguments: object) -> object:
        await tool.function(ctx, **arguments)
        raise ToolError("no answer came back")

    first = await act(arvine, james, replace(tool, function=lost))
    again = await act(arvine, james, tool)
    assert (first.kind, again.code, await open_returns(shop)) == ("failed", "already_returned", 1)


async def test_a_refused_effect_may_be_tried_again_by_the_next_message(james: Journey, arvine: House) -> None:
    await james.says("Where is order A-20459?")
    tool = arvine.project.tools["open_return"]
    assert (await act(arvine, james, tool, "m1")).kind == "done"
    refused = await act(arvine, james, tool, "m2")
    assert (refused.kind, refused.code) == ("refused", "already_returned")


@pytest.fixture
async def failing(james: Journey, arvine: House, request: pytest.FixtureRequest) -> AsyncIterator[Journey]:
    """James in a house where opening a return raises the parameter."""

    async def broken(ctx: ToolContext, **arguments: object) -> object:
        raise request.param

    house = with_function(arvine, "open_return", broken)
    async with Orchestrator.serving(house, SETTINGS, james.clock) as orchestrator:
        yield replace(james, orchestrator=orchestrator)


@pytest.mark.parametrize("failing", [ToolError("secret: the stock server is down"), TimeoutError("secret")], indirect=True)
async def test_a_tool_that_fails_is_a_humans_matter(failing: Journey) -> None:
    await failing.says(KNIFE)
    seen = await failing.says("yes")
    assert (seen.calls, seen.escalated) == (("open_return",), "tool_failure")
    assert "secret" not in seen.text
    packet = (await failing.ticket()).packet
    assert packet.tried == ("open_return: failed",)
    assert "item=pico-chef-knife" in packet.open_forms[0]


@pytest.mark.parametrize("failing", [RuntimeError("secret: a bug")], indirect=True)
async def test_a_bug_is_an_apology_and_a_humans_matter(failing: Journey) -> None:
    await failing.says(KNIFE)
    seen = await failing.says("yes")
    assert seen.escalated == "tool_failure"
    assert seen.text
    assert "secret" not in seen.text
    assert (await failing.state()).owner == "human"
