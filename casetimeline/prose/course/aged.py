"""A patient in words: by sex and age, in each form in which an age is typed, and by what else is told."""

import math
import re

from ...case import Case, patient_details
from ...values import canonical_length, length_words, rows_of, spelled
from ...vocabulary import DAYS_PER, OPEN_STATES, UNIT_NAMES
from ..wording.when import ONSET, own_time
from ..wording.words import origin_words, with_a

# From this age in years a patient is a woman or a man.
_ADULT = 18
_NUMBER = r"\d+(?:\.\d+)?"
_AGE = re.compile(
    rf"(?P<sign>~|[<>]=?)?(?P<low>{_NUMBER})(?:\.\.(?P<high>{_NUMBER}))? (?P<unit>{'|'.join(UNIT_NAMES)})"
)
# An age in years and months, and one in a decade of life, which lies on one side of 18.
_OF_A_CHILD = re.compile(
    r"(?P<years>\d+)[- ]?(?:a|y|yrs?|years?),?[- ]*(?:and )?(?P<months>\d+)[- ]?(?:m|mos?|months?)(?:[- ]old)?"
)
_DECADE = re.compile(r"\b[2-9]0s\b")
# Of a child, of an adult, and where the age leaves open which.
_NAMES = {"female": ("girl", "woman", "female patient"), "male": ("boy", "man", "male patient")}
# How the sign of an age is told.
_SIGNED = {
    "": "aged {}",
    "~": "aged about {}",
    ">": "over {} of age",
    ">=": "aged {} or over",
    "<": "under {} of age",
    "<=": "aged {} or under",
}


def aged_patient(age: str, sex: str) -> str:
    """A patient by age and sex with an article; blank where neither is known.

    Examples
    --------
    >>> [aged_patient(age, "female") for age in ("44 years", "8 mo", "44.5", ">60")]
    ['a 44-year-old woman', 'an 8-month-old girl', 'a woman aged 44.5 years', 'a woman over 60 years of age']
    >>> aged_patient("60-65", "male"), aged_patient("~44", ""), aged_patient("in her 60s", "female")
    ('a man aged 60 to 65 years', 'a patient aged about 44 years', 'a woman (age: in her 60s)')
    >>> aged_patient("17-19", "male"), aged_patient("16 y 4 mo", "male"), aged_patient("14 at diagnosis", "male")
    ('a male patient aged 17 to 19 years', 'a boy aged 16 years 4 months', 'a male patient (age: 14 at diagnosis)')
    >>> aged_patient("0", "female"), aged_patient("not reported", "female"), aged_patient("", "not reported")
    ('a girl under 1 year of age', 'a female patient (age not reported)', '')
    """
    typed = re.sub(r"[- ](\w+)[- ]old$", r" \1", age.strip())
    if parts := _OF_A_CHILD.fullmatch(age.strip()):
        years, months = int(parts["years"]), int(parts["months"])
        age_reached = f"{length_words(str(years), 'a')} {length_words(str(months), 'mo')}"
        return f"a {_named(sex, years, years + 1)} aged {age_reached}"
    known = _AGE.fullmatch(canonical_length(f"{typed} a" if typed[-1:].isdigit() else typed))
    if not known:
        is_missing = typed.lower().replace("_", " ") in ("", "not reported")
        words = "age not reported" if is_missing else f"age: {typed}"
        least = _ADULT if _DECADE.search(typed) else 0
        return "" if is_missing and sex not in _NAMES else f"a {_named(sex, least, math.inf)} ({words})"
    sign, low, high, unit = known["sign"] or "", known["low"], known["high"], UNIT_NAMES[known["unit"]]
    who = _named(sex, *_years(known))
    if not sign and not high and low.isdigit():
        # Of an age in whole years or months, 0 is less than the first.
        return f"{with_a(f'{low}-{unit}-old')} {who}" if int(low) else f"a {who} under 1 {unit} of age"
    length = length_words(f"{low} to {high}" if high else low, known["unit"])
    return f"a {who} {_SIGNED[sign].format(length)}"


def in_years(age: str) -> str:
    """An age that is typed as a number alone, in years; any other as it is.

    Examples
    --------
    >>> in_years("25"), in_years("0.5"), in_years("1"), in_years("in her 60s")
    ('25 years', '0.5 years', '1 year', 'in her 60s')
    """
    return length_words(age, "a") if re.fullmatch(_NUMBER, age) else age


