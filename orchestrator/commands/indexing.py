"""`filrouge index`: brings the knowledge base up to date, with a progress bar."""

from orchestrator.assembly import open_knowledge
from orchestrator.commands.running import console, progress
from orchestrator.project.project import Project
from orchestrator.settings import Settings


def index(project: Project, settings: Settings) -> None:
    """Indexes and prints what changed."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with progress("Indexing") as report:
        knowledge = open_knowledge(project, settings, report)
    found = knowledge.report
    knowledge.close()
    console.print(
        f"{found.added + found.kept} passages: {found.added} new or changed, {found.kept} kept, {found.removed} removed.", highlight=False
    )
