"""Proof of identity inside a conversation: order number with e-mail or postcode, or a one-time code to the address on file.

Foreign, missing and mismatched look alike: the same words, and the same number of tries.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from orchestrator.connectors.commerce import ShopCustomer
from orchestrator.conversation import Conversation, Customer, OpenForm
from orchestrator.errors import IdentityError
from orchestrator.graph.context import TurnContext
from orchestrator.memory import conversations, customers
from orchestrator.memory.codes import CodeRequest
from orchestrator.memory.customers import Evidence, Profile
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.reading import Reading

TRIES = 3
ORDER, ADDRESS, FAILED = "identity.order", "identity.address", "identity.failed"
EXPECTS: frozenset[EntityKind] = frozenset({"order_id", "email", "postcode", "code"})


def awaited(form: OpenForm) -> frozenset[EntityKind]:
    """What the proof waits for now: a bare number is a code, an order number or a postcode, by what was asked."""
    if form.asked == "code":
        return frozenset({"code"})
    return EXPECTS - {"code"} if not form.values.get(ORDER) else frozenset({"email", "postcode"})


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Where the proof stands: the customer once proven, else the reply key that asks on; `stuck` after too many tries."""

    form: OpenForm
    customer: Customer | None = None
    conversation: Conversation | None = None
    say: str = ""
    facts: dict[str, object] = field(default_factory=dict[str, object])
    stuck: bool = False


def profile_of(person: ShopCustomer) -> Profile:
    """The shop's record of a person as memory keeps it."""
    return Profile(
        shop_id=person.id, name=person.name, email=person.email, phone=person.phone, language=person.language, region=person.region
    )


async def remember(context: TurnContext, conversation_id: str, person: ShopCustomer, evidence: Evidence) -> tuple[Customer, Conversation]:
    """Attaches a proven person to the conversation: the thread stays, its facts and cases become the customer's."""
    async with context.house.database.unit() as unit:
        customer = await customers.get_or_create(unit, profile_of(person), id=context.house.new_id("customer"), now=context.now)
        identity = customers.Identity(kind="email", value=person.email, evidence=evidence, verified_at=context.now)
        await customers.link(unit, customer.id, identity)
        attached = await customers.attach(unit, conversation_id, customer.id, context.now)
    return customer, attached


class Verifying:
    """Advances the proof by one message."""

    def __init__(self, context: TurnContext, conversation: Conversation) -> None:
        self._context = context
        self._conversation = conversation

    async def advance(self, form: OpenForm, reading: Reading) -> Proof:
        """What the message proves, or what to ask next."""
        if form.asked == "code" and reading.values("code"):
            return await self._code(form, reading.values("code")[0])
        values = dict(form.values)
        order = next(iter(reading.values("order_id")), values.get(ORDER) or values.get("order_id", ""))
        address = next(iter((*reading.values("email"), *reading.values("postcode"))), values.get(ADDRESS, ""))
        values |= {ORDER: order, ADDRESS: address}
        known = replace(form, values=values, asked="identity", offered=())
        if order and address:
            return await self._order(known, order, address)
        if "@" in address:
            return await self._send_code(known, address)
        key = "verify_ask_order" if address else "verify_ask_address" if order else "verify_ask"
        return self._ask(known, key, {"order_id": order} if order else {})

    async def _order(self, form: OpenForm, order_id: str, address: str) -> Proof:
        house = self._context.house
        person = await house.customers.customer_by_order(order_id)
        order = await house.orders.order(person.id, order_id) if person else None
        postcodes = {person.address.postcode, order.address.postcode} if person and order else set[str]()
        if person and (address.casefold() == person.email.casefold() or _plain(address) in {_plain(code) for code in postcodes}):
            values = {**form.values, "order_id": order_id}
            return await self._proven(replace(form, values=values), person)
        return self._failed(form, "verify_failed")

    async def _send_code(self, form: OpenForm, address: str) -> Proof:
        house = self._context.house
        person = await house.customers.customer_by_email(address)
        if person:
            async with house.database.unit() as unit:
                customer = await customers.get_or_create(unit, profile_of(person), id=house.new_id("customer"), now=self._context.now)
                request = CodeRequest(conversation_id=self._conversation.id, customer_id=customer.id, address=person.email)
                code = ""
                # Used-up tries must not tell a known address from an unknown one: the same words, only no code.
                with suppress(IdentityError):
                    code = await house.codes.issue(unit, request, self._context.now)
            if code:
                await house.deliver_code(person.email, code)
        facts: dict[str, object] = {"address": masked(address), "minutes": house.policy.identity.code_minutes}
        return self._ask(replace(form, asked="code"), "code_sent", facts)

    async def _code(self, form: OpenForm, code: str) -> Proof:
        house = self._context.house
        async with house.database.unit() as unit:
            customer_id = await house.codes.check(unit, self._conversation.id, code, self._context.now)
            customer = await customers.get(unit, customer_id) if customer_id else None
        person = await house.customers.shop_customer(customer.shop_id) if customer else None
        return await self._proven(form, person, "code") if person else self._failed(form, "code_wrong")

    async def _proven(self, form: OpenForm, person: ShopCustomer, evidence: Evidence = "shop") -> Proof:
        customer, conversation = await remember(self._context, self._conversation.id, person, evidence)
        values = {name: value for name, value in form.values.items() if not name.startswith("identity.")}
        return Proof(form=replace(form, values=values, asked=""), customer=customer, conversation=conversation)

    def _failed(self, form: OpenForm, key: str) -> Proof:
        tries = int(form.values.get(FAILED, "0")) + 1
        values = {name: value for name, value in form.values.items() if name not in (ORDER, ADDRESS)} | {FAILED: str(tries)}
        return Proof(form=replace(form, values=values), say=key, stuck=tries >= TRIES)

    def _ask(self, form: OpenForm, key: str, facts: dict[str, object]) -> Proof:
        asked = form.asks.get("identity", 0) + 1
        stuck = asked > TRIES + 1
        return Proof(form=replace(form, asks={**form.asks, "identity": asked}), say=key, facts=facts, stuck=stuck)


async def recall(context: TurnContext, conversation_id: str) -> Conversation | None:
    """The conversation as stored now."""
    async with context.house.database.reading() as unit:
        return await conversations.get(unit, conversation_id)


def masked(address: str) -> str:
    """`l…@example.ch`."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"


def _plain(postcode: str) -> str:
    return "".join(postcode.split()).replace("-", "").casefold()
