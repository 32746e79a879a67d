"""The page of the report: short until something is opened, and every value and mark leads to its row."""

import base64
import hashlib
import re

import html5lib
import pytest
from conftest import NOTEBOOKS, ROOT

from casetimeline.report.html import _linked_marks, render_page, sections_of
from casetimeline.report.row_table import recorded_rows
from casetimeline.report.short import short_blocks, short_report
from casetimeline.rules.analysis import analyse
from casetimeline.workflow.notebook import read_notebook

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def tree(published):
    from test_manuscript import pictures_of

    of = analyse(published["fu-2025"][0])
    course = pictures_of(published["fu-2025"][0])[0]
    brief = short_blocks(short_report(of), course)
    sections = sections_of({path.stem: read_notebook(path) for path in NOTEBOOKS[1:3]})
    page = render_page(brief[0].text, [brief[1].text], brief[2:], sections, [], [], recorded_rows(of))
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def visible(element):
    """The words that are in sight before anything is opened; what a figure draws is no text of the page."""
    if element.tag in ("style", "script", "title", "desc", "{http://www.w3.org/2000/svg}svg"):
        return element.tail or ""
    inside = element.text or ""
    for child in element:
        is_folded = element.tag == "details" and child.tag != "summary"
        inside += (child.tail or "") if is_folded else visible(child)
    return inside + " " + (element.tail or "")


def test_there_is_little_to_read_before_anything_is_opened(report_of_index_case):
    """On the page as it is published, with its contents, its supplement and all notebooks."""
    text = (report_of_index_case / "report.html").read_text()
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    words = visible(page.find("body")).split()
    # Fewer than that, and more than a page without its Results would have.
    assert 700 < len(words) <= 1500, len(words)
    assert "46" in words and "recorded" in words


def test_the_claims_are_folded_behind_how_many_there_are_of_each_result(tree):
    """Seventeen rows: nine supported and eight that cannot be checked; in print they stand open, as the references."""
    (folded,) = [each for each in tree.iter("details") if "claims" in "".join(each.find("summary").itertext())]
    assert "".join(folded.find("summary").itertext()) == (
        "Table 4. 17 claims: 9 supported, 0 contradicted, 8 cannot be checked"
    )
    assert folded.get("class") == "printed" and len(folded.findall(".//tbody/tr")) == 17


def test_each_recorded_cell_of_a_treatment_leads_to_its_row(tree):
    """Lines 11 and 12 are the two drugs that take turns; what is not reported leads nowhere."""
    (table,) = [each for each in tree.iter("table") if "Treatments" in "".join(each.find("caption").itertext())]
    cells = {}
    for link in table.findall(".//td/a"):
        cells.setdefault(link.get("href"), []).append("".join(link.itertext()))
    assert cells["#row-11"][:2] == ["Tocilizumab", "8\N{NO-BREAK SPACE}mg/kg"] and len(cells["#row-11"]) == 4
    assert [cell[:9] for cell in cells["#row-8"]] == ["Glucocort", "Initial t"]
    turns = [link for link in tree.iter("a") if "".join(link.itertext()) == "every 2\N{NO-BREAK SPACE}weeks"]
    assert [link.get("data-rows") for link in turns if link.get("class") == "row"] == ["11 12"]


def test_a_table_that_goes_on_beyond_a_narrow_screen_has_a_shade_at_its_edge(tree):
    """Two covers scroll with the table and two shades stay; on a wide screen and in print there are none."""
    (style,) = [element.text for element in tree.iter("style")]
    wide, _, narrow = style.partition("@media screen and (max-width: 50rem)")
    (rule,) = re.findall(r"div\.output { (background: .*?) }", narrow.partition("@page")[0])
    assert (rule.count(" local"), rule.count(" scroll")) == (2, 2) and "local" not in wide


def test_every_value_and_mark_leads_to_a_row_that_is_there(tree):
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [element for element in tree.iter() if element.get("class") == "row"]
    for link in links:
        assert link.get("href").startswith("#row-") and link.get("href")[1:] in ids
        assert all(f"row-{line}" in ids for line in link.get("data-rows", "").split())
    # Every row of the index case is a mark of the course.
    marks = [link for link in links if link.get("aria-label")]
    assert {link.get("href") for link in marks} == {f"#row-{line}" for line in range(2, 19)}
    assert "Modified Rodnan skin score: 46" in {link.get("aria-label") for link in marks}
    cells = ["".join(cell.itertext()) for cell in tree.findall(".//td/a") if cell.get("class") == "row"]
    assert {"46", "32", "923", "present to absent (resolved)"} <= set(cells)
    # Each work that is cited is listed.
    cited = {a.get("href")[1:] for a in tree.iter("a") if (a.get("href") or "").startswith("#ref-")}
    assert {f"ref-{number}" for number in range(1, 18)} <= set(ids)
    # Of 14–17 the first and the last are links.
    assert {f"ref-{number}" for number in range(1, 18)} - cited == {"ref-15", "ref-16"}


def test_a_row_tells_value_bounds_source_and_quote(tree):
    (row,) = [element for element in tree.iter("tr") if element.get("id") == "row-2"]
    cells = ["".join(cell.itertext()) for cell in row]
    assert [cell for cell in cells if not cell.startswith("letters ")] == [
        "2",
        "Before escalation",
        "Modified Rodnan skin score",
        "46",
        "46 points",
        "",
        "severe skin sclerosis (mRSS 46), myofascial edema, myopathy (CK 923 U/L), joint flexion contractures, and "
        "pericardial effusion",
        "Fu 2025, abstract",
    ]


def test_the_policy_of_the_page_lets_its_own_script_run_and_no_other(tree):
    script = (ROOT / "casetimeline/report/templates/report.js").read_bytes()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    (policy,) = [meta.get("content") for meta in tree.iter("meta") if meta.get("http-equiv")]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"


def test_marks_in_a_group_of_groups_stay_whole():
    mark = '<g id="a-ct.value.ck.3"><g><path/></g><g/></g>'
    svg = f'<svg role="img"><g>{mark}{mark.replace("value", "ring")}</g></svg>'
    linked = _linked_marks(svg, {3: "CK: 923 U/L"})
    assert linked.count("<a ") == linked.count("</a>") == 2 and linked.count('tabindex="-1"') == 1
    plain = re.sub(r"</?a\b[^>]*>", "", linked).replace('role="group"', 'role="img"')
    assert plain == svg
