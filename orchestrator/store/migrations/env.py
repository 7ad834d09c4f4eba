"""What Alembic runs: the migrations, on the connection and in the transaction that the caller has open."""

from alembic import context

from orchestrator.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
