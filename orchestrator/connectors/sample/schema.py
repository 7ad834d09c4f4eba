"""The sample shop's tables. Rows keep their value as JSON in `body`, beside the columns that are searched or constrained."""

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
CREATE TABLE orders (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, placed_at TEXT NOT NULL, paid INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX orders_of_customer ON orders (customer_id, placed_at);
CREATE TABLE order_lines (order_id TEXT NOT NULL REFERENCES orders, product_id TEXT NOT NULL, PRIMARY KEY (product_id, order_id)) STRICT;
CREATE INDEX lines_of_order ON order_lines (order_id);
CREATE TABLE returns (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, order_id TEXT NOT NULL REFERENCES orders, product_id TEXT NOT NULL,
    live INTEGER NOT NULL, refund INTEGER NOT NULL CHECK (refund >= 0), opened_at TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX returns_of_customer ON returns (customer_id, opened_at);
CREATE UNIQUE INDEX one_live_return_per_item ON returns (order_id, product_id) WHERE live = 1;
CREATE TRIGGER refunds_capped BEFORE INSERT ON returns
WHEN NEW.refund + (SELECT coalesce(sum(refund), 0) FROM returns WHERE order_id = NEW.order_id AND live = 1)
     > (SELECT paid FROM orders WHERE id = NEW.order_id)
BEGIN SELECT raise(ABORT, 'refunds of an order may not exceed what was paid'); END;
CREATE TABLE carts (customer_id TEXT PRIMARY KEY REFERENCES customers, body TEXT NOT NULL) STRICT;
CREATE TABLE requests (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX requests_of_customer ON requests (customer_id, kind, at);
CREATE TABLE stock (product_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE effects (key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL) STRICT;
"""
