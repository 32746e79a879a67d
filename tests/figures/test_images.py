"""The look of each figure of six cases, against pictures that were looked at; made anew by `make pictures`."""

import pytest
from conftest import ROOT, in_gate

from casetimeline.figures.gallery import FIGURES
from casetimeline.rules.analysis import analyse

CASES = ("fu-2025", "ferreira2017", "kamata2012", "openneurol2024-64f", "ujkz10974", "bmcrheum128-69f")


@pytest.fixture(scope="module", params=in_gate("fu-2025", of=CASES))
def analysis(request):
    return analyse(ROOT / "data" / request.param)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.mpl_image_compare(
    baseline_dir="pictures",
    # Root mean square of the differences of the pixels: a mark moved by one pixel is more.
    tolerance=0.6,
    style=str(ROOT / "casetimeline/figures/house.mplstyle"),
    savefig_kwargs={"dpi": 60, "metadata": {"Software": None}},
)
def test_the_figure_looks_as_it_did(analysis, name):
    return FIGURES[name](analysis, width_mm=180)
