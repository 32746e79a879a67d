"""The page without Jupyter in a real chromium: every control, the grid, files in and out, keyboard, axe, zoom."""

import contextlib
import http.server
import io
import json
import re
import threading
import zipfile

import openpyxl
import psutil
import pytest
from looking import ROOT, serving, violations

from casetimeline.case.author import new_case
from casetimeline.case.form.about import parse_about
from casetimeline.case.tables.dialect import read_rows

DATA = ROOT / "data"
BUSY = ".ct-page[data-busy]"


@pytest.fixture(scope="module")
def server():
    with serving("casetimeline", "app", "--data", str(DATA), "--case", "fu-2025", "--port", "0") as process:
        process.address = re.search(r"http://\S+", process.stdout.readline())[0]
        yield process
        process.terminate()
        process.stdout.read()


@pytest.fixture
def app(page, server):
    page.goto(server.address)
    settled(page)
    yield page
    # Whatever was done: no other host, and nothing said to the console.
    host = server.address.split("/")[2]
    assert {address.split("/")[2] for address in page.asked if not address.startswith("data:")} <= {host}
    assert page.told == []


def settled(page):
    """Wait until what was asked is answered."""
    page.locator(".ct-picture svg").wait_for()
    page.locator(BUSY).wait_for(state="detached")


def until(page, expression):
    """Wait until an expression holds; the page's rules forbid the script that `wait_for_function` waits with."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not so after 30 s: {expression}")


def choose(page, label, value):
    page.get_by_label(label, exact=True).select_option(value)
    settled(page)


def open_files(page, *files):
    page.get_by_label("Open a workbook").set_input_files(list(files))


def alert(page):
    """What is wrong, once something is."""
    told = page.get_by_role("alert")
    told.locator("p").first.wait_for()
    return told.inner_text()


def status(page):
    return page.locator(".ct-status").inner_text()


def saved(page, name):
    """The file that a button downloads."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def row_of(page, line):
    cells = page.get_by_role("button", name=re.compile(rf"^Line {line}:")).locator("xpath=ancestor::tr").locator("td")
    return cells.all_inner_texts()


def as_file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_it_opens_on_the_index_case_with_its_values(app):
    assert app.get_by_role("heading", name="Course, case fu-2025").is_visible()
    assert status(app) == "Shown: Course, case fu-2025, 17 rows of the timeline"
    # By hand from data/fu-2025/timeline.csv: 46 then 32, 923 U/L then not reported.
    assert "46 points" in row_of(app, 2) and "923 U/L" in row_of(app, 3)
    assert "-14 points (-30.4 %)" in row_of(app, 15) and "not reported" in row_of(app, 16)
    assert "Cyclophosphamide" in row_of(app, 12)
    assert app.locator(".ct-command").inner_text() == "make report CASE=fu-2025"


def test_every_entry_of_every_control_draws(app):
    """Each entry that can be chosen is chosen once; after each the page shows a figure and says which."""
    for label in ("Figure", "Measure", "Baseline", "Reference treatment", "Time axis", "Preset for export", "Case"):
        if label == "Measure":
            choose(app, "Figure", "measure")
        entries = app.get_by_label(label, exact=True).locator("option:enabled")
        for value in [entries.nth(i).get_attribute("value") for i in range(entries.count())]:
            choose(app, label, value)
            assert app.get_by_label(label, exact=True).input_value() == value
            assert status(app).startswith("Shown: ") and not app.get_by_role("alert").inner_text()
            title = app.locator(".ct-picture svg title").text_content()
            assert title == app.locator(".ct-figure h2").inner_text()
    assert "case ujkz10974" in status(app)


def test_what_a_case_cannot_have_is_barred_with_the_reason(app):
    days = app.get_by_label("Time axis").locator("option[value=days]")
    assert days.is_disabled() and "no time that gives a day" in days.inner_text()


def test_choices_are_in_the_command_and_in_the_export(app):
    choose(app, "Figure", "measure")
    choose(app, "Baseline", "phase=1")
    choose(app, "Time axis", "order")
    choose(app, "Preset for export", "screen")
    for box in app.locator(".ct-rules input").all():
        if box.get_attribute("value") not in ("response", "error"):
            box.uncheck()
            settled(app)
    command = "make report CASE=fu-2025 BASELINE=phase=1 AXIS=order RULES=response,error PRESET=screen"
    assert app.locator(".ct-command").inner_text() == command
    app.get_by_role("button", name="Copy the command").click()
    app.get_by_text("The command is copied").wait_for()
    assert app.evaluate("navigator.clipboard.readText()") == command
    name, content = saved(app, "Export figures")
    assert name == "fu-2025-01_skin.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert archive.read("fu-2025/parameters.txt").decode().splitlines()[-1] == command
        assert archive.read("fu-2025/data/fu-2025/timeline.csv") == (DATA / "fu-2025/timeline.csv").read_bytes()
        assert archive.read("fu-2025/figures/screen/01_skin.png").startswith(b"\x89PNG")
    assert sum(name.endswith(".svg") for name in names) == 9


def test_no_rule_at_all_is_every_rule(app):
    choose(app, "Case", "ujkz10974")
    for box in app.locator(".ct-rules input").all():
        # The last one is set again before it could be looked at.
        box.click()
        settled(app)
    assert status(app).startswith("At least one kind of rule is asked for; all are. Shown: ")
    assert all(box.is_checked() for box in app.locator(".ct-rules input").all())
    assert "RULES" not in app.locator(".ct-command").inner_text()


def test_a_mark_that_is_pointed_at_tells_what_stands_behind_it(app):
    choose(app, "Figure", "measure")
    mark = app.locator('[id$="ct.value.mrss.15"]')
    # Under the ring that marks the lowest value.
    mark.hover(force=True)
    tip = app.locator(".ct-tip")
    assert tip.is_visible()
    told = tip.inner_text()
    for words in (
        "32 points",
        "exactly 32 points",
        "-14 points (-30.4 %)",
        "value reported",
        "Fu 2025, abstract",
        "mRSS reduced to 32",
    ):
        assert words in told
    assert app.locator(".ct-detail dl").inner_text() == told
    # Once it is pressed, the row has the focus.
    app.mouse.down()
    app.mouse.up()
    assert app.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Line 15:")
    app.keyboard.press("Escape")
    assert tip.is_hidden()
    app.locator(".ct-about").scroll_into_view_if_needed()
    # Of bands within bands the innermost around the pointer: the measurement error of one examiner is 6.8 points.
    band = app.locator('[id$="ct.band.mrss.one-examiner"]').bounding_box()
    app.mouse.move(band["x"] + band["width"] / 4, band["y"] + band["height"] / 6)
    assert "6.8 points" in app.locator(".ct-detail").inner_text()
    # Where nothing is, nothing is told.
    stage = app.locator(".ct-picture svg").bounding_box()
    app.mouse.move(stage["x"] + 4, stage["y"] + 4)
    assert "Point at a mark" in app.locator(".ct-detail").inner_text()


