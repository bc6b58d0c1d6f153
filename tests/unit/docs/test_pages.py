"""The documentation says what the code does, and leads where it says."""

import re
from pathlib import Path

import pytest

from altior_sellsy.options import Options
from altior_sellsy.timing import Timing
from tests.unit.docs.coverage import ROWS
from tests.unit.docs.field_paths import PATHS
from tests.unit.docs.meanings import OPTIONS, TIMING
from tests.unit.docs.pages import KINDS, PACKAGE, PAGES, ROOT

PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDE = ROOT / "docs" / "guide"
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:toml|md|lock))`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MADE_LATER = ("data/", "./data", "../", ".venv/")
"""Beginnings of quoted paths that an installation makes, or that lie outside."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """As the usual renderers make them: lower case, punctuation gone, spaces as hyphens."""
    names = (
        re.sub(r"[^\w\s-]", "", heading.replace("\N{NO-BREAK SPACE}", " ").lower())
        for heading in HEADING.findall(text_of(page))
    )
    return {name.strip().replace(" ", "-") for name in names}


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_made_from_code_is_the_committed_one(path: str) -> None:
    assert text_of(ROOT / path) == PAGES[path](), "run: python -m tests.unit.docs.pages"


@pytest.mark.parametrize("page", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(text_of(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        leads = page.parent / file if file else page
        assert leads.exists(), target
        assert not anchor or anchor in anchors(leads), target


@pytest.mark.parametrize("page", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_quoted_file_is_there(page: Path) -> None:
    for quoted in QUOTED.findall(text_of(page)):
        if not quoted.startswith(MADE_LATER):
            assert any((base / quoted).exists() for base in (ROOT, PACKAGE, PACKAGE.parent)), quoted


def test_the_guide_is_covered_without_an_empty_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 52))
    assert all(row.says and row.where and row.tests for row in ROWS)


def test_every_test_that_the_coverage_names_exists() -> None:
    for named in {test for row in ROWS for test in row.tests}:
        file, _, name = named.partition("::")
        assert re.search(rf"^(async )?def {name}\(", text_of(ROOT / file), re.MULTILINE), named


def test_every_field_and_every_setting_is_explained() -> None:
    for kind in KINDS:
        assert [field.name for field in kind.fields if field.name not in PATHS[kind.name]] == []
        assert PATHS[kind.name].keys() == {field.name for field in kind.fields}
    assert OPTIONS.keys() == Options.model_fields.keys()
    assert TIMING.keys() == Timing.model_fields.keys()


def test_the_first_page_of_the_guide_says_what_is_and_is_not_done() -> None:
    first = text_of(GUIDE / "README.md")
    assert "module optionnel" in first
    assert "Ce qu’elle ne fait pas" in first or "Ce qu'elle ne fait pas" in first


def test_each_step_of_the_guide_says_where_it_happens() -> None:
    steps = sorted(GUIDE.glob("[0-9][0-9]-*.md"))
    assert [int(step.name[:2]) for step in steps] == list(range(1, 11))
    for step in steps:
        assert re.search(r"^\*\*(Dans Sellsy|Dans Altior|Ici)", text_of(step), re.MULTILINE), step.name


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda p: p.name)
def test_the_guide_keeps_french_typography(page: Path) -> None:
    """No-break spaces inside « » and before : ; ? ! in prose; code keeps its own signs."""
    prose = re.sub(
        r"```.*?```|^    .*$|`[^`\n]*`|\]\([^)]*\)|https?://\S+|^\|[-:| ]+\|$",
        "",
        text_of(page),
        flags=re.DOTALL | re.MULTILINE,
    )
    for number, line in enumerate(prose.splitlines(), 1):
        assert not re.search(r"« | »|(?<!^)[ ](?=[:;?!](\s|$|\*))|\w[;?!](\s|$)", line), f"{page.name}:{number}: {line}"
