"""The report's page in a real chromium: accessibility, requests, keyboard, narrow windows and print."""

import os
from pathlib import Path

import pytest
from looking import violations

REPORT = Path(os.environ["REPORT"]).resolve()


@pytest.fixture
def page(page):
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(REPORT.as_uri())
    return page


def open_everything(page):
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_axe_finds_no_violation_closed_or_open(page):
    assert violations(page) == []
    open_everything(page)
    assert violations(page) == []


def test_axe_would_notice(page):
    page.evaluate("document.querySelector('svg[role=img]').removeAttribute('aria-labelledby')")
    page.evaluate("document.querySelectorAll('svg[role=img] > title')[0].remove()")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert {one[0] for one in violations(page)} >= {"svg-img-alt", "html-has-lang"}


def test_nothing_is_fetched_and_nothing_complains(page):
    open_everything(page)
    assert page.asked == [REPORT.as_uri()] and page.told == []


def test_the_keyboard_reaches_everything(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    first = page.locator("details > summary").first
    first.focus()
    page.keyboard.press("Enter")
    assert first.evaluate("one => one.parentElement.open")
    # What scrolls sideways can be scrolled without a mouse.
    open_everything(page)
    stuck = page.evaluate(
        "[...document.querySelectorAll('.output, pre')].filter(one => one.scrollWidth > one.clientWidth + 1 "
        "&& one.tabIndex < 0).map(one => one.outerHTML.slice(0, 80))"
    )
    assert stuck == []


@pytest.mark.parametrize("width", [1200, 600, 320])
def test_a_narrow_window_or_zoom_needs_no_sideways_scrolling_of_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_without_code_and_contents(page):
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden() and page.locator("details").first.is_hidden()
    assert page.locator("#summary").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
