"""The command line: a thin edge over the engine; every command says what it does and how to mend what went wrong."""

from pathlib import Path
from typing import Annotated

import typer

from orchestrator import logs
from orchestrator.commands import chat as chatting
from orchestrator.commands import evaluate, indexing, knowledge, scaffold, serving
from orchestrator.commands.running import Failing, checked_project
from orchestrator.settings import load_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Filrouge: the orchestrator behind connected customer journeys."
)
app.add_typer(evaluate.app, name="eval", help="Measure: reference suites, intents, routing, retrieval.")
app.add_typer(knowledge.app, name="knowledge", help="Import documents as articles, and look the articles through.")
ProjectPath = Annotated[Path | None, typer.Option("--project", "-p", help="The project's folder (default: here).")]


def main() -> None:
    """The command `filrouge`."""
    with Failing():
        logs.configure(load_settings())
        app()


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Write a new project: agents, knowledge, prompts, evals."""
    scaffold.write(directory)


@app.command()
def check(project: ProjectPath = None) -> None:
    """Check a project and report every mistake at once."""
    checked_project(load_settings(), project, report=True)


@app.command()
def serve(
    project: ProjectPath = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).")] = None,
) -> None:
    """Serve the project over HTTP, with a chat page."""
    overrides = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = load_settings(**overrides)
    serving.serve(checked_project(settings, project), settings)


@app.command()
def chat(
    project: ProjectPath = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show agent, intent, confidence and citations.")] = False,
    language: Annotated[str | None, typer.Option(help="en fr de it pt es (default: detected).")] = None,
    customer: Annotated[str | None, typer.Option(help="Sign in as the customer with this e-mail address.")] = None,
) -> None:
    """Talk to the agents in the terminal."""
    settings = load_settings()
    chatting.chat(checked_project(settings, project), settings, chatting.Wish(trace=trace, language=language, customer=customer))


@app.command()
def index(
    project: ProjectPath = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build a damaged or foreign index anew.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write what changed as JSON.")] = None,
) -> None:
    """Index the knowledge base; only what changed is encoded."""
    settings = load_settings()
    indexing.index(checked_project(settings, project), settings, rebuild=rebuild, json_file=json_file)
