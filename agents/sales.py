"""Before buying: choosing, prices, offers, ways to buy and to pay, stores, delivery promises."""

from orchestrator import Agent, Intent

from .tools.cart import request_discount, show_cart
from .tools.catalogue import find_products, recommend_accessories, suggest_gifts
from .tools.delivery import delivery_estimate
from .tools.products import check_stock, compare_products, product_details, product_price
from .tools.stores import find_store

sales = Agent(
    purpose="Advice before buying: finding and comparing products, prices, stock, gifts, offers, ordering, paying, stores, delivery days.",
    intents=[
        Intent("find_product", action=find_products),
        Intent("product_details", action=product_details),
        Intent("product_price", action=product_price),
        Intent("compare_products", action=compare_products),
        Intent("check_stock", action=check_stock),
        Intent("recommend_accessories", action=recommend_accessories),
        Intent("gift_advice", action=suggest_gifts),
        Intent("delivery_promise", action=delivery_estimate),
        Intent("discount_request", action=request_discount),
        Intent("resume_cart", action=show_cart),
        Intent("how_to_order", topics=["ordering"]),
        Intent("promotions", topics=["offers"]),
        Intent("payment_methods", topics=["payment"]),
        Intent("find_store", action=find_store),
        Intent("custom_sizes", action=product_details, topics=["products"]),
        Intent("loyalty_programme", topics=["loyalty"]),
        Intent("gift_card", topics=["gift-cards"]),
        Intent("business_orders", topics=["business"]),
        Intent("product_origin", topics=["products"]),
        Intent("trial_offer", topics=["returns"]),
    ],
    handoffs=["support", "returns"],
)
