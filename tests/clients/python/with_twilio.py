"""twilio: a ConversationRelay peer, signed by the official package, calls from the webhook to the transfer."""

import asyncio
import json
import sys
import uuid
from importlib.metadata import version
from xml.etree import ElementTree

import httpx
from turns import HUMAN, KNOWLEDGE, OTHER_AGENT, report
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

BASE, TOKEN = sys.argv[1].rstrip("/"), sys.argv[2]
PUBLIC = "https://voice.example"
PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "voice.example"}
SIGNER = RequestValidator(TOKEN)
CALL = f"CA{uuid.uuid4().hex}"
FORM = {"CallSid": CALL, "AccountSid": "AC1", "From": "+41441234567", "To": "+41800123456", "CallStatus": "ringing", "Direction": "inbound"}


class Line:
    """One session of the relay, with the frames that have come."""

    def __init__(self, socket):
        self.socket, self.frames = socket, []

    async def send(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def setup(self, parameters):
        await self.send(type="setup", sessionId=f"VX{uuid.uuid4().hex}", callSid=CALL, customParameters=parameters)

    async def cycle(self):
        """The words of the next talk cycle, and the frames beside them."""
        words, others = "", []
        while True:
            frame = json.loads(await asyncio.wait_for(self.socket.recv(), 20))
            if frame["type"] != "text":
                others.append(frame)
                continue
            words += frame["token"]
            if frame["last"]:
                return words, others

    async def ask(self, words, lang="en-US"):
        await self.send(type="prompt", voicePrompt=words[: len(words) // 2], lang=lang, last=False)
        await self.send(type="prompt", voicePrompt=words, lang=lang, last=True)
        return (await self.cycle())[0]


def line(url, token=TOKEN):
    signature = RequestValidator(token).compute_signature(url, {})
    return connect(BASE.replace("http", "ws", 1) + "/voice/relay", additional_headers={**PROXY, "X-Twilio-Signature": signature})


def webhook(path, form):
    headers = {**PROXY, "X-Twilio-Signature": SIGNER.compute_signature(PUBLIC + path, form)}
    return ElementTree.fromstring(httpx.post(BASE + path, data=form, headers=headers, timeout=20).raise_for_status().text)


async def refused(url):
    try:
        async with line(url, "another token"):
            return 0
    except InvalidStatus as error:
        return error.response.status_code


async def first_line(url, parameters):
    async with line(url) as socket:
        phone = Line(socket)
        await phone.setup(parameters)
        found = {"knowledge": await phone.ask(KNOWLEDGE)}
        heard = " ".join(found["knowledge"].split()[:6])
        await phone.send(type="interrupt", utteranceUntilInterrupt=heard, durationUntilInterruptMs="460")
        await phone.socket.send("{ not a frame")
        found["look_up"] = await phone.ask("Where is my order A dash two zero five two five?")
        for digit in "8004#":
            await phone.send(type="dtmf", digit=digit)
        found["digits"] = (await phone.cycle())[0]
        found["other_agent"] = await phone.ask(OTHER_AGENT)
        return heard, found


async def second_line(url, parameters):
    """The line was lost; the same call is connected again, changes its language, and asks for a person."""
    async with line(url) as socket:
        phone = Line(socket)
        await phone.setup(parameters)
        await phone.send(type="prompt", voicePrompt="Wie lange kann ich etwas zurückgeben?", lang="de-DE", last=True)
        words, others = await phone.cycle()
        found = {"german": {"text": words, "language": [frame["ttsLanguage"] for frame in others if frame["type"] == "language"]}}
        found["human"] = await phone.ask(HUMAN)
        try:
            end = json.loads(await asyncio.wait_for(phone.socket.recv(), 3))
        except TimeoutError:
            # Nobody is at the desk at this hour: the caller has been told when they are back, and says goodbye.
            found["goodbye"] = await phone.ask("Vielen Dank, auf Wiederhören")
            end = json.loads(await asyncio.wait_for(phone.socket.recv(), 20))
        return found, end


async def main():
    relay = webhook("/voice/incoming", FORM).find("Connect/ConversationRelay")
    parameters = {parameter.get("name"): parameter.get("value") for parameter in relay.findall("Parameter")}
    url = relay.get("url")
    heard, found = await first_line(url, parameters)
    again, end = await second_line(url, parameters)
    action = webhook("/voice/action", {**FORM, "SessionStatus": "ended", "HandoffData": end["handoffData"]})
    report(
        {
            "version": version("twilio"),
            "call": CALL,
            "url": url,
            "greeting": relay.get("welcomeGreeting"),
            "refused": await refused(url),
            "heard": heard,
            **found,
            **again,
            "end": end,
            "action": [action[0].tag, action[0].text],
        }
    )


asyncio.run(main())