@pytest.fixture
def phone(browser, server):
    """The page on a telephone: a narrow screen and a finger."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(server.address)
    settled(page)
    yield page
    context.close()


def middle_in_sight(page, box):
    """The middle of a mark, if nobody must scroll to tap at it."""
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    area = page.locator(".ct-shown .ct-scroll").bounding_box()
    return (x, y) if area["x"] < x < area["x"] + area["width"] and 0 < y < 844 else None


def test_a_tap_on_a_mark_shows_it_until_another_is_tapped(phone):
    choose(phone, "Figure", "measure")
    tip, detail = phone.locator(".ct-tip"), phone.locator(".ct-detail dl")
    last = phone.locator('[id$="ct.value.mrss.15"]')
    # The figure is wider than the screen; what is said of a mark stands in sight.
    last.scroll_into_view_if_needed()
    last.tap(force=True)
    assert "32 points" in tip.inner_text() and "-14 points (-30.4 %)" in tip.inner_text()
    assert detail.inner_text().endswith(tip.inner_text()) and phone.locator(".ct-halo").is_visible()
    box = tip.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    # The page stays where it is: the row of the mark does not take the focus.
    assert not phone.evaluate("document.activeElement.getAttribute('aria-label')")
    first = phone.locator('[id$="ct.value.mrss.2"]')
    before = phone.evaluate("document.querySelector('.ct-shown .ct-scroll').scrollLeft")
    # A finger that scrolls from there taps at nothing: what was shown goes on being shown.
    start = last.bounding_box()
    finger = phone.context.new_cdp_session(phone)
    for kind, x in (("touchStart", 0), ("touchMove", 20), ("touchMove", 40), ("touchEnd", None)):
        points = [] if x is None else [{"x": start["x"] - x, "y": start["y"]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    until(phone, f"document.querySelector('.ct-shown .ct-scroll').scrollLeft > {before}")
    assert tip.is_visible() and "32 points" in tip.inner_text()
    first.scroll_into_view_if_needed()
    x, y = middle_in_sight(phone, first.bounding_box())
    # A finger is broad: a tap beside the mark is one on it.
    phone.touchscreen.tap(x + 18, y)
    assert "46 points" in tip.inner_text() and "32 points" not in tip.inner_text()
    # The same mark again shows it again, also after something else was looked at.
    phone.get_by_role("button", name=re.compile("^Line 15:")).tap()
    assert tip.is_hidden() and "32 points" in detail.inner_text()
    first.scroll_into_view_if_needed()
    first.tap(force=True)
    assert "46 points" in tip.inner_text()
    # Where nothing is, nothing is told.
    stage = phone.locator(".ct-shown .ct-scroll").bounding_box()
    phone.touchscreen.tap(stage["x"] + 4, stage["y"] + 4)
    assert tip.is_hidden() and "Point at a mark or tap it" in detail.inner_text()


@pytest.mark.parametrize("figure", ["00_course", "06_reported", "08_change"])
def test_every_mark_of_a_figure_answers_to_a_tap(phone, figure):
    choose(phone, "Figure", figure)
    phone.locator(".ct-picture").scroll_into_view_if_needed()
    tapped = 0
    for mark in phone.locator('.ct-picture [id*="ct."][id*=".value."], .ct-picture [id*="ct.interval."]').all():
        mark.scroll_into_view_if_needed()
        if place := middle_in_sight(phone, mark.bounding_box()):
            phone.touchscreen.tap(*place)
            assert phone.locator(".ct-tip").is_visible(), mark.get_attribute("id")
            tapped += 1
    assert tapped > 1


# The name of what has the focus; nothing where the page has been left.
FOCUSED = """(() => {
  const one = document.activeElement, by = one.getAttribute('aria-labelledby');
  if (one === document.body) return null;
  const label = by ? document.getElementById(by) : one.labels && one.labels[0];
  return one.getAttribute('aria-label') || (label || one).innerText;
})()"""


def test_the_keyboard_alone_reaches_every_control_and_mark(app):
    names = []
    while len(names) < 80:
        app.keyboard.press("Tab")
        focused = app.evaluate(FOCUSED)
        if focused is None:
            break
        names.append(focused.strip())
    expected = ["To the page", "Case", "Figure", "Baseline", "Reference treatment", "Time axis", "Preset for export"]
    assert [name for name in names if name in expected] == expected
    for name in ("Raised?", "Edit this case", "New case", "The figure in words", "Command line", "Copy the command"):
        assert name in names, names
    assert any(name.startswith("Open a workbook") for name in names)
    # The rows are one stop, and the arrow keys go from one to the next.
    assert sum(name.startswith("Line ") for name in names) == 1
    app.get_by_role("button", name=re.compile("^Line 2:")).focus()
    assert "46 points" in app.locator(".ct-detail").inner_text()
    app.keyboard.press("ArrowDown")
    assert "923 U/L" in app.locator(".ct-detail").inner_text() and app.locator(".ct-halo").is_visible()
    app.keyboard.press("End")
    assert "adverse events" in app.locator(".ct-detail").inner_text()
    # A control is changed by keys.
    app.get_by_label("Figure", exact=True).focus()
    app.keyboard.press("End")
    app.keyboard.press("Enter")
    settled(app)
    assert "Dosing calendar" in status(app)


def accessible_name(page):
    ids = page.locator(".ct-picture svg").get_attribute("aria-labelledby").split()
    return " ".join(page.locator(f'[id="{name}"]').text_content() for name in ids)


def test_the_words_of_the_figure_follow_it(app):
    before = accessible_name(app)
    assert before.startswith("Course, case fu-2025")
    choose(app, "Figure", "measure")
    skin = accessible_name(app)
    assert "Modified Rodnan skin score" in skin and skin != before
    choose(app, "Baseline", "phase=2")
    assert accessible_name(app) != skin
    app.get_by_text("The figure in words").click()
    assert app.locator(".ct-figure details p").inner_text() in accessible_name(app)
    # The region of the status is heard, and says the same figure.
    assert app.get_by_role("status").first.inner_text().startswith("Shown: Modified Rodnan skin score")


def test_every_figure_of_the_report_is_drawn_by_the_same_choices(app):
    app.get_by_text("Every figure of the report by these choices").click()
    pictures = app.locator(".ct-pictures figure")
    pictures.nth(8).locator("img").wait_for()
    assert pictures.count() == 9
    for alt in pictures.locator("img").evaluate_all("all => all.map(one => one.alt)"):
        assert "case fu-2025" in alt
    assert violations(app) == []
    # Another case: none of the first is left once its figure is shown, and not only when all are drawn.
    choose(app, "Case", "kamata2012")
    assert "fu-2025" not in app.locator(".ct-pictures").inner_text()
    pictures.last.locator("img").wait_for()
    titles = pictures.locator("figcaption").all_inner_texts()
    assert len(titles) == pictures.count() and all("kamata2012" in title for title in titles)
    app.get_by_role("button", name="Claims of the source, case kamata2012").click()
    settled(app)
    assert app.get_by_role("heading", name="Claims of the source").is_visible()


def test_a_case_is_written_in_the_grid_and_saved_in_both_forms(app, tmp_path):
    app.get_by_label("New case, named").fill("my-case")
    app.get_by_role("button", name="New case").click()
    app.get_by_text("no fact yet").wait_for()
    assert "The figure above is that of case fu-2025" in app.locator(".ct-verdict").inner_text()
    app.get_by_label("row 1, code").fill("mrss")
    app.get_by_label("row 1, value").fill("30")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert "case my-case" in status(app) and "30 points" in row_of(app, 2)
    assert app.get_by_text("This case is on this page alone").is_visible()
    # A fault is shown at its cell, is read out with it, and its line in the list leads there.
    cell = app.get_by_label("row 1, value")
    cell.fill("60")
    app.locator('[data-column="value"][aria-invalid="true"]').wait_for()
    note = app.locator(f'[id="{cell.get_attribute("aria-describedby")}"]').inner_text()
    assert note == '! found "60"; expected a whole number from 0 to 51 (mRSS)'
    assert violations(app) == []
    app.get_by_role("button", name="Row 1, value").click()
    assert app.evaluate("document.activeElement.getAttribute('aria-label')") == "row 1, value"
    app.keyboard.press("Control+a")
    app.keyboard.type("31")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    # A second row, by the keyboard.
    app.get_by_role("button", name="Add a row").focus()
    app.keyboard.press("Enter")
    for text in ("3", None, "mrss", None, None, None, None, "24"):
        if text:
            app.keyboard.press("Control+a")
            app.keyboard.type(text)
        app.keyboard.press("Tab")
    app.get_by_text("-7 points (-22.6 %)").locator("visible=true").first.wait_for()
    settled(app)
    name, workbook = saved(app, "Save as workbook")
    assert name == "my-case.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(workbook))["Timeline"]
    assert [sheet[place].value for place in ("A2", "D2", "I2", "B3", "I3")] == ["my-case", "mrss", "31", "3", "24"]
    name, folder = saved(app, "Save as case folder")
    assert name == "my-case.zip"
    # Both open again as they were.
    for file in (as_file("my-case.xlsx", workbook), as_file("my-case.zip", folder)):
        app.reload()
        settled(app)
        open_files(app, file)
        app.get_by_text("No fault. The figure above shows this case.").wait_for()
        assert app.get_by_label("row 2, value").input_value() == "24"
    app.get_by_role("button", name="Remove row 2").click()
    app.get_by_label("row 2, value").wait_for(state="detached")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)


def test_a_form_tells_its_faults_at_the_field(app):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    assert app.get_by_label("Title").input_value().startswith("Rapidly progressive")
    app.get_by_label("Reference treatment (its code)").fill("tocilizumap")
    field = app.get_by_label("Reference treatment (its code)")
    app.locator('input[aria-invalid="true"]').wait_for()
    note = app.locator(f'[id="{field.get_attribute("aria-describedby")}"]').inner_text()
    assert "'tocilizumab'" in note
    field.fill("tocilizumab")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("Phases, one a line").fill("1, Before\n2. During\n3 After\n4) Later\n2.5 x")
    app.get_by_text('found "2.5"; expected the number of a phase').first.wait_for()
    app.get_by_label("Phases, one a line").fill("1, Before\n2. During\n3 After\n4) Later")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert "Later" in row_of(app, 15)
    # What the page has no field for is kept.
    assert app.get_by_text("Kept as they are, and edited in the workbook: claims, caveats").is_visible()
    settled(app)
    app.get_by_label("Sources, one a line").fill("Fu 2025, abstract\n | 10.1/a")
    app.get_by_role("button", name="Sources, 2").click()
    assert app.evaluate("document.activeElement.tagName") == "TEXTAREA"
    app.get_by_label("Sources, one a line").fill("Somebody 2020")
    app.get_by_text("expected one of the sources").first.wait_for()
    assert app.locator('[data-column="source"][aria-invalid="true"]').count() == 17


def test_a_control_that_is_changed_does_not_hide_what_was_typed_before(app):
    """The check of what was typed is under way, or waits, while a control is changed; and the other way round."""
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    app.clock.install()
    for first, value, figure in (("typed", "60", "08_change"), ("chosen", "61", "measure")):
        cell = app.get_by_label("row 1, value")
        if first == "typed":
            cell.fill(value)
            app.clock.run_for(301)
        app.get_by_label("Figure", exact=True).select_option(figure)
        if first == "chosen":
            cell.fill(value)
            app.clock.run_for(301)
        app.get_by_text(f'found "{value}"; expected a whole number from 0 to 51 (mRSS)').first.wait_for()
        settled(app)
        assert "1 fault" in app.locator(".ct-verdict").inner_text()
        assert app.get_by_label("Figure", exact=True).input_value() == figure
        shown = {"08_change": "Change and rules", "measure": "Modified Rodnan skin score"}[figure]
        assert app.locator(".ct-figure h2").inner_text() == f"{shown}, case fu-2025"


def test_the_figures_of_the_report_follow_what_is_typed(app):
    # A case without quotes: of any other, a number that its quote does not print is a fault.
    rows = "case_id,phase,kind,code,value,unit,source\na,1,observation,mrss,46,,chart\n"
    open_files(app, as_file("timeline.csv", rows.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_text("Every figure of the report by these choices").click()
    skin = app.locator('.ct-pictures [data-figure="01_skin"]:not([aria-busy]) img')
    skin.wait_for()
    assert "46" in skin.get_attribute("alt")
    app.get_by_label("row 1, value").fill("44")
    app.locator('.ct-pictures [data-figure="01_skin"]:not([aria-busy]) img[alt*="44"]').wait_for()
    app.locator(".ct-pictures [aria-busy]").first.wait_for(state="detached")
    settled(app)


TWO_SOURCES = """\
case_id: a
analysis:
  baseline: first
