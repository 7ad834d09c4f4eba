"""What is wrong in a project is said at load: every mistake at once, each with its file, its line and what to do."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator import ProjectError
from orchestrator.errors import Mistake
from orchestrator.project.project import FOLDERS, Project
from tests.projects.tiny_house import ROOT

RENTAL, REPAIRS, POLICY = "agents/rental.py", "agents/tools/repairs.py", "agents/policy.yaml"
EXAMPLES, EN, FR = "agents/intents/rental.yaml", "prompts/replies/en.yaml", "prompts/replies/fr.yaml"
PRICES, SUITE = "knowledge/en/renting/prices.md", "evals/smoke.yaml"
BOOKING = 'def book_repair(ctx: ToolContext, day: Day) -> Booking:\n    """Book a day in the workshop."""\n    '
NO_WORDS = """    en:
      - a
    fr:
      - b
"""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One slip of the pen: in `file`, `old` became `new`; the mistake is shown at the line that holds `at` and says all of `says`."""

    file: str
    old: str
    new: str
    at: str
    says: tuple[str, ...]
    shown_in: str = ""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "projects" / "tiny", tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "shop"


def edit(project: Path, file: str, old: str, new: str) -> None:
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def mistakes(project: Path) -> tuple[Mistake, ...]:
    with pytest.raises(ProjectError) as caught:
        Project.load(project)
    return caught.value.mistakes


