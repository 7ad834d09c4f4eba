"""A shop and a knowledge base into which somebody else has written."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

from orchestrator.connectors.purchases import Cart, Order, RequestKind, ReturnCase, ServiceRequest, ShopCustomer
from orchestrator.connectors.sample import SampleShop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods
from orchestrator.conversation import Language
from orchestrator.retrieval import Answer, Gap, Hit, KnowledgeBase
from orchestrator.retrieval.passages import Passage


class WatchedShop(SampleShop):
    """The sample shop that remembers whose data were read, with a text in the carrier's note and in the customer's name."""

    def __init__(self, goods: Goods, database: ShopDatabase) -> None:
        super().__init__(goods, database)
        self.reads: list[tuple[str, str]] = []
        self.note = ""
        self.name = ""

    async def shop_customer(self, customer_id: str) -> ShopCustomer | None:
        self.reads.append(("shop_customer", customer_id))
        return self._named(await super().shop_customer(customer_id))

    async def customer_by_order(self, order_id: str) -> ShopCustomer | None:
        self.reads.append(("customer_by_order", order_id))
        return self._named(await super().customer_by_order(order_id))

    async def customer_by_email(self, email: str) -> ShopCustomer | None:
        self.reads.append(("customer_by_email", email))
        return self._named(await super().customer_by_email(email))

    async def cart(self, customer_id: str) -> Cart | None:
        self.reads.append(("cart", customer_id))
        return await super().cart(customer_id)

    async def requests(self, customer_id: str, kind: RequestKind) -> Sequence[ServiceRequest]:
        self.reads.append(("requests", customer_id))
        return await super().requests(customer_id, kind)

    async def orders(self, customer_id: str) -> Sequence[Order]:
        self.reads.append(("orders", customer_id))
        return [self._noted(order) for order in await super().orders(customer_id)]

    async def order(self, customer_id: str, order_id: str) -> Order | None:
        self.reads.append(("order", customer_id))
        found = await super().order(customer_id, order_id)
        return self._noted(found) if found else None

    async def returns(self, customer_id: str) -> Sequence[ReturnCase]:
        self.reads.append(("returns", customer_id))
        return await super().returns(customer_id)

    async def changes(self) -> int:
        """How many rows were ever written."""
        row = await self.database.read(lambda t: t.one("SELECT total_changes()"))
        return int(row[0]) if row else 0

    def _named(self, person: ShopCustomer | None) -> ShopCustomer | None:
        return replace(person, name=self.name) if person and self.name else person

    def _noted(self, order: Order) -> Order:
        return replace(order, carrier=self.note, window=self.note) if self.note else order


class TamperedKnowledge:
    """A knowledge base whose every passage begins with a text that does not belong there."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self.injected = ""

    def search(
        self, query: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, limit: int = 8
    ) -> tuple[Hit, ...]:
        hits = self._base.search(query, language=language, region=region, topics=topics, limit=limit)
        return tuple(replace(hit, passage=self._tampered(hit.passage)) for hit in hits)

    def answer(
        self, question: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, intent: str = ""
    ) -> Answer | Gap:
        found = self._base.answer(question, language=language, region=region, topics=topics, intent=intent)
        if isinstance(found, Gap) or not self.injected:
            return found
        passages = tuple(self._tampered(passage) for passage in found.passages)
        return replace(found, text=f"{self.injected} {found.text}", passages=passages)

    def as_base(self) -> KnowledgeBase:
        """Itself, where a house wants a knowledge base."""
        return cast("KnowledgeBase", self)

    def _tampered(self, passage: Passage) -> Passage:
        return replace(passage, blocks=(self.injected, *passage.blocks)) if self.injected else passage
