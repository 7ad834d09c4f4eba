"""What was recorded is heard again, for the same request and no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import ModelError
from orchestrator.models import (
    AssistantMessage,
    ChatMessage,
    Line,
    ModelRequest,
    RecordedModel,
    RecordingModel,
    ScriptedModel,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
    ask,
    asked,
    calling,
)
from orchestrator.models.canonical import request_digest
from tests.models.wire import TOOLS, heard

pytestmark = pytest.mark.anyio
REFUND = ModelRequest(messages=[SystemMessage(text="Be kind."), UserMessage(text="Where is my refund?")], tools=TOOLS)
THANKS = ModelRequest(messages=[SystemMessage(text="Be kind."), UserMessage(text="Thank you!")], tools=TOOLS)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Recordings of two requests, the first asked twice."""
    path = tmp_path / "recordings" / "calls.jsonl"
    script = [
        Line(when="refund", reply=calling(asked("find_order", order="A-1")), times=1),
        Line(when="refund", reply="It is paid. 🎁"),
        Line(when="thank", reply="You're welcome."),
    ]
    model = RecordingModel(ScriptedModel(script, name="real"), path)
    for request in (REFUND, REFUND, THANKS):
        await ask(model, request)
    return path


async def test_answers_come_again_in_their_order(path: Path) -> None:
    model = RecordedModel(path)
    assert model.name == "real"
    assert (await ask(model, REFUND)).calls[0].arguments == {"order": "A-1"}
    assert [(await ask(model, request)).text for request in (REFUND, THANKS, REFUND)] == [
        "It is paid. 🎁",
        "You're welcome.",
        "It is paid. 🎁",
    ]


async def test_time_allowed_and_purpose_make_no_other_request(path: Path) -> None:
    assert (await ask(RecordedModel(path), replace(THANKS, seconds=3.0, purpose="other"))).text == "You're welcome."


async def test_what_was_not_heard_is_refused_and_the_nearest_named(path: Path) -> None:
    other = replace(REFUND, messages=[SystemMessage(text="Be brief."), UserMessage(text="Where is my refund?")])
    with pytest.raises(ModelError) as caught:
        await heard(RecordedModel(path), other)
    text = str(caught.value)
    assert "calls.jsonl" in text
    assert "nearest is line 1" in text
    assert "Be kind." in text
    assert "Be brief." in text
    assert "Record anew" in text


async def test_an_empty_file_says_how_to_record(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    with pytest.raises(ModelError, match="has no recordings"):
        await heard(RecordedModel(tmp_path / "none.jsonl"), REFUND)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(ModelError, match=r"bad\.jsonl:1: not a recording"):
        RecordedModel(tmp_path / "bad.jsonl")


async def test_a_call_that_failed_is_not_recorded(tmp_path: Path) -> None:
    model = RecordingModel(ScriptedModel([]), tmp_path / "calls.jsonl")
    with pytest.raises(ModelError):
        await ask(model, REFUND)
    assert not (tmp_path / "calls.jsonl").exists()


def conversation(call_id: str) -> list[ChatMessage]:
    call = ToolCall(id=call_id, tool="find_order", arguments={"order": "A-1"})
    return [AssistantMessage(calls=(call,)), ToolMessage(call_id=call_id, tool="find_order", text="none")]


def test_how_ids_were_chosen_makes_no_difference() -> None:
    one, two = (ModelRequest(messages=conversation(call_id)) for call_id in ("call_9fk3", "x"))
    assert request_digest(one) == request_digest(two)


@pytest.mark.parametrize(
    "other", [{"temperature": 0.9}, {"seed": 4}, {"max_tokens": 9}, {"tool_choice": "required"}, {"messages": [UserMessage(text="Hi")]}]
)
def test_what_changes_the_answer_changes_the_digest(other: dict[str, object]) -> None:
    assert request_digest(replace(REFUND, **other)) != request_digest(REFUND)  # pyright: ignore[reportArgumentType]  # one field at a time
