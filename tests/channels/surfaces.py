"""The surfaces on which a customer can write to the service, as a conformance test drives them: one small class each."""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.channels import ag_ui_wire, ai_sdk_wire
from tests.channels.openai_wire import COMPLETIONS, streamed
from tests.channels.phone import calling
from tests.server.service import Json, Service, parsed

STREAM = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Words:
    """A message of the customer's; `place` is how many came before it in its session."""

    text: str
    session: str = "s1"
    place: int = 0
    token: str = ""
    extra: Json = field(default_factory=dict[str, Any])

    @property
    def id(self) -> str:
        return f"{self.session}-{self.place}"


@dataclass(frozen=True)
class Request:
    """A message on the wire."""

    path: str
    body: Json
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Surface(ABC):
    """A surface over HTTP. `ignores_unknown`: fields that it does not know are left alone; `streams`: it answers in pieces."""

    ignores_unknown = True
    streams = True

    @abstractmethod
    def request(self, words: Words) -> Request: ...

    @abstractmethod
    def text(self, response: httpx.Response) -> str:
        """All words of an answer."""

    @abstractmethod
    def assert_refused(self, response: httpx.Response) -> None:
        """A refusal has the surface's own shape."""

    def conversation(self, words: Words, response: httpx.Response) -> str:
        """Our id of the conversation that was answered."""
        return response.headers["x-filrouge-session"]

    async def send(self, service: Service, words: Words, *, visitor: str = "") -> httpx.Response:
        request = self.request(words)
        async with service.client(visitor=visitor) as client:
            content = json.dumps({**request.body, **words.extra}).encode()
            return await client.post(request.path, content=content, headers={"Content-Type": "application/json", **request.headers})

    async def say(self, service: Service, words: Words) -> str:
        """The words of the answer."""
        response = await self.send(service, words)
        assert response.status_code == 200, response.text
        assert not self.streams or response.text.startswith(":")
        return self.text(response)


class Own(Surface):
    """`/v1/conversations`, whole. It is ours, so a field that it does not know is a mistake and said to be one."""

    ignores_unknown = False
    streams = False

    def request(self, words: Words) -> Request:
        token = {"token": words.token} if words.token else {}
        return Request(f"/v1/conversations/{words.session}/messages", {"text": words.text, **token}, {"Idempotency-Key": words.id})

    def text(self, response: httpx.Response) -> str:
        return "\n\n".join(message["text"] for message in response.json()["messages"])

    def assert_refused(self, response: httpx.Response) -> None:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json().keys() >= {"type", "title", "status", "code", "detail"}

    def conversation(self, words: Words, response: httpx.Response) -> str:
        return words.session


class OwnStream(Own):
    """The same in events."""

    streams = True

    def request(self, words: Words) -> Request:
        request = super().request(words)
        return Request(request.path, request.body, {**request.headers, **STREAM})

    def text(self, response: httpx.Response) -> str:
        return "".join(sent.data["text"] for sent in parsed(response.text) if sent.event == "TextDelta")


class OpenAI(Surface):
    """`/v1/chat/completions`, whole. The history that its callers send is kept here."""

    streams = False

    def __init__(self) -> None:
        self.histories: dict[str, list[Json]] = {}

    def request(self, words: Words) -> Request:
        history = self.histories.setdefault(words.session, [])[: 2 * words.place]
        body: Json = {"model": "filrouge", "messages": [*history, {"role": "user", "content": words.text}], "stream": self.streams}
        body |= {"metadata": {"customer_token": words.token}} if words.token else {}
        return Request(COMPLETIONS, body, {"X-Session-Id": words.session})

    async def say(self, service: Service, words: Words) -> str:
        text = await super().say(service, words)
        before = self.histories[words.session][: 2 * words.place]
        self.histories[words.session] = [*before, {"role": "user", "content": words.text}, {"role": "assistant", "content": text}]
        return text

    def text(self, response: httpx.Response) -> str:
        return response.json()["choices"][0]["message"]["content"]

    def assert_refused(self, response: httpx.Response) -> None:
        assert response.json().keys() == {"error"}
        assert response.json()["error"].keys() == {"message", "type", "param", "code"}


class OpenAIStream(OpenAI):
    """The same in chunks."""

    streams = True

    def text(self, response: httpx.Response) -> str:
        found = streamed(response.text)
        assert found.is_done
        return found.text


class AgUi(Surface):
    """`/ag-ui`."""

    def request(self, words: Words) -> Request:
        props = {"token": words.token} if words.token else {}
        body = ag_ui_wire.run_input(ag_ui_wire.user(words.text, words.id), threadId=words.session, forwardedProps=props)
        return Request(ag_ui_wire.PATH, body)

    def text(self, response: httpx.Response) -> str:
        return ag_ui_wire.read(response).text

    def assert_refused(self, response: httpx.Response) -> None:
        assert response.json().keys() >= {"type", "message", "code"}
        assert response.json()["type"] == "RUN_ERROR"


class AiSdk(Surface):
    """`/api/chat`."""

    def request(self, words: Words) -> Request:
        token = {"token": words.token} if words.token else {}
        return Request(ai_sdk_wire.PATH, ai_sdk_wire.chat(ai_sdk_wire.user(words.text, words.id), id=words.session, **token))

    def text(self, response: httpx.Response) -> str:
        return ai_sdk_wire.read(response).text

    def assert_refused(self, response: httpx.Response) -> None:
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.text.endswith(".")


class DeepChat(Surface):
    """`/v1/deep-chat`, whole."""

    streams = False

    def request(self, words: Words) -> Request:
        body: Json = {"messages": [{"role": "user", "text": words.text}], "sessionId": words.session, "stream": self.streams}
        body |= {"token": words.token} if words.token else {}
        return Request("/v1/deep-chat", body, {"Idempotency-Key": words.id})

    def text(self, response: httpx.Response) -> str:
        return response.json()["text"]

    def assert_refused(self, response: httpx.Response) -> None:
        assert response.json().keys() == {"error"}


class DeepChatStream(DeepChat):
    """The same in pieces."""

    streams = True

    def text(self, response: httpx.Response) -> str:
        blocks = [block for block in response.text.split("\n\n") if block.startswith("data: ")]
        return "".join(json.loads(block.removeprefix("data: "))["text"] for block in blocks)


class Relay:
    """`/voice/relay`: every message is said in a call that is connected anew."""

    async def say(self, service: Service, words: Words) -> str:
        async with calling(service.app) as phone:
            parameters: Json = {"language": "en", **({"token": words.token} if words.token else {})}
            await phone.setup(call=words.session, parameters=parameters, **words.extra)
            return await phone.ask(words.text)


SURFACES = (Own, OwnStream, OpenAI, OpenAIStream, AgUi, AiSdk, DeepChat, DeepChatStream)
