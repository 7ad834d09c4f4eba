"""Asks a model within the turn's budget: an answer of before a crash is replayed, a new one is written down before it is acted on."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from orchestrator.errors import ModelUnavailable
from orchestrator.events import ModelCalled
from orchestrator.graph.brain import Brain
from orchestrator.graph.state import TurnState, context, emit
from orchestrator.graph.telling import Telling
from orchestrator.memory import effects, journal
from orchestrator.models import (
    Accounts,
    Budget,
    ChatMessage,
    Finished,
    ModelRequest,
    ModelResponse,
    Spent,
    TextPiece,
)
from orchestrator.models import ask as asked
from orchestrator.models.canonical import request_digest


@dataclass(kw_only=True)
class Asking:
    """The model calls of one turn. `earlier` are the responses of a run of the same turn that was cut off, by request; `done` the tools
    whose effects the conversation has seen."""

    brain: Brain
    budget: Budget
    earlier: dict[str, str]
    conversation_id: str
    done: frozenset[str] = frozenset()

    @classmethod
    async def begun(cls, state: TurnState, brain: Brain) -> "Asking":
        """For this turn, with what it answered in an earlier run."""
        turn = context()
        async with turn.house.database.reading() as unit:
            earlier = await journal.recorded(unit, turn.message_id)
            done = await effects.done_in(unit, state["conversation"].id)
        accounts = Accounts(conversation=state["conversation"].spent, day=brain.day)
        budget = Budget(brain.limits, brain.prices, now=turn.now, accounts=accounts)
        return cls(brain=brain, budget=budget, earlier=earlier, conversation_id=state["conversation"].id, done=done)

    async def ask(self, request: ModelRequest, messages: Sequence[ChatMessage], telling: Telling | None = None) -> ModelResponse:
        """The response to a request with these messages; its text is told as it comes.

        Raises:
            ModelBudgetSpent: A limit is reached; nothing was asked.
            ModelUnavailable: No model answers; nothing was told.
            ModelInterrupted: It broke off after something was told.
        """
        request = replace(request, messages=tuple(messages))
        digest = request_digest(request)
        if digest in self.earlier:
            response = ModelResponse.from_json(self.earlier.pop(digest))
            if telling:
                telling.hear(response.text)
                telling.end()
            return response
        self.budget.before_call()
        request = replace(request, seconds=self.budget.remaining_seconds)
        response = await (self._told(request, telling) if telling else asked(self.brain.model, request))
        self.budget.after_call(response)
        await self._written(digest, response)
        emit(_event(request, response))
        if telling:
            telling.end()
        return response

    @property
    def spent(self) -> Spent:
        """What this turn has spent."""
        return self.budget.spent

    async def _told(self, request: ModelRequest, telling: Telling) -> ModelResponse:
        async with aclosing(self.brain.model.stream(request)) as events:
            async for event in events:
                if isinstance(event, TextPiece):
                    telling.hear(event.text)
                elif isinstance(event, Finished):
                    return event.response
        raise ModelUnavailable("the model ended without an answer")

    async def _written(self, digest: str, response: ModelResponse) -> None:
        turn = context()
        async with turn.house.database.unit() as unit:
            entry = journal.Entry(
                conversation_id=self.conversation_id, message_id=turn.message_id, digest=digest, response=response.to_json()
            )
            await journal.record(unit, entry, turn.now)


def _event(request: ModelRequest, response: ModelResponse) -> ModelCalled:
    usage = response.usage
    return ModelCalled(
        model=response.model,
        purpose=request.purpose,
        prompt_tokens=usage.prompt,
        completion_tokens=usage.completion,
        cached_tokens=usage.cached,
        first_token=response.first_token,
        seconds=response.seconds,
    )