sources:
  - id: Kam 2012
    title: The first
    doi: 10.1/one
  - id: Kam 2012b
    title: The second
    doi: 10.1/two
  - id: chart
    read: notes
    title: The third
"""


def test_a_source_that_is_renamed_keeps_what_is_known_of_it_and_takes_nothing(app):
    rows = "case_id,phase,kind,code,value,unit,source\na,1,observation,mrss,46,,chart\n"
    open_files(app, as_file("timeline.csv", rows.encode()), as_file("case.yaml", TWO_SOURCES.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    area = app.get_by_label("Sources, one a line")
    first, _, third = area.input_value().splitlines()
    assert (first, third) == ("Kam 2012 | 10.1/one", "chart |  | notes")
    for typed in ("Kam 2012 | 10.1/two", "Kam 2012c | 10.1/two"):
        area.fill("\n".join([first, typed, third]))
    area.fill("\n".join(["New 2020 | 10.1/three", first, "Kam 2012c | 10.1/two", "file |  | notes"]))
    area.fill("\n".join([first, "Kam 2012c | 10.1/two", "file |  | notes"]))
    app.get_by_label("row 1, source").fill("file")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    _, content = saved(app, "Save as case folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sources = parse_about(archive.read("a/case.yaml").decode(), "a")["sources"]
    assert [(one["id"], one.get("title"), one.get("doi")) for one in sources] == [
        ("Kam 2012", "The first", "10.1/one"),
        ("Kam 2012c", "The second", "10.1/two"),
        ("file", "The third", None),
    ]


def edited(app):
    """The index case, open to be edited and checked."""
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)


def entries(app):
    """Everything that stands in a field of the editor, by the name of the field."""
    return app.locator(".ct-editor").evaluate(
        "one => Object.fromEntries([...one.querySelectorAll('input, select, textarea')]"
        ".map(field => [field.getAttribute('aria-label') || field.id, field.value]))"
    )


def changed(before, after):
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def test_a_row_that_was_removed_comes_back_by_a_button_and_by_a_key(app):
    edited(app)
    before = entries(app)
    app.get_by_label("row 1, note").fill("mine")
    app.get_by_role("button", name="Remove row 2", exact=True).click()
    assert app.get_by_label("row 2, code").input_value() == "pericardial_effusion"
    app.get_by_role("button", name="Undo: row 2 removed").click()
    assert app.evaluate("document.activeElement.getAttribute('aria-label')") == "row 2, phase"
    # The row is there with all that it held, and what was typed before its removal stays.
    assert changed(before, entries(app)) == {"row 1, note"}
    app.get_by_role("button", name="Redo: row 2 removed").click()
    assert app.get_by_label("row 17, code").count() == 0
    # By the key, with the focus where the removal left it; then the last field that was edited.
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == {"row 1, note"}
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == set()
    assert app.evaluate("document.activeElement.getAttribute('aria-label')") == "row 1, note"
    # Nothing more to take back: the key changes nothing at all.
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == set()
    assert app.get_by_role("button", name="Undo", exact=True).is_disabled()
    for key in ("Control+Shift+z", "Control+y"):
        app.keyboard.press(key)
    assert app.get_by_label("row 1, note").input_value() == "mine"
    assert app.get_by_label("row 2, code").input_value() == "pericardial_effusion"
    settled(app)
    # From anywhere on the page.
    app.get_by_role("button", name="Copy the command").focus()
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == {"row 1, note"}
    # Every row, one after the other, until there is none.
    app.keyboard.press("Control+z")
    for _ in range(17):
        app.get_by_role("button", name="Remove row 1", exact=True).click()
    assert app.locator(".ct-grid tbody tr").count() == 0
    for _ in range(17):
        app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == set()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)


def test_the_key_takes_back_the_last_edit_wherever_the_focus_is(app):
    edited(app)
    before = entries(app)
    app.get_by_label("row 1, note").press_sequentially("first")
    app.get_by_label("row 3, kind").select_option("event")
    app.get_by_label("Title").press_sequentially(" more")
    sources = app.get_by_label("Sources, one a line")
    sources.press("Control+End")
    sources.press_sequentially("\nSecond 2020 | 10.1/two")
    app.get_by_role("button", name="Add a row").click()
    app.keyboard.type("3")
    app.get_by_label("row 18, value").press_sequentially("40")
    # Somewhere else in the grid, where nothing was typed.
    app.get_by_label("row 5, quote").focus()
    after = [
        ({"row 18, value"}, "row 18, value"),
        ({"row 18, phase"}, "row 18, phase"),
    ]
    for names, focused in after:
        at = entries(app)
        app.keyboard.press("Control+z")
        assert changed(at, entries(app)) == names
        assert app.evaluate("document.activeElement.getAttribute('aria-label')") == focused
    app.keyboard.press("Control+z")
    assert app.get_by_label("row 18, value").count() == 0
    # From a button, and from the page itself.
    app.get_by_role("button", name="Copy the command").focus()
    at = entries(app)
    app.keyboard.press("Control+z")
    (name,) = changed(at, entries(app))
    assert name.endswith("sources")
    while changed(before, entries(app)) & {name}:
        app.keyboard.press("Control+z")
    assert "row 1, note" in changed(before, entries(app))
    app.locator(".ct-about").click()
    app.keyboard.press("Control+z")
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == {"row 1, note"}
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == set()
    settled(app)


def test_the_key_in_a_field_of_the_page_changes_nothing_of_the_case_that_was_edited_before(app):
    edited(app)
    app.get_by_label("row 1, note").press_sequentially("mine")
    app.get_by_label("New case, named").press_sequentially("abc")
    at = entries(app)
    app.keyboard.press("Control+z")
    assert changed(at, entries(app)) == set()
    assert app.get_by_label("New case, named").input_value() == "my-case"
    settled(app)


def test_the_menu_of_the_browser_takes_back_the_same(app):
    """Its undo goes by the order in which fields of the page were typed in, and knows no list that was chosen from."""
    edited(app)
    before = entries(app)
    app.get_by_label("row 1, note").press_sequentially("mine")
    app.get_by_label("row 3, quote").press_sequentially("x")
    app.get_by_label("row 2, kind").select_option("event")
    browser = app.context.new_cdp_session(app)
    app.get_by_label("row 1, note").focus()
    for names in ({"row 1, note", "row 3, quote"}, {"row 1, note"}):
        # As the menu asks for it: an undo without a key that the page could hear.
        browser.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "commands": ["undo"]})
        assert changed(before, entries(app)) == names
    settled(app)


def test_what_is_pasted_cut_or_chosen_is_one_step_each(app):
    edited(app)
    before = entries(app)
    note = app.get_by_label("row 1, note")
    note.press_sequentially("ab")
    for key in ("Control+a", "Control+x", "Control+v", "Control+v"):
        note.press(key)
    assert note.input_value() == "abab"
    app.get_by_label("row 2, state").select_option("absent")
    for value in ("abab", "ab", "", "ab", ""):
        app.keyboard.press("Control+z")
        assert note.input_value() == value
    assert changed(before, entries(app)) == set()
    # Another edit ends what could be made again.
    app.keyboard.press("Control+y")
    assert note.input_value() == "ab"
    note.press_sequentially("c")
    assert app.get_by_role("button", name="Redo", exact=True).is_disabled()
    app.keyboard.press("Control+z")
    app.keyboard.press("Control+z")
    assert changed(before, entries(app)) == set()
    settled(app)


def test_a_line_break_that_was_deleted_comes_back(app):
    rows = 'case_id,phase,kind,code,value,unit,source,note\na,1,observation,mrss,46,,chart,"one\ntwo"\n'
    open_files(app, as_file("timeline.csv", rows.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("row 1, note").fill("one two")
    app.get_by_role("button", name="Add a row").click()
    # The rows are built anew, and this one no more for several lines.
    app.get_by_role("button", name="Remove row 2", exact=True).click()
    for _ in range(3):
        app.keyboard.press("Control+z")
    assert app.get_by_label("row 1, note").input_value() == "one\ntwo"
    assert app.evaluate("document.activeElement.getAttribute('aria-label')") == "row 1, note"
    settled(app)


def test_what_is_taken_back_keeps_what_no_field_shows(app):
    rows = "case_id,phase,kind,code,value,unit,source\na,1,observation,mrss,46,,chart\n"
    open_files(app, as_file("timeline.csv", rows.encode()), as_file("case.yaml", TWO_SOURCES.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    area = app.get_by_label("Sources, one a line")
    text = area.input_value()
    # A source is removed, and its line comes back: its title, which stands nowhere on the page, with it.
    area.fill("\n".join(text.splitlines()[1:]))
    app.get_by_role("button", name="Undo: Sources").click()
    assert area.input_value() == text
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    _, content = saved(app, "Save as case folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sources = parse_about(archive.read("a/case.yaml").decode(), "a")["sources"]
    assert [one.get("title") for one in sources] == ["The first", "The second", "The third"]
    # A title that is no text stands in no field, and comes back with its fault.
    about = f"{TWO_SOURCES}title:\n  a: b\n"
    open_files(app, as_file("timeline.csv", rows.encode()), as_file("case.yaml", about.encode()))
    app.get_by_text("expected text").first.wait_for()
    app.get_by_label("Title").fill("A title")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.keyboard.press("Control+z")
    app.get_by_text("expected text").first.wait_for()
    settled(app)


def test_what_could_not_be_checked_is_not_called_right(page, server):
    """A session whose program fails: there is no verdict, and it is told."""

    def fail(socket):
        there = socket.connect_to_server()

        def answer(text):
            told = json.loads(text)
            if told.get("do") == "check" and told["is"] in ("checked", "view"):
                text = json.dumps({**told, "is": "faults", "text": "The program failed.", "faults": []})
            socket.send(text)

        there.on_message(answer)

    page.route_web_socket(re.compile("session$"), fail)
    page.goto(server.address)
    settled(page)
    page.get_by_role("button", name="Edit this case").click()
    page.get_by_text("Not checked.").wait_for()
    assert "The program failed." in alert(page)
    assert page.get_by_text("No fault").count() == 0


def test_a_case_that_was_begun_with_a_command_is_opened_and_written(page, tmp_path):
    new_case(tmp_path, "a-case")
    new_case(tmp_path, "begun")
    with serving("casetimeline", "app", "--data", str(tmp_path), "--port", "0") as process:
        page.goto(re.search(r"http://\S+", process.stdout.readline())[0])
        assert "a-case/timeline.csv, line 8: found nothing; expected at least one row below" in alert(page)
        page.get_by_role("button", name="Edit case a-case").click()
        page.get_by_text("no fact yet").wait_for()
        assert page.get_by_label("Phases, one a line").input_value().startswith("1 Before treatment")
        page.get_by_label("row 1, code").fill("mrss")
        page.get_by_label("row 1, value").fill("30")
        page.get_by_text("No fault. The figure above shows this case.").wait_for()
        page.get_by_role("button", name="Add a row").click()
        page.get_by_text("Row 2 is not filled in, and left out.").wait_for()
        settled(page)
        assert "30 points" in row_of(page, 2) and page.get_by_label("Case", exact=True).input_value() == "a-case"
        process.terminate()
        process.stdout.read()


def test_the_first_case_of_a_folder_is_written_on_the_page(page, tmp_path):
    with serving("casetimeline", "app", "--data", str(tmp_path), "--port", "0") as process:
        page.goto(re.search(r"http://\S+", process.stdout.readline())[0])
        page.get_by_text("There is no case yet.").wait_for()
        page.get_by_role("button", name="New case").click()
        page.get_by_label("row 1, code").fill("mrss")
        page.get_by_label("row 1, value").fill("30")
        page.get_by_text("No fault. The figure above shows this case.").wait_for()
        settled(page)
        assert "30 points" in row_of(page, 2)
        process.terminate()
        process.stdout.read()


def test_a_line_break_in_a_cell_is_not_lost(app):
    rows = 'case_id,phase,kind,code,value,unit,source,note\na,1,observation,mrss,46,,chart,"one\ntwo"\n'
    open_files(app, as_file("timeline.csv", rows.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    note = app.get_by_label("row 1, note")
    assert note.input_value() == "one\ntwo"
    note.press("End")
    note.press("Control+End")
    note.press("Enter")
    note.press_sequentially("three")
    app.get_by_text("one two three").or_(app.get_by_text("one\ntwo\nthree")).first.wait_for()
    settled(app)
    _, content = saved(app, "Save as case folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("a/timeline.csv").decode().endswith('"one\ntwo\nthree"\n')


def test_the_figure_of_another_case_is_not_taken_for_the_one_that_is_typed(app):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    choose(app, "Case", "kamata2012")
    assert app.locator(".ct-verdict").inner_text() == "No fault. The figure above is that of case kamata2012."


def test_entries_are_not_thrown_away_without_asking(app):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("row 1, note").fill("mine")
    asked = []
    app.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    app.get_by_role("button", name="New case").click()
    assert asked == ["The entries that you have not saved stay on this machine as a draft. Go on?"]
    assert app.get_by_label("row 1, note").input_value() == "mine"
    settled(app)


def about_saved(app, case_id="a"):
    """The case.yaml of the case that is edited, as it is saved."""
    _, content = saved(app, "Save as case folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return parse_about(archive.read(f"{case_id}/case.yaml").decode(), case_id)


ONE_ROW = b"case_id,phase,kind,code,value,unit,source\na,1,observation,mrss,46,,chart\n"
ABOUT = """\
case_id: a
patient:
  antibodies:
    ANA: positive 1:320
    "U1-RNP: 68 kDa": positive
  comorbidities:
    - |
      gout
      since 2001
    - asthma
