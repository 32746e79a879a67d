"""What a figure shows is what the table holds: values are read back from the artists, text from its boxes."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from conftest import CASES, derive
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from casetimeline.figures import describe, draw_profile, draw_timeline, draw_trajectory, drawn_values
from casetimeline.figures.style import SMALL
from casetimeline.limits import error_limits
from casetimeline.publish import publish, render_svg
from casetimeline.timeline import read_case

MEASURES = ("mrss", "ck", "pericardial_effusion")
WIDTHS = (85, 180)


def figures_of(case, changes, width):
    yield "timeline", draw_timeline(case, width)
    for code in MEASURES:
        yield code, draw_trajectory(case, changes, code, error_limits(case.rules, code), width)
    yield "profile", draw_profile(case, changes, width_mm=width)


@pytest.mark.parametrize("case_id", CASES)
def test_every_row_is_drawn(published, case_id):
    case, changes = published[case_id]
    marks = drawn_values(draw_timeline(case))
    marks = marks[marks["element"] != "whisker"]
    assert sorted(marks["line"].astype(int)) == case.facts["line"].tolist()
    for code in MEASURES:
        rows = case.facts[(case.facts["code"] == code) & (case.facts["kind"] == "observation")]
        drawn = drawn_values(draw_trajectory(case, changes, code))
        drawn = drawn[(drawn["of"] == code) & ~drawn["element"].isin(["baseline", "band", "whisker", "limit", "shade"])]
        assert sorted(drawn["line"].astype(int)) == rows["line"].tolist()


def test_the_drawn_values_of_the_index_case(published):
    case, changes = published["fu-2025"]
    skin = drawn_values(draw_trajectory(case, changes, "mrss", error_limits(case.rules, "mrss")))
    values = skin[skin["element"] == "value"]
    assert values[["x", "y"]].to_numpy().tolist() == [[1, 46], [4, 32]]
    assert skin.loc[skin["element"] == "baseline", "y"].tolist() == [46]
    # 46 - 14.97, 46 - 12.75, 46 - 6.79; the top is the end of the scale.
    bands = skin[skin["element"] == "band"]
    assert bands["y"].round(2).tolist() == [31.03, 33.25, 39.21]
    assert bands["y_to"].round(2).tolist() == [51, 51, 51]
    muscle = drawn_values(draw_trajectory(case, changes, "ck"))
    # No later value: no level is carried on to where nothing is known.
    assert muscle["element"].tolist() == ["shade", "value", "not_reported"]
    heart = drawn_values(draw_trajectory(case, changes, "pericardial_effusion"))
    heart = heart[heart["of"] == "pericardial_effusion"].set_index("element")
    # Present without a size: from trivial (1) to large (4). Absent: none (0).
    assert heart.loc["present", ["y", "y_to"]].tolist() == [1, 4]
    assert heart.loc["absent", ["y", "y_to"]].tolist() == [0, 0]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case_id", CASES)
def test_no_text_overlaps_another_or_leaves_the_figure(published, case_id, width, monkeypatch):
    texts, draw = [], Text.draw

    def record(text, renderer):
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        draw(text, renderer)

    monkeypatch.setattr(Text, "draw", record)
    case, changes = published[case_id]
    for name, figure in figures_of(case, changes, width):
        texts.clear()
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
        assert boxes
        page = figure.bbox
        for words, box in boxes:
            inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
            assert inside, f"{name}: {words!r} leaves the figure"
        for (a, box_a), (b, box_b) in combinations(boxes, 2):
            wide = min(box_a.x1, box_b.x1) - max(box_a.x0, box_b.x0)
            high = min(box_a.y1, box_b.y1) - max(box_a.y0, box_b.y0)
            assert wide <= 1 or high <= 1, f"{name}: {a!r} and {b!r} overlap"
        assert min(text.get_fontsize() for text in texts) >= SMALL
        for text in texts:
            if isinstance(text, Annotation) and text.get_path_effects():
                bottom = text.axes.get_window_extent(renderer).y0
                assert text.get_window_extent(renderer).y0 >= bottom, f"{name}: {text.get_text()!r} is below its axis"


def test_an_axis_in_days_is_to_scale_and_an_order_is_not(make_case, observe):
    rows = [observe("", value="46", start="0 d"), observe("", value="40", start="12 wk")]
    rows.append(observe("", value="32", start="300 d"))
    case = read_case(make_case(*rows), "a")
    figure = draw_trajectory(case, derive(case), "mrss")
    values = drawn_values(figure)
    # 12 wk is 80.5 to 87.5 days: a mark in the middle, a whisker over the whole.
    assert values.loc[values["element"] == "value", "x"].tolist() == [0, 84, 300]
    assert values.loc[values["element"] == "whisker", ["x", "x_to"]].to_numpy().tolist() == [[80.5, 87.5]]
    assert "not to scale" not in describe(figure)
    assert "not to scale" in describe(draw_timeline(read_case(make_case(observe(), observe("2")), "a")))


def test_no_line_has_a_slope(published):
    # A line that joins two values would have one.
    for case, changes in published.values():
        for name, figure in figures_of(case, changes, 180):
            for line in figure.findobj(Line2D):
                x, y = (list(line.get_data()[i]) for i in (0, 1))
                assert len(set(x)) <= 1 or len(set(y)) <= 1 or line.axes is None, name


def test_five_states_have_five_marks(make_case, observe):
    states = ("present", "absent", "unknown", "not_assessed", "not_reported")
    rows = [observe(str(n), "myofascial_oedema", "", state=state) for n, state in enumerate(states, 1)]
    figure = draw_timeline(read_case(make_case(*rows), "a"))
    assert drawn_values(figure)["element"].tolist() == list(states)
    lines = [line for line in figure.axes[0].lines if (line.get_gid() or "").startswith("ct.")]
    looks = {(str(line.get_marker()), line.get_markerfacecolor()) for line in lines}
    assert len(looks) == 5


def test_the_figure_file_carries_the_case_and_says_what_is_drawn(published, tmp_path, monkeypatch):
    monkeypatch.setenv("CASETIMELINE_BUILD", str(tmp_path))
    case, changes = published["fu-2025"]
    shown = publish(draw_trajectory(case, changes, "mrss"), "01_skin.svg")
    path = tmp_path / "fu-2025" / "figures" / "01_skin.svg"
    assert path.read_text(encoding="utf-8") == shown._repr_svg_()
    root = ET.parse(path).getroot()
    namespace = {"svg": "http://www.w3.org/2000/svg"}
    assert root.find("svg:title", namespace).text == "Modified Rodnan skin score, case fu-2025"
    description = root.find("svg:desc", namespace).text
    assert "32 points, phase 4 (After escalation), change -14 points (-30.4 %)" in description
    assert [p.name for p in path.parent.iterdir()] == ["01_skin.svg"]


def test_ids_of_two_figures_never_meet(published):
    case, changes = published["fu-2025"]
    ids = [
        set(re.findall(r'\sid="([^"]+)"', render_svg(draw_trajectory(case, changes, code), f"{code}-")))
        for code in ("mrss", "ck")
    ]
    assert ids[0] and not ids[0] & ids[1]
    svg = render_svg(draw_timeline(case), "x-")
    known = set(re.findall(r'\sid="([^"]+)"', svg))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) | set(re.findall(r'aria-labelledby="(\S+)', svg))
    assert used <= known


def test_markup_in_a_case_is_shown_as_text(make_case, observe):
    evil = "<script>alert(1)</script> $x_1$ '><img src=x> {{7*7}}"
    row = observe("1", "ck", "9", "U/L") + f"\na,1,treatment,{evil},,,,,,,,,,chart,"
    svg = render_svg(draw_timeline(read_case(make_case(row), "a")), "x-")
    ET.fromstring(svg)
    assert "<script" not in svg and "<img" not in svg
