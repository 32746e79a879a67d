"""The report's page in a real chromium: accessibility, requests, keyboard, narrow windows and print."""

import os
from pathlib import Path

import pytest
from looking import violations

pytestmark = pytest.mark.xdist_group("report page")
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


def test_axe_finds_no_violation_in_the_dark(page):
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert violations(page) == []
    open_everything(page)
    assert violations(page) == []


def test_axe_would_notice(page):
    page.evaluate("document.querySelector('svg a.row').removeAttribute('aria-label')")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert {one[0] for one in violations(page)} >= {"link-name", "html-has-lang"}


def test_the_first_screen_has_the_course_and_the_changes(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator("#course").bounding_box()["y"] < 200
    table = page.locator("main table").first.bounding_box()
    assert table["y"] + table["height"] < 900


def test_a_value_shows_its_row_to_the_pointer_and_the_keyboard_and_leads_there(page):
    value = page.locator("main td a.row").first
    card = page.locator("#card")
    assert card.is_hidden()
    value.hover()
    told = card.inner_text()
    assert all(word in told for word in ("46", "46 points", "Fu 2025, abstract", "severe skin sclerosis (mRSS 46)"))
    page.keyboard.press("Escape")
    assert card.is_hidden()
    page.locator("#course .screen-wide a.row[href='#row-2']").first.focus()
    assert "Modified Rodnan skin score" in card.inner_text()
    page.keyboard.press("Enter")
    assert page.url.endswith("#row-2") and page.locator("#row-2").is_visible()


def test_a_finger_sees_the_row_first_and_goes_there_with_the_second_tap(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(REPORT.as_uri())
    value = page.locator("main td a.row").first
    value.tap()
    assert page.locator("#card").is_visible() and "#" not in page.url
    value.tap()
    assert page.url.endswith("#row-2") and page.locator("#row-2").is_visible()
    context.close()


def test_after_a_finger_the_keyboard_shows_the_row_of_what_it_stands_on(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(REPORT.as_uri())
    values = page.locator("main td a.row")
    values.first.tap()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused != values.first.get_attribute("href")
    line = page.locator("#card dd").first.inner_text()
    assert focused == f"#row-{line}"
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1366, 650), (375, 812), (375, 400)])
def test_the_card_of_a_value_stays_in_the_window_and_leaves_its_link_in_sight(page, width, height):
    """Of two rows as well, as "46, then 32 points" has, wherever on the screen its link is."""
    page.set_viewport_size({"width": width, "height": height})
    link, card = page.locator("main a.row[data-rows='2 15']").first, page.locator("#card")
    for where in ("start", "center", "end"):
        page.keyboard.press("Escape")
        link.evaluate(
            "(one, block) => { one.blur(); one.scrollIntoView({ block }); one.focus({ preventScroll: true }); }", where
        )
        assert "46 points" in card.inner_text() and "32 points" in card.inner_text()
        shown, at = card.bounding_box(), link.bounding_box()
        assert shown["x"] >= 0 and shown["x"] + shown["width"] <= width
        assert shown["y"] >= 0 and shown["y"] + shown["height"] <= height
        assert shown["y"] >= at["y"] + at["height"] or shown["y"] + shown["height"] <= at["y"]
        # What has no room can be scrolled to.
        assert card.evaluate(
            "one => one.scrollHeight <= one.clientHeight || getComputedStyle(one).overflowY === 'auto'"
        )


def test_an_address_that_is_no_address_does_not_stop_the_page(page):
    page.goto(f"{REPORT.as_uri()}#100%")
    page.reload()
    page.locator("main td a.row").first.hover()
    assert page.locator("#card").is_visible() and page.told == []


def test_without_scripts_values_are_links_and_the_contents_are_there(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(REPORT.as_uri())
    assert page.locator("#contents-list").is_visible() and page.locator("#contents-button").is_hidden()
    assert page.locator("main td a.row").first.get_attribute("href") == "#row-2"
    context.close()


def test_on_a_small_screen_the_contents_are_behind_a_button(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("#contents-list").is_hidden()
    page.locator("#contents-button").click()
    assert page.locator("#contents-list").is_visible()


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
    assert page.locator("nav").is_hidden() and page.locator("details.notebook").first.is_hidden()
    assert page.locator("#course").is_visible() and page.locator("#results").is_visible()
    # A citation number is of use beside the work that it stands for: the list is folded on the screen alone.
    works = page.locator("main details.printed li")
    assert works.count() > 1 and all(work.is_visible() for work in works.all())
    heads = page.locator("main details.printed summary")
    assert heads.count() == 2 and not any(head.is_visible() for head in heads.all())
    claims = page.locator("main details.printed tbody tr")
    assert claims.count() > 1 and all(claim.is_visible() for claim in claims.all())
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")
    assert works.first.is_hidden()


def test_the_references_are_printed_where_a_browser_prints_nothing_that_is_folded(page):
    """Firefox and older browsers: the page unfolds claims and works for the printer, and folds them again."""
    folded = page.locator("main details.printed")
    assert folded.count() == 2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.evaluate_all("each => each.every(one => one.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.evaluate_all("each => each.every(one => !one.open)")


def test_on_a_telephone_figures_are_drawn_for_it_and_recorded_rows_are_cards(page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_everything(page)
    # The smallest letters of a figure are 6 points; how many pixels high are they here?
    heights = page.evaluate(
        "[...document.querySelectorAll('.screen-narrow svg')].map(one => "
        "6 * one.getBoundingClientRect().width / one.viewBox.baseVal.width)"
    )
    assert len(heights) == 9 and min(heights) >= 10, heights
    assert page.locator(".screen-wide svg").first.is_hidden()
    cell = page.locator("#row-2 td").first
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"line: "'
    assert all(page.locator(f"#row-{line}").bounding_box()["width"] <= 390 for line in (2, 18))
    assert page.locator("#row-2").get_attribute("role") == "row"
