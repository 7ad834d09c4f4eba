"""Keeps a running summary of long conversations for models that see only the last messages; made between turns, never in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from orchestrator.conversation import Conversation, Message
from orchestrator.errors import ModelError
from orchestrator.graph.brain import Brain
from orchestrator.graph.context import House
from orchestrator.memory import conversations
from orchestrator.models import Accounts, Budget, ModelRequest, SystemMessage, UserMessage, ask
from orchestrator.project.prompts import SUMMARY

KEPT = 6
"""The last messages, which models see as they are."""
ENOUGH = 8
"""So many more are worth a new summary."""
SUMMARY_TOKENS = 160
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Summaries:
    """Summarises conversations of one house."""

    house: House
    brain: Brain

    async def renew(self, conversation_id: str, now: datetime) -> None:
        """Takes into the summary what has become old since the last time, if that is enough. Without a model nothing happens."""
        async with self.house.database.reading() as unit:
            conversation = await conversations.get(unit, conversation_id)
            if conversation is None or conversation.sequence - conversation.summarised < KEPT + ENOUGH:
                return
            recent = await conversations.messages(unit, conversation_id, limit=conversation.sequence - conversation.summarised)
        old = recent[:-KEPT]
        budget = Budget(
            self.brain.limits, self.brain.prices, now=now, accounts=Accounts(conversation=conversation.spent, day=self.brain.day)
        )
        try:
            budget.before_call()
            response = await ask(self.brain.model, self._request(conversation, old))
        except ModelError as error:
            log.info("no summary", conversation=conversation_id, error=type(error).__name__)
            return
        budget.after_call(response)
        async with self.house.database.unit() as unit:
            await conversations.summarise(unit, conversation_id, response.text.strip(), old[-1].sequence)

    def _request(self, conversation: Conversation, old: Sequence[Message]) -> ModelRequest:
        lines = [f"{message.role}: {message.text[:400]}" for message in old]
        before = [f"Summary so far: {conversation.summary}", ""] if conversation.summary else []
        messages = (SystemMessage(text=self.house.project.prompts.texts[SUMMARY]), UserMessage(text="\n".join((*before, *lines))))
        return ModelRequest(messages=messages, max_tokens=SUMMARY_TOKENS, temperature=0.0, purpose="summary")
