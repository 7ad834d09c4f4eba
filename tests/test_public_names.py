"""What a project may import, decided by hand."""

import subprocess
import sys
from types import ModuleType

import orchestrator

NAMES = (
    "Agent", "Amount", "CategoryId", "Day", "Email", "Intent", "Money", "Option", "OptionId", "OrderId", "Phone", "Postcode",
    "ProductId", "ProjectError", "Quantity", "ReturnId", "Text", "Tool", "ToolContext", "ToolError", "ToolRefused", "tool",
)  # fmt: skip
HEAVY = ("langgraph", "chromadb", "numpy", "sklearn", "fastapi", "openai", "sqlalchemy", "structlog", "uvicorn")


def test_the_public_names_are_these_and_no_others() -> None:
    assert tuple(orchestrator.__all__) == NAMES
    found = [name for name, value in vars(orchestrator).items() if name[0] != "_" and not isinstance(value, ModuleType)]
    assert sorted(found) == sorted(NAMES)


def test_importing_the_names_is_light() -> None:
    script = f"import sys, orchestrator; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
