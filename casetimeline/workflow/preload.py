"""What the kernels of the notebooks need of this package, imported once in the template that they are forked from.

A case is checked, analysed and drawn there: what is made at the first use of a function is then at hand in every
kernel. The template is known by the state of the package's files: after a change of one of them there is another one.
"""

import contextlib
import warnings

import pandas as pd

import casetimeline

from ..case import check_numbers
from ..figures import render_svg

# All but the explorer, whose widgets look for a running shell when they are imported.
LOADED = [getattr(casetimeline, name) for name in dir(casetimeline) if name != "Explorer"]
# No case of a patient: a score, a treatment, another score and a finding, for every step to have something to do.
_FACTS = {
    "case_id": "first-use",
    "phase": [1, 2, 2, 2],
    "kind": ["observation", "treatment", "observation", "observation"],
    "code": ["mrss", "first_treatment", "mrss", "pericardial_effusion"],
    "value": [46, None, 32, None],
    "unit": "",
    "state": ["", "", "", "present"],
    "source": "first use",
    "quote": ["mRSS 46", "given", "mRSS 32", "effusion was present"],
}

# What is wrong with a data folder is told by the kernel that reads it.
with warnings.catch_warnings(), contextlib.suppress(casetimeline.TimelineError):
    warnings.simplefilter("ignore")
    _ANALYSIS = casetimeline.analyse(casetimeline.read_facts(pd.DataFrame(_FACTS)))
    tuple(check_numbers(_ANALYSIS.case.facts))
    for _figure in (casetimeline.draw_course(_ANALYSIS), casetimeline.draw_trajectory(_ANALYSIS, "mrss")):
        render_svg(_figure, "first-use-")
