from hypothesis import given
from hypothesis import strategies as st

from orchestrator.project.articles import Library
from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import MAX_WORDS, Passage, split_article, split_text


def split(text: str) -> tuple[Passage, ...]:
    return split_text("en/care/kettle", "Kettle", sections(text), "en")


def test_a_passage_per_heading_with_its_address(library: Library):
    article = library.get("en", "returns", "send-something-back")
    assert article is not None
    passages = split_article(article, "CH")
    ids = [passage.id.partition("#")[2] for passage in passages]
    assert ids == ["top", "what-a-return-costs", "how-to-send-it", "what-cannot-come-back"]
    assert passages[1].url == "/help/en/returns/send-something-back#what-a-return-costs"
    assert passages[1].name == "Send something back: What a return costs"
    assert passages[1].plain.replace("\xa0", " ").startswith("The label costs CHF 4.90, taken off your refund.")


def test_headings_below_headings_make_a_path():
    passages = split("## Care\nText.\n### Descaling\nVinegar.\n## Care\nAgain.")
    assert [(passage.anchor, passage.headings) for passage in passages] == [
        ("care", ("Care",)), ("descaling", ("Care", "Descaling")), ("care-2", ("Care",)),
    ]  # fmt: skip


def test_a_hash_in_code_is_no_heading():
    assert [passage.anchor for passage in split("Run:\n\n```\n## not a heading\n```\n")] == ["top"]


def test_accents_and_symbols_leave_readable_anchors():
    assert [passage.anchor for passage in split("## Était-ce l’été ?\nOui.\n## 😀\nText")] == ["etait-ce-l-ete", "section"]


def test_a_long_section_is_cut_at_paragraphs_with_ids_that_count_on():
    passages = split("## Use\n" + "\n\n".join(f"Paragraph {n} " + "word " * 50 for n in range(4)))
    assert [passage.id for passage in passages] == ["en/care/kettle#use", "en/care/kettle#use-2"]
    assert {passage.anchor for passage in passages} == {"use"}


def test_a_heading_named_like_a_continuation_keeps_its_own_id():
    long = "\n\n".join("word " * 100 for _ in range(2))
    ids = [passage.id.partition("#")[2] for passage in split(f"## Use\n{long}\n## Use 2\nText")]
    assert ids == ["use", "use-3", "use-2"]


def test_a_long_list_is_cut_between_items():
    passages = split("\n".join(f"- item {n} " + "word " * 20 for n in range(12)))
    assert len(passages) == 3
    assert all(block.startswith("- item") for passage in passages for block in passage.blocks)


def test_the_digest_changes_with_anything_searched_and_nothing_else():
    first, again, other = split("## A\nText."), split("## A\n\nText."), split("## B\nText.")
    assert first[0].digest == again[0].digest != other[0].digest


LINES = ["## Head", "### Sub", "- item one", "1. first", "Some words here.", "word " * 90, "| a | b |", "```", ""]


@given(st.lists(st.sampled_from(LINES), max_size=20))
def test_ids_are_unique_and_passages_short_whatever_the_text(lines: list[str]):
    passages = split("\n".join(lines))
    assert len({passage.id for passage in passages}) == len(passages) > 0
    for passage in passages:
        assert len(passage.text.split()) <= MAX_WORDS or len(passage.blocks) == 1
