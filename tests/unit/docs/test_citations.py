"""Whoever meets «R4» or «design 7.3» in a source finds in a page what it means."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/citations.md").read_text("utf-8")
CITED = re.compile(r"\b(?:R(\d{1,2})\b|(design|histories|FACTS|rules),? (?:section )?(\d{1,2}(?:\.\d)?)\b)")


def cited(text: str) -> set[str]:
    return {f"R{rule}" if rule else f"{paper} {place}" for rule, paper, place in CITED.findall(text)}


def test_what_the_sources_cite_is_told_in_a_page() -> None:
    told = cited(PAGE) | {f"design {place}" for place in re.findall(r"\((7\.\d)\)", PAGE)}
    told |= {"rules 4.5"} if "4.5:" in PAGE else set()
    found = {
        one: path.name
        for folder in ("src", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for one in cited(path.read_text("utf-8"))
    }
    assert len(found) > 40
    assert {one: where for one, where in found.items() if one not in told} == {}