def _years(known: re.Match) -> tuple[float, float]:
    """The age in years that is reached at least, and the one that is not reached, of an age as it is typed.

    Examples
    --------
    >>> [_years(_AGE.fullmatch(age)) for age in ("17 a", "17..19 a", "~18 a", "<18 a", "<=18 a", ">16 a")]
    [(17.0, 18.0), (17.0, 20.0), (17.5, 18.5), (0.0, 18.0), (0.0, 19.0), (16.0, inf)]
    """
    of_year, sign = DAYS_PER[known["unit"]] / DAYS_PER["a"], known["sign"] or ""
    low, high = float(known["low"]), float(known["high"] or known["low"])
    # Who is 17 is that for a year.
    ends = {"": (low, high + 1), "~": (low - 0.5, low + 0.5), "<": (0.0, low), "<=": (0.0, low + 1)}
    least, below = ends.get(sign, (low, math.inf))
    return least * of_year, below * of_year


def _named(sex: str, least: float, below: float) -> str:
    """A patient by sex whose age in years is at least the one and below the other."""
    age_group = 0 if below <= _ADULT else 1 if least >= _ADULT else 2
    return _NAMES[sex][age_group] if sex in _NAMES else "patient"


def patient_told(case: Case) -> dict:
    """The patient of case.yaml; where the disease has neither onset nor duration, with those that a row tells.

    That is the duration since the onset of what the diagnosis names, else that of the symptoms. That rows tell of
    antibodies is there as well: their results are told in the course.
    """
    facts = case.facts
    patient = {**case.about.get("patient", {}), "antibody_rows": _antibodies_in_rows(case)}
    events, diagnosis = facts[facts["kind"].eq("event")], case.about.get("diagnosis", "").lower()
    if patient.get("onset") or patient.get("disease_duration"):
        return patient
    began = [row for row in rows_of(events) if row.code.startswith("onset_of_")]
    of_disease = [row for row in began if row.code.removeprefix("onset_of_").replace("_", " ") in diagnosis]
    of_symptoms = [*rows_of(events[events["code"].str.fullmatch(ONSET)])]
    name, first = "disease_duration" if of_disease else "symptoms", next(iter([*of_disease, *of_symptoms]), None)
    if first is None:
        return patient
    zero = first.anchor.replace("_", " ") or origin_words(case.about.get("time_zero", {}).get("label", ""))
    parts = own_time(first.start, zero or "time zero").rpartition(f" before {zero}")
    return {**patient, name: f"{parts[0]} at {zero}"} if parts[0] else patient


def _antibodies_in_rows(case: Case) -> str:
    """The antibodies of which a row has a result, by their names; blank without one."""
    rows = case.facts[case.facts["kind"].eq("observation") & ~case.facts["state"].isin(OPEN_STATES)]
    labels = [case.measure(code)["label"] for code in rows["code"].unique()]
    return ", ".join(label for label in labels if "antibod" in label.lower())


def patient_words(patient: dict, zero: str = "", diagnosis: str = "") -> list[str]:
    r"""What is told of a patient beside age and sex, in words; a subset that the diagnosis has already is left out.

    Examples
    --------
    >>> patient_words({"onset": "-1 a", "subset": "diffuse cutaneous"}, "the start of a drug")
    ['diffuse cutaneous subset', 'onset 1 year before the start of a drug']
    >>> patient_words({"onset": "-1 a"}, r"a dose of \alpha \1")
    ['onset 1 year before a dose of \\alpha \\1']
    >>> patient_words({"subset": "diffuse cutaneous"}, diagnosis="Diffuse cutaneous systemic sclerosis")
    []
    """
    subset = str(patient.get("subset", "")).removesuffix("subset").rstrip()
    repeated = subset.lower() in diagnosis.lower()
    known = {name: part for name, part in patient.items() if name != "subset" or not repeated}
    zero = zero or "time zero"
    details = patient_details(known)
    # Its name is text of the user and no template.
    return [spelled(re.sub(r"^onset -(\S+ \w+)$", lambda o: f"onset {o[1]} before {zero}", words)) for words in details]
