"""Alembic migrations, run when the store is opened; a store that is up to date costs one query."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from orchestrator.errors import SettingsError

HEAD = "0003"
"""The newest revision. Kept here so that Alembic is imported only when there is something to do; a test compares it."""


def upgrade(connection: Connection) -> None:
    """Bring the store to `HEAD`, inside the caller's transaction.

    Raises:
        SettingsError: The store is at a revision this release does not know.
    """
    found = _revision(connection)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SettingsError(
            f"the store is at revision {found!r}, which this release (revision {HEAD!r}) does not know. "
            "It was written by a newer release: install that one, or restore the backup made before the upgrade."
        )
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