phases:
  1: "Before: the first"
analysis:
  baseline: first
sources:
  - id: chart
    read: letters | tables
"""


def test_what_was_opened_in_a_field_of_several_lines_stays_what_it_is(app):
    open_files(app, as_file("timeline.csv", ONE_ROW), as_file("case.yaml", ABOUT.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    # Another line of each field is typed, so that all of its lines are read.
    for label, line in (
        ("Antibodies, one a line", "anti-dsDNA: positive 1:40"),
        ("Comorbidities, one a line", "eczema"),
        ("Phases, one a line", "2 After: later"),
        ("Sources, one a line", "Other 2020 | 10.1/a | abstract"),
    ):
        area = app.get_by_label(label)
        area.fill(f"{area.input_value()}\n{line}")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    about = about_saved(app)
    assert about["patient"] == {
        "antibodies": {
            "ANA": "positive 1:320",
            "U1-RNP: 68 kDa": "positive",
            "anti-dsDNA": "positive 1:40",
        },
        "comorbidities": ["gout\nsince 2001\n", "asthma", "eczema"],
    }
    assert about["phases"] == {"1": "Before: the first", "2": "After: later"}
    assert about["sources"] == [
        {"id": "chart", "read": "letters | tables"},
        {"id": "Other 2020", "doi": "10.1/a", "read": "abstract"},
    ]


@pytest.mark.parametrize(
    ("label", "lines", "place", "words"),
    [
        ("Antibodies", "ANA: positive\nACA: negative\nANA: negative", "Antibodies", 'found "ANA"; expected each name'),
        ("Phases", "1 Before\n2 During\n1. After", "Phases", 'found "1"; expected each name on one line alone'),
        ("Sources", "chart\nB 2020 | 10.1/b | abstract | 2020", "Sources, 2", "expected at most three parts"),
    ],
)
def test_lines_that_cannot_all_be_kept_are_a_fault_at_their_field_and_none_is_dropped(app, label, lines, place, words):
    open_files(app, as_file("timeline.csv", ONE_ROW), as_file("case.yaml", ABOUT.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    area = app.get_by_label(f"{label}, one a line")
    area.fill(lines)
    app.locator('textarea[aria-invalid="true"]').wait_for()
    note = app.locator(f'[id="{area.get_attribute("aria-describedby")}"]').inner_text()
    assert words in note and app.get_by_role("button", name=place, exact=True).count() == 1
    assert "1 fault" in app.locator(".ct-verdict").inner_text()
    # Saved and opened again, every line is there, and the fault with it.
    _, content = saved(app, "Save as case folder")
    open_files(app, as_file("a.zip", content))
    # The same fault was there before: until the answer comes, the list is empty.
    settled(app)
    app.locator(".ct-faults", has_text=words).wait_for()
    assert app.get_by_label(f"{label}, one a line").input_value().count("\n") == lines.count("\n")


def test_a_character_that_acts_and_a_text_without_end_are_told_at_their_field(app):
    edited(app)
    for label, text, words in (
        ("Diagnosis", "systemic \u202esclerosis", 'found "the direction control U+202E"; expected text without it'),
        ("Note on age or sex", "x" * 200_001, "expected at most 200000"),
    ):
        field = app.get_by_label(label)
        field.fill(text)
        app.locator(f'[id="{field.get_attribute("id")}"][aria-invalid="true"]').wait_for()
        note = app.locator(f'[id="{field.get_attribute("aria-describedby")}"]').inner_text()
        assert words in note
        app.get_by_role("button", name=label, exact=True).click()
        assert field.evaluate("one => one === document.activeElement")
        field.fill("")
        app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)


@pytest.mark.parametrize(
    ("query", "told", "shown"),
    [
        ("figure=bogus", "found 'bogus'", "Course, case fu-2025"),
        ("figure=08_change&axis=weeks", "found 'weeks'", "Change and rules, case fu-2025"),
        ("baseline=zzz", "found 'zzz'", "Course, case fu-2025"),
        ("rules=zzz", "found 'zzz'", "Course, case fu-2025"),
        ("preset=x&figure=bogus", "found 'x'", "Course, case fu-2025"),
        ("color=red&figure=08_change", "found 'color'", "Change and rules, case fu-2025"),
        ("case=kamata2012&axis=days", "found 'days'", "Course, case kamata2012"),
        ("case=nobody", "There is no case nobody in the folder; case fu-2025 is shown.", "Course, case fu-2025"),
    ],
)
def test_what_an_address_asks_for_and_cannot_be_had_is_told_and_left_out(app, server, query, told, shown):
    app.goto(f"{app.url}?{query}")
    app.get_by_role("heading", name=shown).wait_for()
    settled(app)
    assert told in alert(app)
    assert app.get_by_label("Case", exact=True).locator("option").count() > 20
    assert app.get_by_label("Figure", exact=True).locator("option").count() == 7
    choose(app, "Figure", "measure")
    assert not app.get_by_role("alert").inner_text()


def test_what_is_chosen_stands_in_the_address_and_is_there_again(app):
    choose(app, "Case", "kamata2012")
    choose(app, "Figure", "08_change")
    choose(app, "Baseline", "first")
    app.reload()
    settled(app)
    chosen = [app.get_by_label(label, exact=True).input_value() for label in ("Case", "Figure", "Baseline")]
    assert chosen == ["kamata2012", "08_change", "first"] and "token" not in app.url
    # What was shown before is not in the history one by one: the way back leads off the page.
    assert app.evaluate("history.length") == 2


@pytest.fixture
def project(tmp_path):
    """A folder of two cases, `a` and `b`, as a page can change it."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "timeline.csv").write_bytes(ONE_ROW.replace(b"\na,", f"\n{name},".encode()))
        (tmp_path / name / "case.yaml").write_text(ABOUT.replace("case_id: a", f"case_id: {name}"))
    return tmp_path


