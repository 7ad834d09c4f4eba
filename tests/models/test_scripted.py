import pytest

from orchestrator.errors import ModelError, ModelRefused
from orchestrator.models import Line, ModelRequest, ModelResponse, ScriptedModel, SystemMessage, UserMessage, ask, asked, calling, script_of
from tests.models.wire import HELLO, TOOLS, heard, kinds

pytestmark = pytest.mark.anyio


def saying(text: str, **more: str) -> ModelRequest:
    return ModelRequest(messages=[UserMessage(text=text), SystemMessage(text="hello")], tools=TOOLS, **more)  # pyright: ignore[reportArgumentType]  # purpose only


async def test_the_first_line_that_fits_answers_word_by_word() -> None:
    model = ScriptedModel(script_of({"refund": "I look it up.", "": "What?"}))
    assert kinds(await heard(model, saying("My REFUND?"))) == ["TextPiece"] * 4 + ["UsageReported", "Finished"]
    assert (await ask(model, saying("hm"))).text == "What?"
    assert len(model.requests) == 2


async def test_a_line_may_answer_a_few_times_or_one_purpose_only() -> None:
    model = ScriptedModel([
        Line(when="", reply="route", purpose="route"), Line(when="", reply="one", times=1), Line(when="", reply="two"),
    ])  # fmt: skip
    said = [(await ask(model, saying("x", purpose=purpose))).text for purpose in ("agent", "route", "agent", "agent")]
    assert said == ["one", "route", "two", "two"]


async def test_calls_are_checked_as_a_model_s_own_are() -> None:
    model = ScriptedModel([Line(when="", reply=calling(asked("find_order", order="A-1"), asked("wipe"), text="Wait."))])
    first, second = (await ask(model, saying("x"))).calls
    assert (first.arguments, first.is_valid, second.is_valid) == ({"order": "A-1"}, True, False)
    third, _ = (await ask(model, saying("x"))).calls
    assert len({first.id, second.id, third.id}) == 3


async def test_a_function_sees_the_request_and_an_error_is_raised() -> None:
    model = ScriptedModel([
        Line(when="fail", reply=ModelRefused("no")), Line(when="", reply=lambda request: request.messages[0].text.upper()),
    ])  # fmt: skip
    assert (await ask(model, saying("echo"))).text == "ECHO"
    with pytest.raises(ModelRefused):
        await ask(model, saying("fail"))


async def test_a_whole_response_may_be_scripted() -> None:
    model = ScriptedModel([Line(when="", reply=ModelResponse(model="", reason="filtered"))])
    assert kinds(await heard(model, HELLO)) == ["Refused", "UsageReported", "Finished"]


async def test_what_is_not_in_the_script_is_an_error() -> None:
    with pytest.raises(ModelError, match="no line for 'Hello'"):
        await ask(ScriptedModel([Line(when="bye", reply="Bye")]), HELLO)
