"""pipecat-ai: its LLM service in a pipeline: turns, a function call, an error, a barge-in during a slow look-up."""

import asyncio
import sys
import time
from importlib.metadata import version

from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.workers.runner import WorkerRunner
from turns import BASE, HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, report, session

SLOW = f"{sys.argv[2].rstrip('/')}/v1"
REPAIR = "What is the status of my repair A-20417?"
HOURS = "When are you open?"
HEARD = (ErrorFrame, LLMFullResponseStartFrame, LLMTextFrame, LLMFullResponseEndFrame)
TRANSFER = FunctionSchema(
    name="transfer_to_human",
    description="Put the caller through.",
    properties={"reason": {"type": "string"}},
    required=["reason"],
)


class Ear(FrameProcessor):
    """Hears what the pipeline says: upstream of the service its errors, downstream its words."""

    def __init__(self, heard):
        super().__init__()
        self.heard = heard

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, HEARD):
            await self.heard.put(frame)
        await self.push_frame(frame, direction)


class Phone:
    """A pipeline of one LLM service."""

    def __init__(self, base):
        self.heard = asyncio.Queue()
        self.calls = []
        self.headers = session("pipecat")
        settings = OpenAILLMService.Settings(model="filrouge-voice")
        llm = OpenAILLMService(api_key="local", base_url=base, default_headers=self.headers, settings=settings)
        llm.register_function("transfer_to_human", self._transfer)
        self.worker = PipelineWorker(Pipeline([Ear(self.heard), llm, Ear(self.heard)]), cancel_on_idle_timeout=False, enable_rtvi=False)
        self.context = LLMContext([], tools=ToolsSchema(standard_tools=[TRANSFER]))
        self._open = asyncio.Event()
        self.worker.add_event_handler("on_pipeline_started", self._opened)

    async def _opened(self, *_):
        self._open.set()

    async def _transfer(self, params):
        self.calls.append([params.function_name, dict(params.arguments)])
        await params.result_callback("put through")

    async def __aenter__(self):
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self.worker)
        self._running = asyncio.create_task(runner.run())
        await self._open.wait()
        return self

    async def __aexit__(self, *_):
        await self.worker.queue_frame(EndFrame())
        await self._running

    async def ask(self, text):
        self.context.add_message({"role": "user", "content": text})
        await self.worker.queue_frame(LLMContextFrame(self.context))

    async def turn(self, text):
        """The whole answer, kept in the context as a front end does that was not interrupted."""
        await self.ask(text)
        words = await self.until_end()
        self.context.add_message({"role": "assistant", "content": "".join(words)})
        return {"text": "".join(words), "pieces": len(words)}

    async def next(self, *kinds):
        """The next frame of these kinds; others are passed over."""
        while not isinstance(frame := await asyncio.wait_for(self.heard.get(), 60), kinds):
            pass
        return frame

    async def until_end(self):
        """The words from the next beginning of an answer to its end."""
        await self.next(LLMFullResponseStartFrame)
        words = []
        while isinstance(frame := await self.next(LLMTextFrame, LLMFullResponseEndFrame), LLMTextFrame):
            words.append(frame.text)
        return words

    async def error(self, text):
        await self.ask(text)
        frame = await self.next(ErrorFrame)
        await self.next(LLMFullResponseEndFrame)
        self.context.set_messages(self.context.get_messages()[:-1])
        return frame.error


async def barge_in():
    """Speaks while a look-up takes fourteen seconds."""
    async with Phone(SLOW) as phone:
        await phone.turn("Hello")
        await phone.ask(REPAIR)
        filler = (await phone.next(LLMTextFrame)).text
        began = time.monotonic()
        await phone.worker.queue_frame(InterruptionFrame())
        phone.context.add_message({"role": "assistant", "content": filler})
        then = await phone.turn(HOURS)
        return {"session": phone.headers["X-Session-Id"], "filler": filler, "seconds": time.monotonic() - began, "then": then}


async def main():
    async with Phone(BASE) as phone:
        found = {
            "version": version("pipecat-ai"),
            "knowledge": await phone.turn(KNOWLEDGE),
            "look_up": await phone.turn(LOOK_UP),
            "other_agent": await phone.turn(OTHER_AGENT),
            "human": await phone.turn(HUMAN),
            "calls": phone.calls,
        }
    async with Phone(BASE) as phone:
        found["error"] = await phone.error(TOO_LONG)
        found["after_error"] = await phone.turn(KNOWLEDGE)
    found["barge_in"] = await barge_in()
    report(found)


asyncio.run(main())
