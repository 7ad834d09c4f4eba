"""A form over a typed tool, step by step, with nothing of a house around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import pytest

from orchestrator import Day, Email, Option, OptionId, OrderId, Phone, Quantity, Text, ToolContext, ToolRefused, tool
from orchestrator.conversation import OpenForm
from orchestrator.dialogue.filling import Offering
from orchestrator.dialogue.form import Form, FormHouse
from orchestrator.dialogue.speaker import Speaker
from orchestrator.dialogue.steps import Ask, Call, Confirm, Refuse, Step, Stuck
from orchestrator.project.project import Project
from orchestrator.project.tool import Tool
from orchestrator.understanding.entities import Catalogue

from .given import LEA, NOW, fact, read, tool_context

pytestmark = pytest.mark.anyio


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, kw_only=True)
class Plan:
    bike: str


async def bikes(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    known = (Option(value="b-1", label="Red city bike"), Option(value="b-2", label="Blue racer", aliases=("race bike",)))
    return known if filled.get("size") != "large" else known[1:]


async def none(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    return ()


@tool(effect=True, confirm=True, refusals=("sold_out",), options={"bike": bikes})
async def rent(ctx: ToolContext, size: Size, bike: OptionId, days: Quantity = 1) -> Plan:
    """Rent a bicycle."""
    return Plan(bike=bike)


@rent.preview
async def rent_preview(ctx: ToolContext, size: Size, bike: OptionId, days: Quantity = 1) -> Plan:
    """The bicycle."""
    if days > 20:
        raise ToolRefused("sold_out", until=NOW)
    return Plan(bike=bike)


@tool(refusals=("nothing",), options={"bike": none})
async def lend(ctx: ToolContext, bike: OptionId) -> Plan:
    """Lend a bicycle."""
    return Plan(bike=bike)


@tool()
async def call_back(ctx: ToolContext, email: Email, phone: Phone, day: Day, note: Text) -> Plan:
    """Call the customer."""
    return Plan(bike="")


@tool()
async def trace(ctx: ToolContext, order_id: OrderId, insured: bool) -> Plan:
    """Trace an order."""
    return Plan(bike="")


@pytest.fixture
def house(tiny_project: Project) -> FormHouse:
    return FormHouse(speaker=Speaker(tiny_project), catalogue=Catalogue([]), ask_again_at_most=2)


def opened(used: Tool) -> OpenForm:
    return OpenForm(tool=used.name, agent="rental", intent=used.name)


def engine(used: Tool, house: FormHouse, **context: object) -> Form:
    return Form(used, tool_context(**context), house)


async def test_slots_are_asked_in_their_order_with_their_choices(house: FormHouse) -> None:
    form, step = await engine(rent, house).advance(opened(rent), Offering(reading=read("I want a bike"), starts=True))
    assert isinstance(step, Ask)
    assert (step.slot, [choice.value for choice in step.choices], step.retry) == ("size", ["small", "large"], False)
    form, step = await engine(rent, house).advance(form, Offering(reading=read("small")))
    assert isinstance(step, Ask)
    assert (step.slot, [choice.label for choice in step.choices]) == ("bike", ["Red city bike", "Blue racer"])
    form, step = await engine(rent, house).advance(form, Offering(reading=read("the race bike please")))
    assert isinstance(step, Confirm)
    assert (dict(step.facts), form.confirming_since) == ({"bike": "b-2"}, NOW)


async def test_a_position_answers_the_question_that_was_asked_and_no_other(house: FormHouse) -> None:
    form, _ = await engine(rent, house).advance(opened(rent), Offering(reading=read("a bike"), starts=True))
    form, step = await engine(rent, house).advance(form, Offering(reading=read("the first one")))
    assert isinstance(step, Ask)
    assert (dict(form.values), step.slot) == ({"size": "small"}, "bike")


async def test_the_only_possibility_is_taken_without_asking(house: FormHouse) -> None:
    form, step = await engine(rent, house).advance(opened(rent), Offering(reading=read("a large one please"), starts=True))
    assert isinstance(step, Confirm)
    assert form.values["bike"] == "b-2"


async def test_an_optional_slot_is_filled_when_it_is_said_and_never_asked(house: FormHouse) -> None:
    form, _ = await engine(rent, house).advance(opened(rent), Offering(reading=read("a large one, 3 pieces"), starts=True))
    assert form.values["days"] == "3"


async def test_a_preview_that_refuses_comes_before_any_confirmation(house: FormHouse) -> None:
    values = {"size": "small", "bike": "b-1", "days": "30"}
    _, step = await engine(rent, house).advance(replace(opened(rent), values=values), Offering(reading=read("go on")))
    assert step == Refuse(code="sold_out", facts={"until": NOW})


async def test_without_a_single_possibility_the_tool_refuses(house: FormHouse) -> None:
    _, step = await engine(lend, house).advance(opened(lend), Offering(reading=read("a bike"), starts=True))
    assert step == Refuse(code="nothing")


async def test_a_yes_calls_with_parsed_arguments(house: FormHouse) -> None:
    form = replace(opened(rent), values={"size": "small", "bike": "b-1", "days": "2"}, confirming_since=NOW - timedelta(minutes=9))
    _, step = await engine(rent, house).confirmed(form, Offering(reading=read("yes")))
    assert step == Call(arguments={"size": Size.SMALL, "bike": "b-1", "days": 2})


async def test_an_old_confirmation_is_shown_again(house: FormHouse) -> None:
    form = replace(opened(rent), values={"size": "small", "bike": "b-1"}, confirming_since=NOW - timedelta(minutes=11))
    renewed, step = await engine(rent, house).confirmed(form, Offering(reading=read("yes")))
    assert isinstance(step, Confirm)
    assert (step.again, renewed.confirming_since) == ("confirm_expired", NOW)


async def test_the_same_question_is_asked_three_times_at_most(house: FormHouse) -> None:
    form, _ = await engine(rent, house).advance(opened(rent), Offering(reading=read("a bike"), starts=True))
    steps: list[Step] = []
    for _ in range(3):
        form, step = await engine(rent, house).advance(form, Offering(reading=read("qwertz")))
        steps.append(step)
    assert [isinstance(step, Ask) and step.retry for step in steps] == [True, True, False]
    assert steps[-1] == Stuck(slot="size")


async def test_a_correction_takes_the_only_other_possibility(house: FormHouse) -> None:
    values = {"size": "small", "bike": "b-1"}
    form, _ = await engine(rent, house).advance(replace(opened(rent), values=values), Offering(reading=read("no, the other one")))
    assert dict(form.values) == {"size": "small", "bike": "b-2"}


async def test_a_correction_that_names_a_value_takes_it(house: FormHouse) -> None:
    values = {"size": "small", "bike": "b-1"}
    form, _ = await engine(rent, house).advance(replace(opened(rent), values=values), Offering(reading=read("no, I meant large")))
    assert form.values["size"] == "large"


async def test_what_the_profile_knows_is_not_asked(house: FormHouse) -> None:
    form, step = await engine(call_back, house).advance(opened(call_back), Offering(reading=read("call me"), customer=LEA, starts=True))
    assert isinstance(step, Ask)
    assert (step.slot, dict(form.values)) == ("day", {"email": "lea@example.ch", "phone": "+41795550001"})


async def test_a_fact_comes_before_the_profile_and_the_message_before_both(house: FormHouse) -> None:
    known = (fact("email", "older@example.ch", hour=7), fact("system.email", "newer@example.ch", hour=8))
    offering = Offering(reading=read("call me on +41 79 555 99 88"), facts=known, customer=LEA, starts=True)
    form, _ = await engine(call_back, house).advance(opened(call_back), offering)
    assert (form.values["email"], form.values["phone"]) == ("newer@example.ch", "+41795559988")


async def test_free_text_is_taken_as_it_was_said_when_it_was_asked(house: FormHouse) -> None:
    values = {"email": "a@example.ch", "phone": "+41795550001", "day": "2026-11-24"}
    form, step = await engine(call_back, house).advance(
        replace(opened(call_back), values=values), Offering(reading=read("soon"), starts=True)
    )
    assert isinstance(step, Ask)
    assert step.slot == "note"
    _, step = await engine(call_back, house).advance(form, Offering(reading=read("My gate is locked, ring twice")))
    assert isinstance(step, Call)
    assert (step.arguments["note"], step.arguments["day"]) == ("My gate is locked, ring twice", date(2026, 11, 24))


async def test_a_yes_or_no_counts_only_where_it_was_asked(house: FormHouse) -> None:
    start = Offering(reading=read("yes, where is A-20417?", "order_id"), starts=True)
    form, step = await engine(trace, house).advance(opened(trace), start)
    assert isinstance(step, Ask)
    assert (step.slot, dict(form.values)) == ("insured", {"order_id": "A-20417"})
    _, step = await engine(trace, house).advance(form, Offering(reading=read("no")))
    assert step == Call(arguments={"order_id": "A-20417", "insured": False})
