"""Where the possible values of colours, properties, stores, comparisons and exchanges come from."""

from collections.abc import Mapping, Sequence

from orchestrator import Option, ToolContext
from orchestrator.connectors.commerce import Catalogue, Customers, Orders
from orchestrator.connectors.goods import Product, ProductFact, Store
from orchestrator.connectors.purchases import OrderLine

from .lookups import products_of
from .wording import item_name, said_as, words

ALTERNATIVES = 3
EQUIVALENT = (("size", "diameter", "length"), ("capacity", "capacity_grams"))
"""Properties that answer the same question, for different kinds of product."""


async def colours(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """The colours products of the category come in (of all products, when none is named)."""
    found = {
        colour.id: colour
        for product in (await products_of(ctx)).values()
        if filled.get("category") in (None, product.category)
        for colour in product.colours
    }
    return [Option(value=c.id, label=c.names[ctx.language], aliases=tuple(c.names.values())) for c in found.values()]


async def aspects(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """Every property anything has; the product's own come first and keep the words that several properties share."""
    products = await products_of(ctx)
    own = products[filled["product"]].facts if filled.get("product") in products else ()
    facts: dict[str, ProductFact] = {fact.key: fact for fact in own}
    for product in products.values():
        for fact in product.facts:
            facts.setdefault(fact.key, fact)
    taken: set[str] = set()
    options: list[Option] = []
    for fact in facts.values():
        free = _new_words((fact.label[ctx.language], *fact.label.values(), *fact.aliases), taken)
        if free:
            options.append(Option(value=fact.key, label=free[0], aliases=tuple(free[1:])))
    return options


def _new_words(words: Sequence[str], taken: set[str]) -> list[str]:
    """The words that are not taken yet, each once whatever its case; they are taken now."""
    new: list[str] = []
    for word in words:
        if word.casefold() not in taken:
            taken.add(word.casefold())
            new.append(word)
    return new


def fact_of(product: Product, key: str) -> ProductFact | None:
    """The product's fact of that key, or the one that answers the same question."""
    facts = {fact.key: fact for fact in product.facts}
    alike = next((group for group in EQUIVALENT if key in group), ())
    return facts.get(key) or next((facts[other] for other in alike if other in facts), None)


async def comparable_products(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """All other products, those of the same category first."""
    products = await products_of(ctx)
    first = products.get(filled.get("product", ""))
    others = [product for product in products.values() if first is None or product.id != first.id]
    others.sort(key=lambda product: first is not None and product.category != first.category)
    return [Option(value=p.id, label=p.names[ctx.language], aliases=tuple(dict.fromkeys(p.names.values()))) for p in others]


async def store_choices(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001 - the signature of option sources
    """All stores, the customer's nearest and those of their country first."""
    stores = await ctx.connector(Catalogue).stores()
    near = await nearest_store(ctx, await home_postcode(ctx))
    ordered = sorted(stores.values(), key=lambda store: (near is None or store.id != near.id, store.region != ctx.region))
    return [Option(value=s.id, label=s.names[ctx.language], aliases=tuple(dict.fromkeys(s.names.values()))) for s in ordered]


async def home_postcode(ctx: ToolContext) -> str:
    """The verified customer's postcode, or ''."""
    if ctx.customer is None:
        return ""
    customer = await ctx.connector(Customers).shop_customer(ctx.customer.shop_id)
    return customer.address.postcode if customer and customer.region == ctx.region else ""


async def nearest_store(ctx: ToolContext, postcode: str) -> Store | None:
    """The store of the customer's country that serves the postcode; the longest prefix wins."""
    stores = [store for store in (await ctx.connector(Catalogue).stores()).values() if store.region == ctx.region]
    plain = postcode.replace(" ", "").upper()
    fits = [(len(prefix), store) for store in stores for prefix in store.serves if plain and plain.startswith(prefix)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


async def exchange_choices(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """The same again, its other colours, then other products of the category in stock, nearest in price first."""
    order = await ctx.connector(Orders).order(ctx.verified.shop_id, filled.get("order_id", ""))
    line = order.line(filled.get("item", "")) if order else None
    products = await products_of(ctx)
    if order is None or line is None or line.product_id not in products:
        # The tool refuses such an order or item itself; one option keeps the form from asking first.
        return (Option(value="none", label=""),)
    product = products[line.product_id]
    language = ctx.language
    same = Option(
        value=product.id,
        label=f"{product.names[language]} ({words().same_again[language]})",
        aliases=words().same_again_said[language],
    )
    others = [
        Option(value=f"{product.id}:{colour.id}", label=variant_name(ctx, product, colour.id), aliases=(colour.names[language],))
        for colour in product.colours
        if colour.id != line.colour
    ]
    return [same, *others, *await _alternatives(ctx, product, line, order.currency)]


def variant_name(ctx: ToolContext, product: Product, colour_id: str) -> str:
    """The product's name with its colour."""
    colour = next((colour for colour in product.colours if colour.id == colour_id), None)
    name = product.names[ctx.language]
    return f"{name}, {colour.names[ctx.language]}" if colour else name


async def _alternatives(ctx: ToolContext, product: Product, line: OrderLine, currency: str) -> Sequence[Option]:
    products = await products_of(ctx)
    categories = await ctx.connector(Catalogue).categories()
    alike = [other for other in products.values() if other.category == product.category and other.id != product.id]
    stock = await ctx.connector(Catalogue).stock([other.id for other in alike])
    in_stock = [other for other in alike if other.id in stock and stock[other.id].online > 0]
    nearest = sorted(in_stock, key=lambda other: abs(other.prices[currency] - line.unit_price))[:ALTERNATIVES]
    return [Option(value=o.id, label=item_name(ctx, o.id, products), aliases=said_as(ctx, o, categories)) for o in nearest]
