"""The last bit of a length reaches no file: Python 3.11 adds floats in another way than 3.12 and 3.13."""

import builtins
import math
from importlib import import_module
from pathlib import Path

import pytest

import casetimeline.figures
from casetimeline.figures.blocks import lay_row
from casetimeline.figures.files.publish import new_figure, render_svg, render_text
from casetimeline.figures.gallery import draw_figures
from casetimeline.figures.style import add_axes, add_text, millimetres, text_height

FOLDER = Path(casetimeline.figures.__file__).parent
# Lengths in millimetres as a layout has them: of few decimals, a share of a width, and lines of text.
LENGTHS = (2.2, 0.34 * 135, 1.5 + text_height(1, 7.5), text_height(3, 6), text_height(9, 7) / 2, text_height(4, 7))


def larger(length: float) -> float:
    """The next larger float."""
    return math.nextafter(length, math.inf)


def places(length: float) -> list:
    """Where everything stands that is placed by a length."""
    figure = new_figure("a", "title", 100 + length, 200 + length)
    add_text(figure, length, length, "words")
    axes = add_axes(figure, length, length, length, length)
    shift = millimetres(figure, length, length).get_matrix().tolist()
    return [*figure.get_size_inches(), *figure.texts[0].get_position(), *axes.get_position().bounds, shift]


@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_placed_on_a_figure_stands_where_it_stood_without_the_last_bit(length):
    assert places(larger(length)) == places(length)
    assert places(length + 1e-5) != places(length)


def test_heights_of_rows_add_up_exactly():
    heights = [lay_row(["word " * count], [30.0]).height for count in range(1, 60)]
    one_by_one = 0.0
    for height in heights:
        one_by_one += height
    assert len(set(heights)) > 5
    assert one_by_one == math.fsum(heights)


def written(case) -> dict[str, tuple[str, str]]:
    """Each figure of a case by its name, as SVG and as text."""
    return {name: (render_svg(figure, ""), render_text(figure)) for name, figure in draw_figures(case)}


@pytest.mark.product
def test_figures_are_the_same_where_sums_and_heights_have_another_last_bit(published, monkeypatch):
    case, _ = published["fu-2025"]
    expected = written(case)
    add = builtins.sum

    def add_otherwise(*values):
        total = add(*values)
        return larger(total) if isinstance(total, float) else total

    for path in FOLDER.rglob("[a-z]*.py"):
        below = path.relative_to(FOLDER).with_suffix("").parts
        module = import_module(".".join(("casetimeline.figures", *below)))
        if hasattr(module, "text_height"):
            monkeypatch.setattr(module, "text_height", lambda *of: larger(text_height(*of)))
    with monkeypatch.context() as patched:
        patched.setattr(builtins, "sum", add_otherwise)
        assert sum([0.5, 0.25]) != 0.75
        disturbed = written(case)
    assert [name for name in expected if disturbed[name] != expected[name]] == []
