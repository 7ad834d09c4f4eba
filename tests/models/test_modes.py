"""A check at start finds out whether an endpoint's own tool calls can be relied on."""

import pytest

from orchestrator.errors import ModelCallFailed, ModelError, ModelRefused
from orchestrator.models import Line, ScriptedModel, ask, asked, calling
from orchestrator.models.modes import ToolModes
from tests.models.wire import HELLO, WITH_TOOLS

pytestmark = pytest.mark.anyio
GOOD = [
    Line(when="Which shelf", reply=calling(asked("find_parcel", parcel="K-4821"))),
    Line(when="N73", reply="It is on shelf N73."),
    Line(when="Hello", reply="Hi"),
]
FORM = '{"calls": [], "reply": "Hi"}'


def probed(*first: Line) -> ScriptedModel:
    return ScriptedModel([*first, *GOOD])


async def test_a_model_that_calls_and_uses_results_is_native() -> None:
    script = probed()
    modes = ToolModes(script)
    assert await modes.decide() == "native"
    assert [request.purpose for request in script.requests] == ["probe"] * 4
    assert (await ask(modes, WITH_TOOLS)).text == "Hi"
    assert len(script.requests) == 5


BAD = [
    Line(when="Which shelf", reply='<tool_call>{"name": "find_parcel"}</tool_call>'),
    Line(when="Which shelf", reply=calling(asked("find_parcel", parcel="K-48"))),
    Line(when="Which shelf", reply=calling(asked("find_parcel", number="K-4821"))),
    Line(when="Which shelf", reply=calling(asked("find_parcel", parcel="K-4821"), asked("find_parcel", parcel="K-4821"))),
    Line(when="Which shelf", reply=ModelRefused("m does not support tools", status=400)),
    Line(when="N73", reply="I do not know."),
    Line(when="N73", reply=calling(asked("find_parcel", parcel="K-4821"))),
]


@pytest.mark.parametrize("line", BAD)
async def test_one_that_fails_is_asked_in_a_structured_answer(line: Line) -> None:
    script = ScriptedModel([Line(when="^Hello$", reply=FORM), line, *GOOD])
    modes = ToolModes(script)
    assert await modes.decide() == "schema"
    assert (await ask(modes, WITH_TOOLS)).text == "Hi"
    assert script.requests[-1].answer is not None


async def test_a_server_that_parses_every_second_call_is_not_relied_on() -> None:
    good = Line(when="Which shelf", reply=GOOD[0].reply, times=1)
    assert await ToolModes(probed(good, Line(when="Which shelf", reply="K-4821?"))).decide() == "schema"


@pytest.mark.parametrize("error", [ModelCallFailed("down"), ModelRefused("no key", status=401)])
async def test_while_the_endpoint_is_down_the_mode_stays_open_and_is_found_later(error: ModelError) -> None:
    modes = ToolModes(probed(Line(when="", reply=error, times=1)))
    with pytest.raises(type(error)):
        await modes.decide()
    assert modes.mode is None
    assert (await ask(modes, WITH_TOOLS)).text == "Hi"
    assert modes.mode == "native"


async def test_requests_without_tools_need_no_mode() -> None:
    script = probed()
    assert (await ask(ToolModes(script), HELLO)).text == "Hi"
    assert len(script.requests) == 1


async def test_a_mode_that_is_set_is_not_checked() -> None:
    script = ScriptedModel([Line(when="", reply=FORM)])
    assert (await ask(ToolModes(script, "schema"), WITH_TOOLS)).text == "Hi"
    assert len(script.requests) == 1
