"""The documentation says what the code does, and leads where it says."""

import re
from pathlib import Path

import pytest

from tests.unit.docs.coverage import ROWS
from tests.unit.docs.pages import PAGES, ROOT

PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_made_from_code_is_the_committed_one(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), "run: python -m tests.unit.docs.pages"


@pytest.mark.parametrize("page", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_guide_is_covered_without_an_empty_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 52))
    for row in ROWS:
        assert row.says
        assert row.where
        assert (ROOT / row.test).is_file(), row.test


def test_the_first_page_of_the_guide_says_what_is_and_is_not_done() -> None:
    first = (ROOT / "docs/guide/README.md").read_text(encoding="utf-8")
    assert "module optionnel" in first
    assert "Ce qu'elle ne fait pas" in first
