"""What a reader should know of the adverse events of a case: which of its rows do not go with them."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...faults import first_few
from ...values import distinct, parse_severity
from ..cells.moments import exact_days

_HIGHEST = 5
_NONE = re.compile(r"no_(?:[a-z]+_)?(?:adverse_events?|side_effects?|toxicity|toxicities)(?:_[a-z_]+)?")
# Of the whole course; other words may be of a follow-up alone, and are held against the events of their phase.
_OF_ALL = re.compile(r"no_adverse_events?(?:_reported|_occurred)?")


def adverse_notes(facts: pd.DataFrame, zeros: pd.DataFrame, file: str) -> Iterator[str]:
    """One note for each adverse event of the highest grade that is not the end, and each word that there was none.

    Examples
    --------
    >>> rows = [["a", "1", "adverse_event", "rash", "", "2"], ["a", "2", "statement", "no_adverse_events", "", ""]]
    >>> facts = pd.DataFrame(rows, columns=["case_id", "phase", "kind", "code", "start", "grade"]).assign(line=[2, 3])
    >>> list(adverse_notes(facts, pd.DataFrame({"low": [], "high": []}), "t.csv"))
    ["t.csv, line 3: 'no_adverse_events' stands beside the adverse event on line 2"]
    """
    adverse = distinct(facts["kind"]).among(["adverse_event"])
    if not adverse.any():
        return
    highest = adverse & distinct(facts["grade"]).each(_is_highest, bool)
    if highest.any():
        yield from _later(facts, highest, exact_days(facts, zeros), file)
    for row in facts[distinct(facts["code"]).each(lambda text: bool(_NONE.fullmatch(text)), bool)].itertuples():
        beside = adverse & (facts["case_id"] == row.case_id).to_numpy()
        if not _OF_ALL.fullmatch(row.code):
            beside &= (facts["phase"] == row.phase).to_numpy()
        lines = facts.loc[beside, "line"]
        if len(lines):
            events = f"the adverse event{'s' if len(lines) > 1 else ''} on line{'s' if len(lines) > 1 else ''}"
            yield f"{file}, line {row.line}: '{row.code}' stands beside {events} {first_few(map(str, lines))}"


def _is_highest(grade: str) -> bool:
    try:
        return parse_severity(grade).low == _HIGHEST
    except ValueError:
        return False


def _later(facts: pd.DataFrame, highest: np.ndarray, days: np.ndarray, file: str) -> Iterator[str]:
    """Adverse events of the highest grade before rows of a later day, or of a later phase where no days tell."""
    phases = distinct(facts["phase"]).each(lambda text: text or "nan", float)
    done = distinct(facts["kind"]).among(["observation", "treatment", "procedure", "adverse_event"])
    for place in np.flatnonzero(highest):
        here = (facts["case_id"] == facts["case_id"].iloc[place]).to_numpy() & done
        by_phase = np.isnan(days) | np.isnan(days[place])
        later = here & np.where(by_phase, phases > phases[place], days > days[place])
        if later.any():
            words = f"an adverse event of grade {_HIGHEST}, the highest; later is line"
            lines = [str(line) for line in facts.loc[later, "line"]]
            yield f"{file}, line {facts['line'].iloc[place]}: {words}{'s' if len(lines) > 1 else ''} {first_few(lines)}"
