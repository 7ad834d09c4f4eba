"""`filrouge index`: brings the knowledge base up to date, with a progress bar."""

import json
from dataclasses import asdict
from pathlib import Path

from orchestrator.assembly import open_knowledge
from orchestrator.commands.running import console, progress
from orchestrator.project.project import Project
from orchestrator.retrieval.store import clear_store
from orchestrator.settings import Settings


def index(project: Project, settings: Settings, *, rebuild: bool = False, json_file: Path | None = None) -> None:
    """Indexes and prints what changed."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if rebuild:
        clear_store(settings.data_dir / "knowledge")
    with progress("Indexing") as report:
        knowledge = open_knowledge(project, settings, report)
    found = knowledge.report
    knowledge.close()
    console.print(
        f"{found.added + found.kept} passages: {found.added} new or changed, {found.kept} kept, {found.removed} removed.", highlight=False
    )
    if json_file:
        json_file.write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
