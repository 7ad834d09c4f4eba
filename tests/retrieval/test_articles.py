from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.project.articles import Library, read_articles
from orchestrator.project.policy import Policy

Write = Callable[[str, str], Path]
HEAD = "---\ntitle: Delivery\n---\n"


def render(write: Write, policy: Policy, body: str, region: str | None, language: str = "en") -> str:
    library = read_articles(write(f"{language}/delivery/costs.md", HEAD + body), policy)
    assert library.mistakes == ()
    return library.articles[0].render(region).strip().replace("\xa0", " ").replace("\u202f", " ")


def mistakes(write: Write, policy: Policy, text: str, place: str = "en/delivery/costs.md") -> list[str]:
    folder = write(place, text)
    return [str(mistake).removeprefix(f"{folder}/") for mistake in read_articles(folder, policy).mistakes]


def test_the_fixture_articles_are_all_read_without_a_mistake(library: Library):
    assert library.mistakes == ()
    assert len(library.articles) == 20
    assert library.topics == {"returns", "delivery", "care", "warranty", "payment", "loyalty"}


def test_an_article_has_its_place_and_front_matter(library: Library):
    article = library.get("en", "returns", "send-something-back")
    assert article is not None
    assert (article.key, article.title, article.intents) == (
        "en/returns/send-something-back", "Send something back", ("return_policy", "open_return"),
    )  # fmt: skip
    assert str(article.updated) == "2026-11-01"


@pytest.mark.parametrize(
    ("language", "region", "expected"),
    [
        ("en", "CH", "CHF 7.90"), ("fr", "CH", "CHF 7.90"), ("fr", "FR", "6,90 €"), ("de", "DE", "6,90 €"), ("pt", "BR", "R$ 49"),
        ("en", "GB", "£5.90"), ("es", "US", "USD 9.90"),
    ],
)  # fmt: skip
def test_an_amount_is_written_as_the_region_writes_it(write: Write, policy: Policy, language: str, region: str, expected: str):
    found = render(write, policy, "{{ policy.delivery.standard_fee | money }}", region, language)
    assert found in {expected, expected.replace("USD ", "$")}


def test_without_a_region_all_currencies_are_listed(write: Write, policy: Policy):
    found = render(write, policy, "{{ policy.delivery.free_from | money }}", None)
    assert found == "CHF 80 / €80 / £70 / $100 / R$400"


@pytest.mark.parametrize(("region", "expected"), [("CH", "2–3"), ("FR", "3–5"), (None, "3–5")])
def test_a_span_is_the_regions_own_or_the_default(write: Write, policy: Policy, region: str | None, expected: str):
    assert render(write, policy, "{{ policy.delivery.standard_days | span }}", region) == expected


@pytest.mark.parametrize(
    ("language", "region", "end"), [("de", "CH", "twint, postfinance und invoice"), ("en", "US", "pay, and google pay")]
)
def test_lists_are_joined_as_the_language_does(write: Write, policy: Policy, language: str, region: str, end: str):
    assert render(write, policy, "{{ policy.payment.methods | here | listed }}", region, language).endswith(end)


def test_a_region_sees_only_its_own_parts(write: Write, policy: Policy):
    body = "Always.\n{% if region == 'CH' %}\nOnly here.\n{% endif %}\n"
    assert render(write, policy, body, "CH") == "Always.\nOnly here."
    assert render(write, policy, body, "FR") == "Always."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No front matter.", "en/delivery/costs.md:1: there is no front matter."),
        ("---\nintents: [a]\n---\nBody", "en/delivery/costs.md:1: 'title': field required."),
        ("---\ntitle: A\ntopic: b\n---\nBody", "en/delivery/costs.md:3: 'topic': extra inputs are not permitted."),
        ("---\ntitle: A: b\n---\nBody", "en/delivery/costs.md:2: the front matter is not YAML: mapping values are not allowed here."),
        ("---\ntitle: A\nregions: [XX]\n---\nBody", "en/delivery/costs.md:1: unknown region 'XX'."),
        ("---\ntitle: A\n---\n \n", "en/delivery/costs.md:4: the article has no body."),
        (HEAD + "Fine.\n\n{{ policy.delivery.standrd_days }}", "en/delivery/costs.md:6: unknown policy name "
         "'policy.delivery.standrd_days'. Did you mean 'policy.delivery.standard_days'?"),
        (HEAD + "{{ policy.delivery.free_from }}", "en/delivery/costs.md:4: 'policy.delivery.free_from' is not one value."),
        (HEAD + "{{ policy.payment.instalments }}", "en/delivery/costs.md:4: [3, 6] cannot be printed as it is."),
        (HEAD + "{{ policy.delivery.express_fee | money }}", "en/delivery/costs.md:4: there is no amount in EUR for the region 'FR'."),
        (HEAD + "{{ price }}", "en/delivery/costs.md:4: 'price' is undefined."),
        (HEAD + "ok\n{% if region %}", "en/delivery/costs.md:5: the template cannot be read:"),
        (HEAD + "## {{ policy.returns.window_days }} days\nText", "en/delivery/costs.md:4: a heading with a policy value"),
        (HEAD + "{{ ''.__class__.__mro__ }}", "en/delivery/costs.md:4: access to attribute '__class__'"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_line_and_remedy(write: Write, policy: Policy, text: str, expected: str):
    found = mistakes(write, policy, text)
    assert any(mistake.startswith(expected) for mistake in found), found


@pytest.mark.parametrize("place", ["en/costs.md", "nl/delivery/costs.md", "en/delivery/Costs Now.md", "en/a/b/costs.md"])
def test_an_article_in_the_wrong_place_is_a_mistake(write: Write, policy: Policy, place: str):
    assert len(mistakes(write, policy, HEAD + "Body", place)) == 1


def test_a_slug_is_used_once_per_language(write: Write, policy: Policy):
    write("fr/delivery/costs.md", HEAD + "Corps")
    write("en/delivery/costs.md", HEAD + "Body")
    found = mistakes(write, policy, HEAD + "Body", "en/orders/costs.md")
    assert found == ["en/orders/costs.md:1: slug 'costs' is already used by en/delivery/costs.md. Rename one of them."]


def test_all_mistakes_are_reported_and_good_articles_kept(write: Write, policy: Policy):
    write("en/delivery/a.md", "no")
    write("en/delivery/b.md", "---\n---\nBody")
    library = read_articles(write("en/delivery/c.md", HEAD + "Body"), policy)
    assert len(library.mistakes) == 2
    assert [article.slug for article in library.articles] == ["c"]


def test_a_file_that_is_not_utf_8_or_points_elsewhere_is_a_mistake(write: Write, policy: Policy, tmp_path: Path):
    folder = write("en/delivery/good.md", HEAD + "Body")
    (folder / "en/delivery/latin.md").write_bytes(b"---\ntitle: \xe9\n---\n")
    (tmp_path / "secret.md").write_text(HEAD + "Secret")
    (folder / "en/delivery/link.md").symlink_to(tmp_path / "secret.md")
    library = read_articles(folder, policy)
    assert [article.slug for article in library.articles] == ["good"]
    assert [mistake.path.name for mistake in library.mistakes] == ["latin.md", "link.md"]
