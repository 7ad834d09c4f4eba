"""The tiny project opened outside the test suite: by the fuzzers and the measurements, which have no fixtures."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from orchestrator.assembly import open_house
from orchestrator.graph.context import House
from orchestrator.project.project import Project
from orchestrator.settings import Settings
from tests.projects.tiny_house import NOW, SECRET, TOKEN_KEY, Codes, copy_of_tiny


@asynccontextmanager
async def tiny_house_in(folder: Path, connector: object) -> AsyncGenerator[tuple[House, Settings]]:
    """The house of the tiny project with its data in `folder`; its tools reach `connector`."""
    project = copy_of_tiny(folder / "project")
    settings = Settings(project=project, data_dir=folder / "data", encoder="none", secret=SECRET, token_key=TOKEN_KEY)
    async with open_house(Project.load(project), settings, now=NOW, deliver_code=Codes()) as house:
        yield replace(house, connectors=(connector, *house.connectors)), settings
