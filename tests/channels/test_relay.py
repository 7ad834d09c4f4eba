import json

import anyio
import pytest

from orchestrator.channels.call import SILENCE_SECONDS
from orchestrator.channels.relay import LEAVING_SECONDS
from orchestrator.channels.signatures import signature
from orchestrator.conversation import Inbound, Message
from orchestrator.memory import conversations
from orchestrator.runtime import Orchestrator
from tests.channels.phone import ADDRESS, CALL, TOKEN, Time, calling
from tests.projects.tiny_house import PRICE, REPAIR, Workshop, host_token
from tests.server.service import ELSEWHERE, Service

pytestmark = pytest.mark.anyio


async def transcript(orchestrator: Orchestrator, conversation: str = CALL) -> tuple[Message, ...]:
    async with orchestrator.house.database.reading() as unit:
        return await conversations.messages(unit, conversation)


async def test_a_call_is_answered_word_by_word(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.prompt(PRICE)
        *words, last = await phone.cycle()
        assert phone.accepted
        assert [(word["type"], word["last"], word["lang"], word["interruptible"]) for word in words] == [
            ("text", False, "en-GB", True)
        ] * len(words)
        assert len(words) > 1
        assert last == {"type": "text", "token": "", "last": True}
        assert "42 francs" in "".join(word["token"] for word in words)
        assert await phone.silent()


async def test_telnyx_speaks_the_same_frames(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup(callControlId="v3:1", callSessionId="s", callLegId="l", callStatus="active")
        await phone.prompt("How much", last=False)
        await phone.prompt("How much does it cost", last=False)
        assert await phone.silent()
        assert "42 francs" in await phone.ask(PRICE)


async def test_interim_words_start_the_look_up(service: Service, time: Time, workshop: Workshop) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.prompt(REPAIR, last=False)
        with anyio.fail_after(20):
            await workshop.called.wait()
        assert "new brakes" in await phone.ask(REPAIR)
        assert workshop.calls == 1


async def test_a_reply_that_is_interrupted_stops_and_the_record_is_cut(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.ask(PRICE)
        await phone.send(type="interrupt", utteranceUntilInterrupt="This is Velo Lac's", durationUntilInterruptMs="460")
        await phone.ask("What about the deposit?")
    messages = await transcript(orchestrator)
    assert (messages[1].text, messages[1].interrupted) == ("This is Velo Lac's", True)


async def test_the_heard_text_is_exact_where_the_carrier_tells_it(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.ask(PRICE)
        await phone.info("agentSpeaking", "on")
        await phone.info("tokensPlayed", "This is Velo Lac's digital")
        await phone.info("tokensPlayed", "assistant.")
        await phone.send(type="interrupt")
        await phone.info("agentSpeaking", "off")
        await phone.ask("What about the deposit?")
    assert (await transcript(orchestrator))[1].text == "This is Velo Lac's digital assistant."


async def test_keys_are_an_answer(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.ask("What is the status of my repair?")
        await phone.press("20417#")
        assert "new brakes" in await phone.heard()


async def test_the_carrier_changes_its_language_with_the_caller(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.prompt("Combien coûte la location d'un vélo pour une journée ?", "fr-FR")
        frames = await phone.cycle()
        assert frames[0] == {"type": "language", "ttsLanguage": "fr-FR", "transcriptionLanguage": "fr-FR"}
        assert frames[1]["lang"] == "fr-FR"
        await phone.prompt("And how much is the deposit?", "en-US")
        assert (await phone.cycle())[0]["type"] == "language"


async def test_a_call_begins_in_the_language_that_it_was_set_up_in(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup(parameters={"language": "fr-CH"})
        await time.begun()
        await time.move(SILENCE_SECONDS)
        assert "assistant" in await phone.heard()
        assert "CHF" not in (answer := await phone.ask("Combien coûte la location ?", "fr-FR"))
        assert "francs" in answer


async def test_the_end_takes_ids_along_and_nothing_of_the_person(signed: Service) -> None:
    async with calling(signed.app, {"x-twilio-signature": signature(TOKEN, ADDRESS)}, address=ELSEWHERE) as phone:
        await phone.setup(parameters={"token": host_token()})
        await phone.prompt("Hello, I am Léa Rochat and I want to talk to a person")
        *_, last, end = await phone.until("end")
        assert last["last"] is True
        assert json.loads(end["handoffData"]) == {
            "reasonCode": "live-agent-handoff",
            "reason": "customer_request",
            "conversation": CALL,
            "ticket": "T-1001",
            "language": "en",
        }


async def test_a_greeting_of_the_carrier_is_recorded_and_not_said_again(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    async with calling(service.app) as phone:
        await phone.setup(parameters={"welcomed": "true", "language": "en"})
        assert "digital assistant" not in await phone.ask(PRICE)
    messages = await transcript(orchestrator)
    assert [message.role for message in messages] == ["agent", "customer", "agent"]
    assert messages[0].text.startswith("This is Velo Lac's digital assistant. Hello")


async def test_the_first_words_after_a_greeting_may_still_be_in_any_language(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup(parameters={"welcomed": "true"})
        await phone.prompt("bonjour")
        assert (await phone.cycle())[0]["type"] == "language"


async def test_a_line_that_is_lost_and_connected_again_goes_on(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.ask("Quel est l'état de ma réparation ?")
    async with calling(service.app) as phone:
        await phone.setup()
        assert (await phone.next()) == {"type": "language", "ttsLanguage": "fr-FR", "transcriptionLanguage": "fr-FR"}
        assert "new brakes" in await phone.ask("A-20417", "fr-FR")
    assert len(await transcript(orchestrator)) == 4


async def test_another_call_is_another_conversation(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    for call in ("CA1", "CA2"):
        async with calling(service.app) as phone:
            await phone.setup(call)
            assert "digital assistant" in await phone.ask(PRICE)
    assert len(await transcript(orchestrator)) == 2


async def test_a_call_connected_twice_leaves_the_first_line(service: Service, time: Time) -> None:
    async with calling(service.app) as first:
        await first.setup()
        await first.ask(PRICE)
        async with calling(service.app) as second:
            await second.setup()
            assert await first.next() == {"closed": 4409}
            assert "new brakes" in await second.ask(REPAIR)


async def test_a_chat_goes_on_by_telephone(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    chat = [event async for event in orchestrator.send(Inbound(conversation_id="chat-1", text="What is the status of my repair?"))]
    assert chat
    async with calling(service.app) as phone:
        await phone.setup(parameters={"conversation": "chat-1"})
        assert "new brakes" in await phone.ask("A-20417")
    assert [message.channel for message in await transcript(orchestrator, "chat-1")] == ["web", "web", "voice", "voice"]


async def test_ten_minutes_of_silence_end_the_call(service: Service, time: Time) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await time.begun()
        await time.move(300)
        assert "Velo Lac" in await phone.heard()
        await time.move(300)
        assert "Goodbye" in await phone.heard()
        end = await phone.next()
        assert json.loads(end["handoffData"])["reasonCode"] == "caller-silent"
        await time.move(LEAVING_SECONDS)
        assert await phone.next() == {"closed": 1000}


async def test_a_process_that_ends_asks_the_carrier_to_call_again(service: Service, time: Time, orchestrator: Orchestrator) -> None:
    async with calling(service.app) as phone:
        await phone.setup()
        await phone.ask(PRICE)
        service.drain.started.set()
        end = await phone.next()
        assert json.loads(end["handoffData"]) == {"reasonCode": "reconnect", "conversation": CALL}
        async with calling(service.app) as other:
            assert await other.next() == {"closed": 1012}
        await time.move(LEAVING_SECONDS)
        assert await phone.next() == {"closed": 1012}
