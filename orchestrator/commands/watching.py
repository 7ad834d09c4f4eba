"""A running service takes up articles that are added, changed or deleted, without a restart."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
import structlog

from orchestrator.retrieval import KnowledgeBase

SECONDS = 15.0
"""Between two looks: a deleted article is gone from answers and help centre within these and the time one look takes."""
log = structlog.get_logger()


@asynccontextmanager
async def watched(knowledge: KnowledgeBase, seconds: float = SECONDS) -> AsyncGenerator[None, None]:
    """Looks for changed articles as long as it is entered."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch, knowledge, seconds)
        yield
        tasks.cancel_scope.cancel()


async def _watch(knowledge: KnowledgeBase, seconds: float) -> None:
    while True:
        await anyio.sleep(seconds)
        try:
            changed = await anyio.to_thread.run_sync(knowledge.refresh)
        except Exception:  # the articles of before go on answering; the next look may succeed
            log.exception("the articles could not be read again")
            continue
        if changed:
            found = knowledge.report
            log.info("articles changed", added=found.added, kept=found.kept, removed=found.removed)
            for mistake in knowledge.library.mistakes:
                log.warning("an article is wrong and stays as it was", mistake=str(mistake))
