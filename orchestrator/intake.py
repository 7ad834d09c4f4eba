"""What happens before a turn: the message is checked, its sender identified, and both are stored before anybody says "accepted"."""

from dataclasses import replace
from datetime import datetime

import anyio

from orchestrator.conversation import Conversation, Customer, Inbound, Message
from orchestrator.errors import ConversationNotFound, MessageRefused
from orchestrator.graph.context import House
from orchestrator.graph.verifying import profile_of
from orchestrator.memory import conversations, customers, inbox
from orchestrator.memory.inbox import Accepted
from orchestrator.memory.tokens import TokenIdentity, verify_token
from orchestrator.settings import Settings
from orchestrator.store import Unit
from orchestrator.understanding.normalise import clean, has_lone_surrogate, is_visible

CONNECTOR_SECONDS = 5.0


def checked_text(text: str, limit: int) -> str:
    """The text as it may be stored.

    Raises:
        MessageRefused: It is empty, too long or not valid Unicode.
    """
    if has_lone_surrogate(text):
        raise MessageRefused("the text holds half a character (a lone surrogate). Send valid Unicode")
    if len(text) > limit:
        raise MessageRefused(f"the text has {len(text)} characters. Send at most {limit}")
    if not is_visible(text):
        raise MessageRefused("the text is empty. Send at least one visible character")
    return clean(text)


class Intake:
    """Accepts messages of one house."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def checked(self, inbound: Inbound) -> Inbound:
        """The message as it may be stored: clean text, and of language and region only what the project serves.

        Raises:
            MessageRefused: Empty, too long or malformed.
        """
        language = inbound.language if inbound.language in self._house.project.languages else None
        region = inbound.region if inbound.region in self._house.policy.regions else None
        return replace(inbound, text=checked_text(inbound.text, self._settings.message_limit), language=language, region=region)

    async def accept(self, inbound: Inbound, now: datetime) -> Accepted:
        """Stores a checked message in its conversation, which is begun if there is none.

        Raises:
            IdentityError: The token is not valid.
            ConversationNotFound: The conversation belongs to another visitor or customer.
        """
        identity = verify_token(inbound.token, self._settings, now) if inbound.token else None
        profile = await self._profile(identity) if identity else None
        async with self._house.database.unit() as unit:
            customer = await self._customer(unit, identity, profile, now) if identity else None
            conversation = await conversations.get(unit, inbound.conversation_id)
            if conversation is None:
                conversation = self._begun(inbound, customer, now)
                await conversations.create(unit, conversation)
            elif not _may_write(conversation, inbound, customer):
                raise ConversationNotFound(f"there is no conversation {inbound.conversation_id!r}")
            if customer and conversation.customer_id != customer.id:
                conversation = await customers.attach(unit, conversation.id, customer.id, now)
            accepted = await inbox.accept(unit, inbound, id=self._house.new_id("message"), now=now)
            if not accepted.duplicate:
                await conversations.append(unit, _message(accepted, inbound, conversation, now))
        return accepted

    async def _profile(self, identity: TokenIdentity) -> customers.Profile | None:
        """The shop's record of the address that the token proves, if the shop knows it."""
        if not identity.email:
            return None
        with anyio.fail_after(CONNECTOR_SECONDS):
            person = await self._house.customers.customer_by_email(identity.email)
        return profile_of(person) if person else None

    async def _customer(self, unit: Unit, identity: TokenIdentity, profile: customers.Profile | None, now: datetime) -> Customer:
        known = await customers.find(unit, "subject", identity.subject)
        if known is None:
            own = customers.Profile(shop_id=f"subject:{identity.subject}", name=identity.name, email=identity.email)
            known = await customers.get_or_create(unit, profile or own, id=self._house.new_id("customer"), now=now)
            proof = customers.Identity(kind="subject", value=identity.subject, evidence="token", verified_at=now)
            await customers.link(unit, known.id, proof)
        return known

    def _begun(self, inbound: Inbound, customer: Customer | None, now: datetime) -> Conversation:
        project = self._house.project
        spoken = customer.language if customer and customer.language in project.languages else project.policy.company.default_language
        return Conversation(
            id=inbound.conversation_id,
            channel=inbound.channel,
            language=inbound.language or spoken,
            region=inbound.region or (customer.region if customer else ""),
            created_at=now,
            updated_at=now,
            visitor_id=inbound.visitor_id,
        )


def _may_write(conversation: Conversation, inbound: Inbound, customer: Customer | None) -> bool:
    """A visitor reaches their own conversations only, a customer theirs."""
    if customer and conversation.customer_id:
        return conversation.customer_id == customer.id
    return not inbound.visitor_id or conversation.visitor_id == inbound.visitor_id


def _message(accepted: Accepted, inbound: Inbound, conversation: Conversation, now: datetime) -> Message:
    return Message(
        id=accepted.message_id,
        conversation_id=conversation.id,
        sequence=accepted.sequence,
        role="customer",
        text=inbound.text,
        language=inbound.language or conversation.language,
        channel=inbound.channel,
        at=now,
    )
