"""The turns of a call, one at a time: each waits for the one before to end, and for its record to hold only what was heard."""

from contextlib import aclosing
from dataclasses import replace
from typing import Literal

import anyio
import structlog

from orchestrator.channels.calling import Caller, is_with_human
from orchestrator.channels.channel import VOICE
from orchestrator.channels.mouth import Mouth
from orchestrator.channels.replying import Answering, answering
from orchestrator.channels.spoken_reply import SpokenReply
from orchestrator.channels.utterance import Utterance
from orchestrator.conversation import Inbound
from orchestrator.errors import ConversationNotFound, IdentityError, MessageRefused
from orchestrator.runtime import Orchestrator

Outcome = Literal["answered", "with-human", "refused", "failed", "stopped"]
log = structlog.get_logger()


class CallTurns:
    """Carries the caller's words to the orchestrator and the reply to the mouth.

    `interrupted`: the utterance that the caller cut short, as long as its record has not been cut to what was heard.
    """

    def __init__(self, orchestrator: Orchestrator, caller: Caller, mouth: Mouth) -> None:
        self._orchestrator = orchestrator
        self._mouth = mouth
        self._languages = orchestrator.house.project.languages
        self._one_at_a_time = anyio.Lock()
        self.caller = caller
        self.interrupted: Utterance | None = None

    async def run(self, utterance: Utterance, inbound: Inbound) -> Outcome:
        """The turn of a message, spoken as it comes. Whatever fails is logged: a call goes on."""
        outcome: Outcome = "stopped"
        with anyio.CancelScope(shield=True):
            await self._one_at_a_time.acquire()
        try:
            with anyio.CancelScope() as utterance.scope:
                outcome = await self._answered(utterance, inbound)
        except MessageRefused as error:
            log.info("words refused", conversation=self.caller.conversation_id, error=str(error))
            outcome = "refused"
        except Exception:  # the edge of a request: the caller hears that it failed, not why
            log.exception("no answer on a call", conversation=self.caller.conversation_id)
            outcome = "failed"
        finally:
            utterance.is_running = False
            self._one_at_a_time.release()
        return outcome

    async def settle(self) -> None:
        """Cuts the record of what the caller interrupted to what they heard of it."""
        cut, self.interrupted = self.interrupted, None
        if cut is not None and cut.turn_id and cut.heard is not None:
            await self._orchestrator.interrupt(self.caller.conversation_id, cut.turn_id, cut.heard)

    async def ended(self) -> None:
        """Returns when no turn runs any more and the record is settled."""
        async with self._one_at_a_time:
            await self.settle()

    async def _answered(self, utterance: Utterance, inbound: Inbound) -> Outcome:
        delivered = None
        with anyio.CancelScope(shield=True):
            # Words that were said are not lost, even when the caller goes on speaking or hangs up.
            await self.settle()
            if not utterance.is_replaced:
                delivered = await self._delivered(utterance, inbound)
        if delivered is None:
            return "stopped"
        async with aclosing(delivered.frames()) as frames:
            async for words in frames:
                self._mouth.say(utterance, words.decode())
                await self._mouth.room()
        if not delivered.said.complete:
            return "failed"
        if not utterance.words and await is_with_human(self._orchestrator, self.caller.conversation_id):
            return "with-human"
        return "answered"

    async def _delivered(self, utterance: Utterance, inbound: Inbound) -> Answering:
        """The message on its way. A token that is not valid, or a conversation of somebody else, makes the caller anybody."""
        message = replace(inbound, conversation_id=self.caller.conversation_id, token=self.caller.token)
        try:
            found = await answering(self._orchestrator, message, SpokenReply(utterance, self._languages), VOICE)
        except IdentityError:
            log.warning("a call's customer token is not valid", conversation=self.caller.conversation_id)
            self.caller = replace(self.caller, token=None)
            return await self._delivered(utterance, inbound)
        except ConversationNotFound:
            if self.caller.conversation_id == self.caller.own_id:
                raise
            log.warning("a call names a conversation that is not its own", conversation=self.caller.conversation_id)
            self.caller = replace(self.caller, conversation_id=self.caller.own_id)
            return await self._delivered(utterance, inbound)
        # Proven once: the conversation is the customer's from now on, and tokens outlive few calls.
        self.caller = replace(self.caller, token=None)
        return found