@pytest.fixture
def other(page, project):
    """The page of that folder."""
    with serving("casetimeline", "app", "--data", str(project), "--port", "0") as process:
        page.goto(re.search(r"http://\S+", process.stdout.readline())[0])
        page.process = process
        yield page
        process.terminate()
        process.stdout.read()
    assert page.told == []


def test_another_case_can_be_chosen_where_the_first_has_a_fault(other, project):
    (project / "a" / "timeline.csv").write_text("what is this")
    other.reload()
    assert "a/timeline.csv" in alert(other)
    assert other.get_by_label("Case", exact=True).locator("option").all_inner_texts() == ["a", "b"]
    choose(other, "Case", "b")
    assert "case b" in status(other) and not other.get_by_role("alert").inner_text()
    assert other.get_by_label("Figure", exact=True).locator("option").count() == 7


def test_the_command_names_the_folder_of_the_cases(other, project):
    settled(other)
    assert other.locator(".ct-command").inner_text() == f"make report CASE=a DATA={project}"


def test_a_case_that_was_opened_and_not_typed_in_is_that_of_the_folder(other, project):
    settled(other)
    edited(other)
    path = project / "a" / "timeline.csv"
    path.write_bytes(ONE_ROW.replace(b"46", b"31"))
    choose(other, "Figure", "measure")
    until(other, "document.querySelector('[aria-label=\"row 1, value\"]')?.value === '31'")
    other.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(other)
    assert "31 points" in row_of(other, 2) and other.get_by_text("This case is on this page alone").is_hidden()
    # What was typed is never replaced; that the files are others by now is told.
    other.get_by_label("row 1, value").fill("44")
    other.get_by_text("This case is on this page alone").wait_for()
    path.write_bytes(ONE_ROW.replace(b"46", b"29"))
    other.get_by_label("row 1, value").fill("43")
    other.get_by_text("The files of case a in the folder have changed since it was opened here").wait_for()
    settled(other)
    assert "43 points" in row_of(other, 2)
    # Also where the draft is opened by another session.
    other.reload()
    settled(other)
    assert "29 points" in row_of(other, 2)
    other.get_by_role("button", name="Open the draft of case a").click()
    other.get_by_text("The files of case a in the folder have changed since it was opened here").wait_for()
    # And no more where they say what is typed.
    other.get_by_label("row 1, value").fill("29")
    other.get_by_text("The files of case a in the folder have changed").wait_for(state="detached")
    settled(other)


