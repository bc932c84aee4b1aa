"""Examining a page for what keeps people from using it, with axe-core, which `make` brings by its hash."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

from tests.browser.chromium import REQUIRED
from tests.required import missing

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = frozenset({"serious", "critical"})
RUN = """async (rules) => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations.map(
  (one) => ({id: one.id, impact: one.impact, nodes: one.nodes.map((node) => node.html.slice(0, 120) + " " +
    node.any.concat(node.all, node.none).map((check) => check.message).join(" "))}))"""
UNFOLD = """document.querySelectorAll("details").forEach((each) => {
  each.removeAttribute("name"); each.open = true; })"""
SMALL = """[...document.querySelectorAll("a, button, summary, select, textarea, input")]
  .filter((each) => each.checkVisibility() && each.type !== "checkbox")  // a checkbox is tapped by its label
  .filter((each) => each.getBoundingClientRect().height < 47.5)
  .map((each) => `${each.outerHTML.slice(0, 100)} ${each.getBoundingClientRect().height}`)"""
BEYOND = """[...document.body.querySelectorAll("*")]
  .filter((each) => each.checkVisibility())
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80)).slice(-4)"""


@cache
def _source() -> str:
    if not AXE.exists():
        missing("axe-core is not installed: make install", REQUIRED)
    return AXE.read_text(encoding="utf-8")


async def findings(page: Page) -> list[str]:
    """What is grave, one line each; every fold is opened first, as somebody who looks for it would."""
    await page.evaluate(UNFOLD)
    await page.evaluate(_source())
    found: list[dict[str, object]] = await page.evaluate(RUN, RULES)
    return [f"{each['id']}: {each['nodes']}" for each in found if each["impact"] in GRAVE]


async def beyond(page: Page) -> list[str]:
    """What stands beyond the right edge of the screen, so that one would have to scroll sideways."""
    over: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found: list[str] = await page.evaluate(BEYOND) if over > 0 else []
    return found


async def small_targets(page: Page) -> list[str]:
    """What can be tapped and is lower than 48 points."""
    found: list[str] = await page.evaluate(SMALL)
    return found
