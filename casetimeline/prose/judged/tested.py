"""What of a claim was tested, in a few words: a quotation says more than the rows can be held against."""

from ...case import Case, listed_events
from ...derive import turns_in_words
from ..wording.labels import label_in_sentence

_WHAT = {
    "has_value": "value",
    "falls_to": "fall to this value",
    "rises_to": "rise to this value",
    "falls": "fall",
    "rises": "rise",
    "improves": "improvement",
    "worsens": "worsening",
    "resolves": "resolution",
    "is_present": "presence",
    "is_absent": "absence",
    "is_normal": "whether normal",
    "meets": "rule",
}
_GIVEN = {"dose": "dose", "every": "interval", "count": "number"}


def tested_words(case: Case, claim: dict) -> str:
    """What of a claim was tested; blank where nothing could be.

    Parameters
    ----------
    case : Case
        From `read_case`.
    claim : dict
        One of the claims of case.yaml.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> case = read_case("data/fu-2025")
    >>> tested_words(case, {"test": "falls_to", "measure": "mrss", "value": 32, "within": "12 mo"})
    'modified Rodnan skin score: fall to this value, time'
    >>> tested_words(case, {"test": "given", "treatment": "glucocorticoids", "dose": 8, "every": "2 wk"})
    'glucocorticoids: dose, interval'
    >>> tested_words(case, {"test": "none_happen", "events": "herpes_zoster pneumonia"})
    'no herpes zoster, no pneumonia'
    >>> tested_words(case, {"test": "not_measured", "needs": "a comparison"})
    ''
    """
    if claim["test"] == "none_happen":
        return ", ".join(f"no {_named(case, code)}" for code in listed_events(claim["events"]))
    code = claim.get("measure") or claim.get("treatment", "")
    parts = [_WHAT[claim["test"]]] if claim["test"] in _WHAT else []
    if claim["test"] == "given":
        parts = [word for key, word in _GIVEN.items() if claim.get(key)] or ["that it was given"]
        often = case.facts.loc[case.facts["code"].eq(code), "frequency"]
        # What takes turns has an interval of its own, which the schedule does not print.
        in_turn = any(turns_in_words(schedule) != schedule for schedule in often)
        parts = [f"{part} between doses of either drug" if in_turn and part == "interval" else part for part in parts]
    if not parts or not code:
        return ""
    parts += ["time"] if claim.get("within") else []
    return f"{_named(case, code)}: {', '.join(parts)}"


def _named(case: Case, code: str) -> str:
    """The label of a code in a cell."""
    return label_in_sentence(case.label(code))