def test_what_a_session_that_has_ended_did_not_check_is_not_called_right(other):
    settled(other)
    edited(other)
    other.process.terminate()
    other.get_by_role("button", name="Start a new session").wait_for()
    assert other.locator(".ct-verdict").inner_text() == "No fault. The figure above shows this case."
    other.get_by_label("row 1, value").fill("60")
    other.get_by_text("Not checked.").wait_for()
    # A control says what is shown, and not what was asked of nobody.
    other.get_by_label("Figure", exact=True).select_option("08_change")
    assert other.get_by_label("Figure", exact=True).input_value() == "00_course"


def test_measures_of_a_case_are_taken_back_word_by_word_where_they_were_typed(app):
    edited(app)
    app.get_by_text("Measures of this case alone").click()
    app.get_by_role("button", name="Add a measure").click()
    cell = app.get_by_label("measure 1, label", exact=True)
    app.get_by_label("measure 1, code", exact=True).press_sequentially("pth")
    # With a mark that the file writes in quotation marks.
    cell.press_sequentially("Hormone, new")
    focused = "document.activeElement.getAttribute('aria-label')"
    app.keyboard.press("Control+z")
    assert cell.input_value() == "" and app.evaluate(focused) == "measure 1, label"
    app.keyboard.press("Control+z")
    assert app.get_by_label("measure 1, code", exact=True).input_value() == ""
    assert app.evaluate(focused) == "measure 1, code"
    for _ in range(2):
        app.keyboard.press("Control+y")
    assert cell.input_value() == "Hormone, new" and app.evaluate(focused) == "measure 1, label"
    # The row with all that it held.
    app.get_by_role("button", name="Remove measure 1").click()
    app.keyboard.press("Control+z")
    assert cell.input_value() == "Hormone, new" and app.evaluate(focused) == "measure 1, code"
    settled(app)


def test_two_drafts_of_one_case_have_different_names(app):
    draft = {"about": {"case_id": "a"}, "rows": [], "columns": ["code"]}
    texts = [json.dumps({"at": at, **draft}) for at in (1_000, 61_000, 62_000, 62_000)]
    app.evaluate("texts => texts.forEach((text, i) => localStorage.setItem(`casetimeline-draft:${i}`, text))", texts)
    app.reload()
    settled(app)
    names = (
        app.locator(".ct-drafts")
        .get_by_role("button", name="Open the draft")
        .evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    )
    assert len(set(names)) == 4, names


