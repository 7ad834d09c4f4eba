import anyio
import pytest

from orchestrator.channels.mouth import AHEAD, Mouth
from orchestrator.channels.utterance import Utterance
from tests.channels.line import LAST, TapeLine

pytestmark = pytest.mark.anyio


class Carrier:
    """Takes as many frames as it is allowed to."""

    def __init__(self, allowed: int) -> None:
        self.frames: list[str] = []
        self._allowed = anyio.Semaphore(allowed)

    def allow(self, frames: int) -> None:
        for _ in range(frames):
            self._allowed.release()

    async def send(self, frame: bytes) -> None:
        await self._allowed.acquire()
        self.frames.append(frame.decode())


async def test_words_wait_for_a_slow_carrier_and_can_be_swallowed_until_then() -> None:
    mouth, carrier, utterance = Mouth(TapeLine(), "en"), Carrier(1), Utterance(language="en")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mouth.write, carrier.send)
        for word in ("one", "two", "three", "four"):
            mouth.say(utterance, word)
        await anyio.wait_all_tasks_blocked()
        mouth.stop(utterance)
        carrier.allow(9)
        await anyio.wait_all_tasks_blocked()
        assert carrier.frames == ["en:one", "en:two", LAST]
        assert utterance.sent == "onetwo"
        tasks.cancel_scope.cancel()


async def test_whoever_speaks_waits_when_too_much_waits() -> None:
    mouth, carrier, utterance = Mouth(TapeLine(), "en"), Carrier(0), Utterance(language="en")
    spoken: list[int] = []

    async def speak() -> None:
        for number in range(3 * AHEAD):
            mouth.say(utterance, str(number))
            spoken.append(number)
            await mouth.room()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mouth.write, carrier.send)
        tasks.start_soon(speak)
        await anyio.wait_all_tasks_blocked()
        assert len(spoken) <= AHEAD + 1
        carrier.allow(3 * AHEAD)
        await anyio.wait_all_tasks_blocked()
        assert carrier.frames == [f"en:{number}" for number in range(3 * AHEAD)]
        tasks.cancel_scope.cancel()


async def test_an_utterance_is_closed_once_and_then_silent() -> None:
    mouth, carrier, utterance = Mouth(TapeLine(), "en"), Carrier(99), Utterance(language="fr")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mouth.write, carrier.send)
        mouth.say(utterance, "un")
        mouth.close(utterance)
        mouth.close(utterance)
        await anyio.wait_all_tasks_blocked()
        mouth.stop(utterance)
        mouth.say(utterance, "deux")
        await anyio.wait_all_tasks_blocked()
        assert carrier.frames == ["speak fr", "fr:un", LAST]
        tasks.cancel_scope.cancel()


async def test_an_utterance_of_which_nothing_left_is_not_closed() -> None:
    mouth, utterance = Mouth(TapeLine(), "en"), Utterance(language="en")
    mouth.say(utterance, "one")
    mouth.stop(utterance)
    assert not utterance.is_open
    assert utterance.is_closed
