"""A figure of the reader's own, shown as an SVG that is the same at each run."""

import copy
import dataclasses
import os
import re
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import font_manager
from matplotlib.figure import Figure

import casetimeline as ct
from casetimeline.figures.files.publish import new_figure


def draw():
    frame = pd.DataFrame({"phase": [1, 2, 3], "AVAL": [46.0, None, 32.0]})
    with ct.house_style():
        figure = Figure(figsize=(4, 1.6), layout="constrained")
        axes = sns.stripplot(frame, x="phase", y="AVAL", jitter=False, ax=figure.subplots())
        axes.set_title("Scores by phase")
    return figure


@pytest.mark.parametrize("settings", [{"font.size": 20}, {"svg.hashsalt": "mine"}, {"axes.facecolor": "red"}])
def test_no_setting_of_the_reader_and_no_clock_reaches_it(settings):
    plain = ct.show(draw()).svg
    with matplotlib.rc_context(settings):
        assert ct.show(draw()).svg == plain
    assert not re.search(r"dc:date|\d{4}-\d\d-\d\d", plain)


def test_it_shows_itself_with_a_title_and_ids_of_its_own():
    shown = ct.show(draw())
    assert repr(shown) == "Scores by phase" and "<title" in shown._repr_svg_()
    assert re.search(r"<title[^>]*>(.*?)</title>", shown.svg)[1] == "Scores by phase"
    assert all(name.startswith("shown-") for name in re.findall(r'\sid="([^"]*)"', shown.svg))
    # Two marks, side by side and not joined, since the value between them is not known.
    assert re.findall(r'id="shown-(\w+Collection_\d)"', shown.svg) == ["PathCollection_1", "PathCollection_2"]


def test_a_label_goes_before_the_titles():
    figure = draw()
    figure.set_label("What the reader calls it")
    assert repr(ct.show(figure)) == "What the reader calls it"


def test_nothing_is_written_and_pyplot_holds_no_figure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASETIMELINE_BUILD", str(tmp_path / "build"))
    ct.show(draw())
    assert list(tmp_path.iterdir()) == []
    assert plt.get_fignums() == []


def test_a_published_figure_says_all_of_what_it_is_of(tmp_path):
    figure = new_figure("two", "Change", 90, 40, "series of 2 cases, of one paper")
    shown = ct.publish(figure, str(tmp_path / "change.svg"))
    assert repr(shown).startswith("change.svg: figure of series of 2 cases, of one paper, sha256 ")
    with pytest.raises(TypeError, match="show\\(\\) shows any other"):
        ct.publish(draw(), str(tmp_path / "mine.svg"))


def test_a_published_figure_stays_below_the_folder_of_its_run(tmp_path, monkeypatch):
    monkeypatch.setenv("CASETIMELINE_BUILD", str(tmp_path / "build"))
    monkeypatch.chdir(tmp_path)
    figure = new_figure("two", "Change", 90, 40)
    for name in ("../x.svg", "build/../../x.svg"):
        with pytest.raises(ct.TimelineError, match=r"figure_svg: found '.*x\.svg'; expected a bare name, or a path"):
            ct.publish(figure, name)
    assert not (tmp_path.parent / "x.svg").exists()


LETTERS = """
from casetimeline.figures.files.publish import new_figure, render_svg
from casetimeline.figures.style import STATE_MARKS, add_text
figure = new_figure("a", "title", 60, 20)
add_text(figure, 2, 2, "46 points")
add_text(figure, 2, 9, "32 points", fontweight="bold")
drawn = render_svg(figure, "a-") + repr(STATE_MARKS["normal"]["marker"].vertices.tolist())
"""


def test_the_letters_do_not_depend_on_the_list_of_fonts_of_this_machine(tmp_path):
    # The cache that matplotlib reads says that DejaVu Sans is another file: that of DejaVu Serif.
    spoiled = copy.copy(font_manager.fontManager)
    sans = [font for font in spoiled.ttflist if font.name == "DejaVu Sans"]
    serif = font_manager.findfont("DejaVu Serif")
    spoiled.ttflist = [dataclasses.replace(font, fname=str(serif)) for font in sans]
    font_manager.json_dump(spoiled, tmp_path / f"fontlist-v{font_manager.FontManager.__version__}.json")
    env = {**os.environ, "MPLCONFIGDIR": str(tmp_path)}
    run = [sys.executable, "-c", f"{LETTERS}\nprint(drawn, end='')"]
    elsewhere = subprocess.run(run, env=env, capture_output=True, text=True, check=True).stdout
    here = {}
    exec(LETTERS, here)
    assert elsewhere == here["drawn"]