SLIPS = {
    "a handoff to nobody": Slip(
        file=RENTAL, old='handoffs=["workshop"]', new='handoffs=["workshp"]', at="workshp",
        says=("agent 'rental' hands off to 'workshp'", "Did you mean 'workshop'?"),
    ),
    "a tool without a docstring": Slip(
        file=REPAIRS, old='    """How far the repair of a bicycle is."""\n', new="", at='@tool(refusals=("not_here",))',
        says=("tool 'repair_status' has no docstring", "Say in one sentence what it does"),
    ),
    "a parameter without a type": Slip(
        file=REPAIRS, old="ctx: ToolContext, order_id: OrderId) -> Repair", new="ctx: ToolContext, order_id) -> Repair",
        at='@tool(refusals=("not_here",))', says=("parameter 'order_id' has no type", "Use OrderId"),
    ),
    "a parameter no form can ask for": Slip(
        file=REPAIRS, old="ctx: ToolContext, order_id: OrderId) -> Repair", new="ctx: ToolContext, order_id: float) -> Repair",
        at='@tool(refusals=("not_here",))', says=("parameter 'order_id' has the type", "no form can ask for", "Use OrderId"),
    ),
    "a tool that is not async": Slip(
        file=REPAIRS, old=f"async {BOOKING}await ", new=BOOKING,
        at="@tool(effect=True, confirm=True)", says=("tool 'book_repair' is not async", "Write `async def book_repair`"),
    ),
    "a confirmation without a preview": Slip(
        file=REPAIRS, old="@book_repair.preview\n", new="", at="@tool(effect=True, confirm=True)",
        says=("needs a confirmation but has no preview", "Add `@book_repair.preview`"),
    ),
    "a tool without a result": Slip(
        file=REPAIRS, old="order_id: OrderId) -> Repair:", new="order_id: OrderId):", at='@tool(refusals=("not_here",))',
        says=("tool 'repair_status' declares no result type", "Return a frozen dataclass"),
    ),
    "an agent's file that cannot be loaded": Slip(
        file=REPAIRS, old="from datetime import date\n", new="from datetime import dat\n", at="datetime import dat",
        says=("cannot be loaded: ImportError", "run `filrouge check` again"),
    ),
    "an agent's file with a syntax error": Slip(
        file=RENTAL, old="intents=[", new="intents=[)", at="intents=[)", says=("cannot be loaded: SyntaxError",),
    ),
    "a file that defines no agent": Slip(
        file=RENTAL, old="rental = Agent(", new="renting = Agent(", at='"""Bicycles', says=("defines no agent", "Write `rental = Agent("),
    ),
    "an intent that nothing answers": Slip(
        file=RENTAL, old='Intent("deposit", topics=["renting"])', new='Intent("deposit")', at='Intent("deposit")',
        says=("intent 'deposit' has neither an action nor topics", "Give it one"),
    ),
    "a topic without articles": Slip(
        file=RENTAL, old='Intent("deposit", topics=["renting"])', new='Intent("deposit", topics=["rentin"])', at='"rentin"',
        says=("leans on the topic 'rentin'", "Did you mean 'renting'?"),
    ),
    "an intent of two agents": Slip(
        file=RENTAL, old='Intent("deposit"', new='Intent("parking", topics=["visiting"]),\n        Intent("deposit"',
        shown_in="agents/workshop.py", at='Intent("parking"', says=("intent 'parking' belongs to 'rental' already",),
    ),
    "examples of an unknown intent": Slip(
        file=EXAMPLES, old="\ndeposit:", new="\ndeposits:", at="deposits:",
        says=("agent 'rental' has no intent 'deposits'", "Did you mean 'deposit'?"),
    ),
    "an intent without examples": Slip(
        file=EXAMPLES, old="\ndeposit:", new="\ndeposits:", shown_in=RENTAL, at='Intent("deposit"',
        says=("intent 'deposit' has no examples", "Write them in agents/intents/rental.yaml"),
    ),
    "too few examples": Slip(
        file=EXAMPLES, old="\ndeposit:", new=f"\nfew:\n  label: {{en: Few, fr: Peu}}\n  examples:\n{NO_WORDS}deposit:", at="few:",
        says=("intent 'few' has 2 examples", "Write at least 5"),
    ),
    "a label that is missing": Slip(
        file=EXAMPLES, old="fr: ", new="xx: ", at="xx: ", says=("unknown language 'xx'", "Use one of en, fr, de, it, pt, es"),
    ),
    "a text that is missing in one language": Slip(
        file=FR, old="  goodbye:", new="  goodbyes:", at="engine:", says=("the text 'engine.goodbye' is missing", "Write it in fr"),
    ),
    "a text that nothing uses": Slip(
        file=EN, old="  not_here:", new='  not_her: "Not her."\n  not_here:', at="not_her:",
        says=("the text 'refusals.not_her' is used by nothing", "Did you mean 'refusals.not_here'?"),
    ),
    "a variable of a reply that nothing provides": Slip(
        file=EN, old="{{ left }}", new="{{ remaining }}", at="{{ remaining }}",
        says=("tools.repair_status.done: nothing provides remaining", "Use channel, company, left"),
    ),
    "a reply that is no template": Slip(
        file=EN, old="{{ left }}", new="{{ left }", at="{{ left }", says=("tools.repair_status.done: not a valid template",),
    ),
    "a variable of a prompt that nothing provides": Slip(
        file="prompts/rental.md", old="{{ company }}", new="{{ shop }}", at="{{ shop }}",
        says=("uses the variable 'shop'", "Use one of", "company"),
    ),
    "an article without a title": Slip(
        file=PRICES, old="title: Renting a bicycle\n", new="", at="---", says=("'title'", "only title is required"),
    ),
    "an article that names no rule": Slip(
        file=PRICES, old="policy.rental.day_price | money }} for a day", new="policy.rental.dayprice | money }} for a day",
        at="policy.rental.dayprice", says=("unknown policy name 'policy.rental.dayprice'", "Did you mean 'policy.rental.day_price'?"),
    ),
    "YAML that cannot be read": Slip(
        file=FR, old="  goodbye:", new="  goodbye: Salut: ", at="Salut", says=("not valid YAML", "Check the indentation"),
    ),
    "a key that stands twice": Slip(
        file=EN, old="  thanks:", new='  greeting: "Hi."\n  thanks:', at='  greeting: "Hi."', says=("'greeting' stands twice", "Keep one"),
    ),
    "a policy out of bounds": Slip(
        file=POLICY, old="coverage: 0.95", new="coverage: 95", at="coverage: 95", says=("routing.coverage: ", "less than 1", "(found 95)"),
    ),
    "a policy with an unknown key": Slip(
        file=POLICY, old="default_region:", new="defaut_region: CH\ndefault_region:", at="defaut_region",
        says=("defaut_region: ", "not permitted"),
    ),
    "a suite that names no intent": Slip(
        file=SUITE, old="intent: rental_price", new="intent: rent_price", at="- say:",
        says=("expects the intent 'rent_price', which the project does not have",),
    ),
    "a suite that names no agent": Slip(
        file=SUITE, old="agent: rental", new="agent: renters", at="- say:", says=("expects the agent 'renters'",),
    ),
    "a suite that names no tool": Slip(
        file=SUITE, old="cites:", new="calls: [rent_bike], cites:", at="- say:", says=("expects the tool 'rent_bike'",),
    ),
    "a suite with an unknown expectation": Slip(
        file=SUITE, old="cites:", new="quotes:", at="quotes:", says=("quotes", "not permitted"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_every_mistake_is_shown_at_its_place_with_its_remedy(project: Path, slip: Slip) -> None:
    edit(project, slip.file, slip.old, slip.new)
    place = project / (slip.shown_in or slip.file)
    line = next(number for number, row in enumerate(place.read_text(encoding="utf-8").splitlines(), 1) if slip.at in row)
    found = mistakes(project)
    fitting = [mistake for mistake in found if all(words in mistake.text for words in slip.says)]
    assert [(mistake.path, mistake.line) for mistake in fitting] == [(place, line)], "\n".join(map(str, found))


def test_all_mistakes_are_reported_at_once_in_order(project: Path) -> None:
    edit(project, RENTAL, 'handoffs=["workshop"]', 'handoffs=["workshp"]')
    edit(project, EN, "{{ left }}", "{{ remaining }}")
    edit(project, PRICES, "title: Renting a bicycle\n", "")
    (project / "prompts" / "workshop.md").unlink()
    found = mistakes(project)
    assert [mistake.path.relative_to(project).as_posix() for mistake in found if mistake.line] == sorted(
        {RENTAL, EN, PRICES, "prompts/workshop.md"}
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_missing_folder_is_named_with_where_to_start(project: Path, folder: str) -> None:
    shutil.rmtree(project / folder)
    assert any(f"the folder {folder}/ is missing. Start from `filrouge init DIR`" in mistake.text for mistake in mistakes(project))


def test_a_folder_that_is_no_project_says_what_is_missing(tmp_path: Path) -> None:
    assert len(mistakes(tmp_path)) == len(FOLDERS) + 1


def test_a_file_that_cannot_be_loaded_is_not_followed_by_what_it_would_have_declared(project: Path) -> None:
    edit(project, REPAIRS, "from datetime import date\n", "from datetime import dat\n")
    assert len(mistakes(project)) == 1


def test_nothing_is_wrong_with_the_project_of_these_tests(project: Path) -> None:
    loaded = Project.load(project)
    assert sorted(loaded.agents) == ["rental", "workshop"]
    assert (loaded.languages, loaded.owners["parking"]) == (("en", "fr"), "workshop")
    assert loaded.label("parking", "fr") == "Se garer au magasin"
    assert loaded.label("parking", "de") == "Parking at the shop"


def test_two_projects_side_by_side_do_not_mix(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(project, other)
    edit(other, REPAIRS, "How far the repair of a bicycle is.", "Where a boat is.")
    first, second, again = Project.load(project), Project.load(other), Project.load(project)
    told = [loaded.tools["repair_status"].description for loaded in (first, second, again)]
    assert told == ["How far the repair of a bicycle is.", "Where a boat is.", "How far the repair of a bicycle is."]
    assert first.tools["repair_status"].result is not second.tools["repair_status"].result
    assert first.fingerprint() != second.fingerprint()
    assert first.fingerprint() == replace(again).fingerprint()


def test_an_edited_agent_is_seen_at_the_next_load(project: Path) -> None:
    assert Project.load(project).agents["rental"].purpose == "Renting bicycles: prices, deposit, opening hours."
    edit(project, RENTAL, "Renting bicycles: prices, deposit, opening hours.", "Renting bicycles and boats.")
    assert Project.load(project).agents["rental"].purpose == "Renting bicycles and boats."