def hostile(change):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Case"
    workbook["Case"].append(["key", "value"])
    workbook["Case"].append(["case_id", "a"])
    sheet = workbook.create_sheet("Timeline")
    sheet.append(["case_id", "phase", "kind", "code", "value", "unit", "source"])
    sheet.append(["a", "1", "observation", "mrss", "46", "", "chart"])
    change(sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_part(name, content):
    with zipfile.ZipFile(io.BytesIO(hostile(lambda sheet: None))) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in {**parts, name: content}.items():
            archive.writestr(part, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("words.csv", lambda: b"what is this", "a column 'case_id'"),
        ("picture.png", lambda: b"\x89PNG", "expected a workbook (.xlsx), a case folder (.zip)"),
        ("none.xlsx", lambda: b"case_id", "as Excel or LibreOffice saves it"),
        ("formula.xlsx", lambda: hostile(lambda sheet: sheet.__setitem__("E2", "=1+1")), "Timeline!E2: found '=1+1'"),
        ("macro.xlsx", lambda: with_part("xl/vbaProject.bin", b"x"), "found 'macros (xl/vbaproject.bin)'"),
        ("link.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "found 'links to other files"),
        ("bomb.xlsx", lambda: with_part("xl/worksheets/sheet2.xml", b"<a>" + b"<row/>" * 6_000_000), "30000000 bytes"),
    ],
)
def test_a_hostile_file_is_one_clear_message(app, name, make, said):
    open_files(app, as_file(name, make()))
    assert said in alert(app)
    assert violations(app) == []
    settled(app)


def test_a_file_of_200_megabytes_is_refused_before_it_is_sent(app, tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    open_files(app, path)
    assert alert(app) == "large.xlsx: found 200000000 bytes; expected at most 5000000. Nothing was sent."


def test_what_a_case_says_is_text_and_never_runs(app):
    rows = (
        "case_id,phase,kind,code,value,unit,source,note\n"
        'a,1,observation,mrss,46,,chart,"<img src=x onerror=alert(1)><script>alert(1)</script>"\n'
    )
    app.on("dialog", lambda dialog: pytest.fail(dialog.message))
    open_files(app, as_file("timeline.csv", rows.encode()))
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert "<img src=x onerror=alert(1)>" in " ".join(row_of(app, 2))
    assert app.locator(".ct-page img[src=x]").count() == 0


def test_a_session_that_dies_leaves_what_was_typed(app, server):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("row 1, method").fill("45")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    forks = [child for child in psutil.Process(server.pid).children(recursive=True) if child.children()]
    for session in [session for fork in forks for session in fork.children()]:
        session.kill()
    app.get_by_label("row 1, note").fill("later")
    assert alert(app).startswith("The session has ended: its process stopped. What you typed is still on this page.")
    name, rows = saved(app, "Save the rows")
    facts, _ = read_rows(rows, name)
    assert facts["method"].tolist()[0] == "45" and facts["note"].tolist()[0] == "later" and len(facts) == 17
    app.get_by_role("button", name="Start a new session").click()
    settled(app)
    assert app.get_by_label("row 1, method").input_value() == "45"


def drafts(page):
    """The drafts that are offered, each without its time."""
    lines = page.locator(".ct-drafts li").all_inner_texts()
    return [re.sub(r", \d+ \w+ \d{4}, \d+:\d+:\d+", "", line) for line in lines]


def kept(page):
    """What the browser keeps, as it is."""
    return page.evaluate("Object.keys(localStorage).map(name => JSON.parse(localStorage.getItem(name)))")


def test_what_was_typed_is_offered_again_when_the_page_is_opened_anew(app):
    edited(app)
    assert app.get_by_text("kept as a draft by this browser, on this machine alone").is_visible()
    # To open a case is no edit.
    assert kept(app) == []
    app.get_by_label("row 1, method").fill("45")
    app.get_by_role("button", name="Remove row 2", exact=True).click()
    settled(app)
    app.get_by_label("New case, named").fill("another")
    app.once("dialog", lambda dialog: dialog.accept())
    app.get_by_role("button", name="New case").click()
    app.get_by_text("no fact yet").wait_for()
    assert drafts(app) == ["case fu-2025, 16 rows Open Delete"]
    # Left at once: also what was typed last.
    app.get_by_label("row 1, code").fill("mrss")
    app.get_by_label("row 1, value").fill("not yet")
    app.reload()
    settled(app)
    assert drafts(app) == ["case another, 1 row Open Delete", "case fu-2025, 16 rows Open Delete"]
    assert app.locator(".ct-drafts").get_by_text("on this machine alone").is_visible() and violations(app) == []
    app.get_by_role("button", name="Open the draft of case another").click()
    app.get_by_text('found "not yet"').first.wait_for()
    assert app.get_by_label("row 1, value").input_value() == "not yet"
    assert drafts(app) == ["case fu-2025, 16 rows Open Delete"]
    app.get_by_role("button", name="Open the draft of case fu-2025").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert app.get_by_label("row 1, method").input_value() == "45"
    assert app.get_by_label("row 2, code").input_value() == "pericardial_effusion"
    # Opened and left alone, both are still there, each once.
    app.reload()
    settled(app)
    assert len(drafts(app)) == 2
    # Opened and typed in, it is still one draft.
    app.get_by_role("button", name="Open the draft of case fu-2025").click()
    app.get_by_label("row 1, method").fill("44")
    app.reload()
    settled(app)
    assert drafts(app) == ["case fu-2025, 16 rows Open Delete", "case another, 1 row Open Delete"]
    assert {one["rows"][0]["method"] or one["rows"][0]["value"] for one in kept(app)} == {"44", "not yet"}


def test_a_draft_that_is_typed_in_in_two_windows_becomes_two(app):
    edited(app)
    app.get_by_label("row 1, method").fill("45")
    app.reload()
    settled(app)
    other = app.context.new_page()
    other.goto(app.url)
    settled(other)
    # Opened in both before either keeps what is typed: until then each offers this one draft.
    for page in (app, other):
        page.get_by_role("button", name="Open the draft").click()
    for page, value in ((app, "44"), (other, "43")):
        page.get_by_label("row 1, method").fill(value)
        settled(page)
    # The other window took over what stood open here, which goes on being kept.
    until(app, "localStorage.length === 2")
    app.reload()
    settled(app)
    assert sorted(one["rows"][0]["method"] for one in kept(app)) == ["43", "44"]
    # What one window keeps or deletes, the other offers no more.
    other.reload()
    settled(other)
    other.get_by_role("button", name="Delete the draft").first.click()
    app.locator(".ct-drafts li").nth(1).wait_for(state="detached")
    assert len(drafts(app)) == 1


def test_proposed_rows_are_accepted_one_by_one_beside_their_passages(app):
    rows = [
        {"phase": "4", "kind": "statement", "code": "softer_skin", "quote": "skin softening was observed"},
        {"phase": "4", "kind": "observation", "code": "mrss", "value": "23", "quote": "mRSS reduced to 32"},
    ]
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    files = [as_file("rows.json", json.dumps({"rows": rows}).encode())]
    app.get_by_label("Open proposed rows").set_input_files(files)
    app.get_by_text("1 of 2 rows stand in the text of Fu 2025, abstract as proposed").wait_for()
    assert app.locator(".ct-proposals mark").all_inner_texts() == [row["quote"] for row in rows]
    assert app.get_by_role("button", name="Accept row").count() == 1
    assert app.locator(".ct-editor tbody tr").count() == 17
    app.get_by_role("button", name="Accept row 1").click()
    app.get_by_text("Accepted; it is the last row of the grid.").wait_for()
    settled(app)
    assert app.get_by_label("row 18, code").input_value() == "softer_skin"
    assert app.get_by_label("row 18, source").input_value() == "Fu 2025, abstract"
    app.get_by_role("button", name="Undo: row 18 accepted").click()
    settled(app)
    assert app.get_by_label("row 18, code").count() == 0
    # What was refused is still told, with its reason.
    assert "a number that the quote prints (32)" in app.locator(".ct-proposals").inner_text()
    app.locator(".ct-proposals").scroll_into_view_if_needed()
    assert violations(app) == []


def test_what_rests_on_a_row_is_shown_beside_its_mark(app):
    app.get_by_role("button", name="Line 15: Modified Rodnan skin score").focus()
    app.get_by_role("button", name="What rests on this row?").click()
    app.get_by_text("On line 15 rest:").wait_for()
    detail = app.locator(".ct-detail")
    assert detail.get_by_text("claim 7, 'mRSS reduced to 32': supported").count() == 1
    detail.scroll_into_view_if_needed()
    assert violations(app) == []
    # Another row is another question.
    app.get_by_role("button", name="Line 2: Modified Rodnan skin score").focus()
    assert detail.get_by_role("button", name="What rests on this row?").count() == 1


def test_what_the_entries_change_is_shown_with_its_rows(app):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("Remove row 14").click()
    settled(app)
    app.get_by_role("button", name="What do the entries change?").click()
    app.get_by_role("heading", name="What differs from case fu-2025 as it is stored").wait_for()
    section = app.locator(".ct-changes")
    assert section.locator("li").all_inner_texts() == ["stored line 15, mrss, removed"]
    verdict = section.get_by_role("row", name="Minimal clinically important improvement, diffuse SSc")
    assert verdict.locator("td").all_inner_texts()[1:] == ["nothing", "stored line 15"]
    assert section.get_by_text("Verdicts (").count() == 1
    section.scroll_into_view_if_needed()
    assert violations(app) == []


def test_the_patient_and_the_measures_of_a_case_have_fields(app):
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    app.get_by_label("Antibodies, one a line").fill("anti-Scl-70: positive\nANA")
    app.get_by_role("button", name="Antibodies").wait_for()
    app.get_by_label("Antibodies, one a line").fill("anti-Scl-70: positive\nANA: negative")
    app.get_by_label("Comorbidities, one a line").fill("gout\nasthma")
    app.get_by_text("Measures of this case alone").click()
    app.get_by_role("button", name="Add a measure").click()
    for name, text in (("code", "pth"), ("label", 'Hormone, "PTH"'), ("unit", "pmol/L")):
        app.get_by_label(f"measure 1, {name}", exact=True).fill(text)
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert violations(app) == []
    _, content = saved(app, "Save as case folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = archive.read("fu-2025/case.yaml").decode()
        measures = archive.read("fu-2025/measures.csv").decode()
    assert "anti-Scl-70: positive\n    ANA: negative\n" in about and "- gout\n    - asthma\n" in about.replace(
        "      - ", "    - "
    )
    assert measures.splitlines()[1].startswith('pth,observation,"Hormone, ""PTH""",,pmol/L,')


def test_a_draft_is_deleted_and_until_the_page_is_left_comes_back(app):
    edited(app)
    app.get_by_label("row 1, method").fill("45")
    app.reload()
    settled(app)
    asked = len(app.asked)
    app.get_by_role("button", name="Delete the draft of case fu-2025").click()
    assert kept(app) == [] and drafts(app) == ["case fu-2025: deleted. Bring it back"]
    app.get_by_role("button", name="Bring it back").click()
    assert [one["rows"][0]["method"] for one in kept(app)] == ["45"]
    app.get_by_role("button", name="Delete the draft of case fu-2025").click()
    # Of all this nobody was told.
    assert len(app.asked) == asked
    app.reload()
    settled(app)
    assert app.locator(".ct-drafts").is_hidden() and kept(app) == []


def test_a_draft_outlives_the_session_and_the_server(page, tmp_path):
    """The next run of the page, at the same address, offers it."""
    port = "0"
    for run in range(2):
        with serving("casetimeline", "app", "--data", str(DATA), "--case", "fu-2025", "--port", port) as process:
            address = re.search(r"http://\S+", process.stdout.readline())[0]
            port = re.search(r":(\d+)/", address)[1]
            page.goto(address)
            settled(page)
            if run:
                assert drafts(page) == ["case fu-2025, 17 rows Open Delete"]
                page.get_by_role("button", name="Open the draft").click()
                page.get_by_text("No fault. The figure above shows this case.").wait_for()
                assert page.get_by_label("row 1, method").input_value() == "45"
            else:
                edited(page)
                page.get_by_label("row 1, method").fill("45")
                settled(page)
            process.terminate()
            process.stdout.read()


def test_what_is_no_draft_is_left_alone_and_hostile_drafts_are_text(app):
    app.on("dialog", lambda dialog: pytest.fail(dialog.message))
    broken = ["{", "null", "[]", '{"at": 1}', '{"at": 1, "about": [], "rows": [], "columns": []}']
    hostile = {
        "at": 1,
        "about": {"case_id": "<img src=x onerror=alert(1)>", "title": {"a": "b"}},
        "rows": [{"code": "<img src=x onerror=alert(1)>", "value": None, "more": 3}],
        "columns": ["code", "<script>alert(1)</script>"],
    }
    texts = [*broken, json.dumps(hostile)]
    app.evaluate("texts => texts.forEach((text, i) => localStorage.setItem(`casetimeline-draft:${i}`, text))", texts)
    app.evaluate("localStorage.setItem('of another program', 'mine')")
    app.reload()
    settled(app)
    assert drafts(app) == ["case <img src=x onerror=alert(1)>, 1 row Open Delete"]
    app.get_by_role("button", name="Open the draft").click()
    app.get_by_text("expected a row of a fact, with kind, code and source").first.wait_for()
    assert app.locator(".ct-page img[src=x]").count() == 0
    assert app.evaluate("localStorage.length") == len(texts) + 1


def test_a_case_that_is_saved_as_a_file_stays_as_a_draft_that_says_so(app):
    edited(app)
    app.get_by_label("row 1, method").fill("45")
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    saved(app, "Save as case folder")
    app.get_by_text("fu-2025.zip is downloaded").wait_for()
    app.reload()
    settled(app)
    assert drafts(app) == ["case fu-2025, 17 rows, saved as fu-2025.zip Open Delete"]
    # Typed in again, it is saved no more.
    app.get_by_role("button", name="Open the draft").click()
    app.get_by_label("row 1, method").fill("44")
    app.reload()
    settled(app)
    assert drafts(app) == ["case fu-2025, 17 rows Open Delete"]


def test_where_the_browser_keeps_nothing_it_says_so(page, server):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    page.goto(server.address)
    settled(page)
    edited(page)
    page.get_by_label("row 1, value").fill("45")
    page.get_by_text("This browser keeps no draft of this case: save it before you leave the page.").wait_for()
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="New case").click()
    assert asked == ["The entries that you have not saved will be lost. Go on?"]
    settled(page)


def test_the_address_bar_holds_no_token_and_the_page_opens_again_without_it(app, server):
    token = server.address.partition("token=")[2]
    assert len(token) > 40 and token not in app.url and app.url.endswith("/")
    assert "token" not in app.evaluate(
        "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
    )
    assert app.evaluate("document.cookie") == ""
    app.reload()
    settled(app)
    app.goto(f"{app.url}?case=kamata2012")
    settled(app)
    assert "case kamata2012" in status(app)


def test_a_browser_without_the_token_sees_one_sentence(browser, server):
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(server.address.partition("?")[0])
    assert answer.status == 403 and "open the whole address that casetimeline printed" in page.inner_text("body")
    context.close()


@contextlib.contextmanager
def impostor(port):
    """A program of somebody else at the address of the page: what it was asked for."""
    heard = []

    class Anything(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(f"GET {self.path}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Anything) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            yield heard
        finally:
            other.shutdown()
            thread.join()


def test_another_program_that_takes_the_address_is_sent_nothing(page):
    with serving("casetimeline", "app", "--data", str(DATA), "--case", "fu-2025", "--port", "0") as process:
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        page.goto(address)
        settled(page)
        edited(page)
        page.get_by_label("row 1, value").fill("45")
        settled(page)
        process.terminate()
        process.stdout.read()
    page.get_by_role("button", name="Start a new session").wait_for()
    with impostor(int(re.search(r":(\d+)/", address)[1])) as heard:
        page.get_by_role("button", name="Start a new session").click()
        page.get_by_text("does not know this browser: nothing was sent.").wait_for()
        page.get_by_label("row 1, note").fill("secret")
        page.get_by_role("button", name="Start a new session").click()
        page.get_by_text("does not know this browser: nothing was sent.").wait_for()
    assert set(heard) == {"GET /page.html"}
    assert "What you typed is still on this page." in alert(page)


def test_axe_finds_nothing_on_any_figure(app):
    for name in (
        "00_course",
        "measure",
        "05_claims",
        "06_reported",
        "07_regimen",
        "08_change",
        "09_context",
    ):
        choose(app, "Figure", name)
        assert violations(app) == [], name


def test_axe_would_notice(app):
    app.evaluate("document.querySelector('.ct-picture svg').removeAttribute('aria-labelledby')")
    app.evaluate("document.querySelectorAll('.ct-picture svg > title').forEach(one => one.remove())")
    app.evaluate("document.querySelector('.ct-control label').remove()")
    assert {one[0] for one in violations(app)} >= {"svg-img-alt", "select-name"}


@pytest.mark.parametrize("width", [1280, 640, 320])
def test_zoom_to_200_and_400_percent_needs_no_sideways_scrolling(app, width):
    """A window of 1280 at 200 % is one of 640: what is wider scrolls in a part of its own, which has the focus."""
    app.set_viewport_size({"width": width, "height": 800})
    app.get_by_role("button", name="Edit this case").click()
    app.get_by_text("No fault. The figure above shows this case.").wait_for()
    settled(app)
    assert app.evaluate("document.documentElement.scrollWidth") <= width
    stuck = app.evaluate(
        "[...document.querySelectorAll('.ct-page *')].filter(one => one.scrollWidth > one.clientWidth + 1 && "
        "getComputedStyle(one).overflowX === 'auto' && one.tabIndex < 0).map(one => one.className)"
    )
    assert stuck == [] and violations(app) == []


def test_without_a_script_it_says_so(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    assert "This page needs JavaScript" in page.inner_text("main")
    context.close()
