"""The sample shop behind the four commerce protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from orchestrator.connectors.goods import Category, Product, StockLevel, Store
from orchestrator.connectors.purchases import Address, Cart, NewReturn, Order, RequestKind, ReturnCase, ServiceRequest, ShopCustomer
from orchestrator.connectors.sample.database import Row, ShopDatabase, Transaction
from orchestrator.connectors.sample.goods_files import Goods, read_goods
from orchestrator.connectors.sample.seed import Sample, make_sample
from orchestrator.conversation import Money
from orchestrator.errors import ToolError

SEED = 20417
_CUSTOMER = TypeAdapter(ShopCustomer)
_ORDER = TypeAdapter(Order)
_RETURN = TypeAdapter(ReturnCase)
_CART = TypeAdapter(Cart)
_REQUEST = TypeAdapter(ServiceRequest)
_STOCK = TypeAdapter(StockLevel)
_REQUEST_LETTERS: Mapping[RequestKind, str] = {"trace": "N", "billing": "B", "invoice": "F", "label": "L", "discount": "D", "warranty": "W"}
_COUNTERS = (("R", 30241), ("E", 1182), ("N", 5001), ("B", 6001), ("L", 7001), ("D", 2041), ("W", 4001))
_CHANGEABLE = ("placed", "confirmed")
_RESCHEDULABLE = ("placed", "confirmed", "packed", "shipped")


async def open_sample_shop(path: Path, *, agents: Path, now: datetime, seed: int = SEED) -> "SampleShop":
    """The sample shop kept at `path`, made on first use as it stands at `now`. `agents` is the folder of its goods.

    Raises:
        ProjectError: `catalog.yaml` or `stores.yaml` is wrong.
    """
    goods = read_goods(agents)
    database = ShopDatabase(path)

    def fill(transaction: Transaction) -> None:
        if transaction.create_tables():
            _store(transaction, make_sample(goods, now, seed))
            transaction.insert("meta", [("seed", str(seed)), ("made_at", now.isoformat())])

    await database.write(fill)
    return SampleShop(goods, database)


class SampleShop:
    """Implements `Catalogue`, `Customers`, `Orders` and `Returns`."""

    def __init__(self, goods: Goods, database: ShopDatabase) -> None:
        self._goods = goods
        self.database = database

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    async def products(self) -> Mapping[str, Product]:
        """All products by id."""
        return self._goods.products

    async def categories(self) -> Mapping[str, Category]:
        """All categories by id."""
        return self._goods.categories

    async def stores(self) -> Mapping[str, Store]:
        """All stores by id."""
        return self._goods.stores

    async def stock(self, product_ids: Sequence[str]) -> Mapping[str, StockLevel]:
        """Stock of these products."""
        marks = ", ".join("?" * len(product_ids))
        sql = f"SELECT product_id, body FROM stock WHERE product_id IN ({marks})"  # noqa: S608 - only question marks are put in
        rows = await self.database.read(lambda t: t.many(sql, *product_ids))
        return {str(id): _STOCK.validate_json(str(body)) for id, body in rows}

    async def bought_together(self, product_id: str) -> Sequence[str]:
        """Products bought with this one, the most frequent first."""
        sql = (
            "SELECT other.product_id, count(*) FROM order_lines mine JOIN order_lines other USING (order_id)"
            " WHERE mine.product_id = ? AND other.product_id <> mine.product_id GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12"
        )
        rows = await self.database.read(lambda t: t.many(sql, product_id))
        return [str(row[0]) for row in rows]

    async def best_sellers(self) -> Sequence[str]:
        """All products that were bought, the most frequent first."""
        rows = await self.database.read(lambda t: t.many("SELECT product_id, count(*) FROM order_lines GROUP BY 1 ORDER BY 2 DESC, 1"))
        return [str(row[0]) for row in rows]

    async def shop_customer(self, customer_id: str) -> ShopCustomer | None:
        """The person of that id."""
        row = await self.database.read(lambda t: t.one("SELECT body FROM customers WHERE id = ?", customer_id))
        return None if row is None else _CUSTOMER.validate_json(str(row[0]))

    async def customer_by_order(self, order_id: str) -> ShopCustomer | None:
        """The person whose order it is."""
        sql = "SELECT customers.body FROM customers JOIN orders ON orders.customer_id = customers.id WHERE orders.id = ?"
        row = await self.database.read(lambda t: t.one(sql, order_id))
        return None if row is None else _CUSTOMER.validate_json(str(row[0]))

    async def customer_by_email(self, email: str) -> ShopCustomer | None:
        """The person with that address, whatever its case."""
        row = await self.database.read(lambda t: t.one("SELECT body FROM customers WHERE email = ?", email.strip().lower()))
        return None if row is None else _CUSTOMER.validate_json(str(row[0]))

    async def cart(self, customer_id: str) -> Cart | None:
        """The basket the person left open."""
        row = await self.database.read(lambda t: t.one("SELECT body FROM carts WHERE customer_id = ?", customer_id))
        return None if row is None else _CART.validate_json(str(row[0]))

    async def requests(self, customer_id: str, kind: RequestKind) -> Sequence[ServiceRequest]:
        """What the person has asked for of this kind, the latest first."""
        sql = "SELECT body FROM requests WHERE customer_id = ? AND kind = ? ORDER BY at DESC, id DESC"
        rows = await self.database.read(lambda t: t.many(sql, customer_id, kind))
        return [_REQUEST.validate_json(str(row[0])) for row in rows]

    async def file_request(self, request: ServiceRequest, *, key: str) -> ServiceRequest:
        """Records a request. An invoice's id is the number of its order; asking for it again is a new row of the same invoice."""

        def act(transaction: Transaction) -> ServiceRequest:
            letter = _REQUEST_LETTERS[request.kind]
            number = request.subject.removeprefix("A-") if request.kind == "invoice" else transaction.next_number(letter)
            filed = replace(request, id=f"{letter}-{number}")
            body = _REQUEST.dump_json(filed).decode()
            row = (
                f"{filed.id}/{key}" if request.kind == "invoice" else filed.id,
                filed.customer_id,
                filed.kind,
                filed.at.isoformat(),
                body,
            )
            transaction.insert("requests", [row])
            return filed

        asked = f"file_request {request.customer_id} {request.kind} {request.subject}"
        return await self.database.write(lambda t: t.once(key, asked, _REQUEST, lambda: act(t)))

    async def orders(self, customer_id: str) -> Sequence[Order]:
        """All orders of the person, the latest first."""
        sql = "SELECT body FROM orders WHERE customer_id = ? ORDER BY placed_at DESC"
        rows = await self.database.read(lambda t: t.many(sql, customer_id))
        return [_ORDER.validate_json(str(row[0])) for row in rows]

    async def order(self, customer_id: str, order_id: str) -> Order | None:
        """That order, when it is the person's."""
        return await self.database.read(lambda t: _own_order(t, customer_id, order_id))

    async def cancel_order(self, customer_id: str, order_id: str, *, at: datetime, key: str) -> Order:
        """Cancels an order that is not packed."""
        asked = f"cancel_order {customer_id} {order_id}"
        return await self._change(
            asked, key, (customer_id, order_id, _CHANGEABLE), lambda o: replace(o, status="cancelled", cancelled_at=at)
        )

    async def readdress_order(self, customer_id: str, order_id: str, address: Address, *, key: str) -> Order:
        """Sends an order that is not packed to another address."""
        asked = f"readdress_order {customer_id} {order_id} {address}"
        return await self._change(asked, key, (customer_id, order_id, _CHANGEABLE), lambda o: replace(o, address=address))

    async def reschedule_order(self, customer_id: str, order_id: str, day: date, *, key: str) -> Order:
        """Moves the delivery of an order that is not out for delivery."""
        asked = f"reschedule_order {customer_id} {order_id} {day}"
        return await self._change(asked, key, (customer_id, order_id, _RESCHEDULABLE), lambda o: replace(o, promised=day))

    async def returns(self, customer_id: str) -> Sequence[ReturnCase]:
        """All returns, exchanges and claims of the person, the latest first."""
        sql = "SELECT body FROM returns WHERE customer_id = ? ORDER BY opened_at DESC, id DESC"
        rows = await self.database.read(lambda t: t.many(sql, customer_id))
        return [_RETURN.validate_json(str(row[0])) for row in rows]

    async def open_return(self, customer_id: str, new: NewReturn, *, at: datetime, key: str) -> ReturnCase:
        """Opens a return, exchange or claim."""

        def act(transaction: Transaction) -> ReturnCase:
            order = _own_order(transaction, customer_id, new.order_id)
            if order is None or order.line(new.product_id) is None:
                raise ToolError(f"no such line in order {new.order_id!r}")
            letter = "E" if new.kind == "exchange" else "R"
            case = _case(f"{letter}-{transaction.next_number(letter)}", order, new, at)
            transaction.insert("returns", [_return_row(case)])
            return case

        asked = f"open_return {customer_id} {new}"
        return await self.database.write(lambda t: t.once(key, asked, _RETURN, lambda: act(t)))

    async def cancel_return(self, customer_id: str, return_id: str, *, key: str) -> ReturnCase:
        """Calls off a return that has not been sent."""

        def act(transaction: Transaction) -> ReturnCase:
            row = transaction.one("SELECT body FROM returns WHERE id = ? AND customer_id = ?", return_id, customer_id)
            case = None if row is None else _RETURN.validate_json(str(row[0]))
            if case is None or case.status != "open":
                raise ToolError(f"the return {return_id!r} cannot be called off")
            cancelled = replace(case, status="cancelled")
            transaction.change("UPDATE returns SET live = 0, body = ? WHERE id = ?", _RETURN.dump_json(cancelled).decode(), return_id)
            return cancelled

        return await self.database.write(lambda t: t.once(key, f"cancel_return {customer_id} {return_id}", _RETURN, lambda: act(t)))

    async def _change(self, asked: str, key: str, which: tuple[str, str, tuple[str, ...]], change: Callable[[Order], Order]) -> Order:
        customer_id, order_id, allowed = which

        def act(transaction: Transaction) -> Order:
            order = _own_order(transaction, customer_id, order_id)
            if order is None or order.status not in allowed:
                raise ToolError(f"the order {order_id!r} cannot be changed any more")
            changed = change(order)
            transaction.change("UPDATE orders SET body = ? WHERE id = ?", _ORDER.dump_json(changed).decode(), order_id)
            return changed

        return await self.database.write(lambda t: t.once(key, asked, _ORDER, lambda: act(t)))


