"""What the kernels of the notebooks need of this package, imported once in the template that they are forked from.

A case is analysed and drawn there: what is made at the first use of a function is then at hand in every kernel. The
template is known by the state of the package's files: after a change of one of them there is another template.
"""

import contextlib
import warnings

import pandas as pd

import casetimeline

# All but the explorer, whose widgets look for a running shell when they are imported.
LOADED = [getattr(casetimeline, name) for name in dir(casetimeline) if name != "Explorer"]
# No case of a patient: two scores and a treatment between them, for every step to have something to do.
_FACTS = {
    "case_id": "first-use",
    "phase": [1, 2, 2],
    "kind": ["observation", "treatment", "observation"],
    "code": ["mrss", "first_treatment", "mrss"],
    "value": [46, None, 32],
    "unit": "",
    "source": "first use",
}

# What is wrong with a data folder is told by the kernel that reads it.
with warnings.catch_warnings(), contextlib.suppress(casetimeline.TimelineError):
    warnings.simplefilter("ignore")
    _ANALYSIS = casetimeline.analyse(casetimeline.read_facts(pd.DataFrame(_FACTS)))
    casetimeline.drawn_values(casetimeline.draw_course(_ANALYSIS))