def _own_order(transaction: Transaction, customer_id: str, order_id: str) -> Order | None:
    row = transaction.one("SELECT body FROM orders WHERE id = ? AND customer_id = ?", order_id, customer_id)
    return None if row is None else _ORDER.validate_json(str(row[0]))


def _case(id: str, order: Order, new: NewReturn, at: datetime) -> ReturnCase:
    return ReturnCase(
        id=id,
        customer_id=order.customer_id,
        order_id=order.id,
        product_id=new.product_id,
        kind=new.kind,
        status="open",
        reason=new.reason,
        refund=Money(amount=new.refund, currency=order.currency),
        label_fee=Money(amount=new.label_fee, currency=order.currency),
        payment=order.payment,
        opened_at=at,
        send_by=new.send_by,
        wanted=new.wanted,
        ships_on=new.ships_on,
    )


def _return_row(case: ReturnCase) -> Row:
    live = int(case.status != "cancelled")
    cents = int(case.refund.amount * 100)
    body = _RETURN.dump_json(case).decode()
    return (case.id, case.customer_id, case.order_id, case.product_id, live, cents, case.opened_at.isoformat(), body)


def _order_row(order: Order) -> Row:
    paid = int(order.total.amount * 100)
    return (order.id, order.customer_id, order.placed_at.isoformat(), paid, _ORDER.dump_json(order).decode())


def _store(transaction: Transaction, sample: Sample) -> None:
    transaction.insert("counters", _COUNTERS)
    transaction.insert("customers", [(c.id, c.email, _CUSTOMER.dump_json(c).decode()) for c in sample.customers])
    transaction.insert("orders", [_order_row(order) for order in sample.orders])
    transaction.insert("order_lines", [(order.id, line.product_id) for order in sample.orders for line in order.lines])
    transaction.insert("returns", [_return_row(case) for case in sample.returns])
    transaction.insert("carts", [(cart.customer_id, _CART.dump_json(cart).decode()) for cart in sample.carts])
    transaction.insert("stock", [(id, _STOCK.dump_json(level).decode()) for id, level in sample.stock.items()])
