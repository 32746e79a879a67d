"""A patient in words: by sex and age, in each form in which an age is typed, and by what else is told."""

import re

from ..case import Case, patient_details
from ..values import canonical_length, rows_of, spelled
from ..vocabulary import DAYS_PER, UNIT_NAMES
from .when import ONSET, own_time
from .words import origin_words, with_a

# From this age in years a patient is a woman or a man.
_ADULT = 18
_NUMBER = r"\d+(?:\.\d+)?"
_AGE = re.compile(
    rf"(?P<sign>~|[<>]=?)?(?P<low>{_NUMBER})(?:\.\.(?P<high>{_NUMBER}))? (?P<unit>{'|'.join(UNIT_NAMES)})"
)
_NAMES = {"female": ("girl", "woman"), "male": ("boy", "man")}
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
    ('a man aged 60–65 years', 'a patient aged about 44 years', 'a woman (age: in her 60s)')
    >>> aged_patient("not reported", "female"), aged_patient("", "not reported")
    ('a woman (age not reported)', '')
    """
    typed = re.sub(r"[- ](\w+)[- ]old$", r" \1", age.strip())
    known = _AGE.fullmatch(canonical_length(f"{typed} a" if typed[-1:].isdigit() else typed))
    if not known:
        is_missing = typed.lower().replace("_", " ") in ("", "not reported")
        words = "age not reported" if is_missing else f"age: {typed}"
        return "" if is_missing and sex not in _NAMES else f"a {_named(sex, True)} ({words})"
    sign, low, high, unit = known["sign"] or "", known["low"], known["high"], UNIT_NAMES[known["unit"]]
    years = float(low) * DAYS_PER[known["unit"]] / DAYS_PER["a"]
    who = _named(sex, years >= _ADULT and not (sign.startswith("<") and years == _ADULT))
    if not sign and not high and low.isdigit():
        return f"{with_a(f'{low}-{unit}-old')} {who}"
    length = f"{low}{f'–{high}' if high else ''} {unit}{'' if low == '1' and not high else 's'}"
    return f"a {who} {_SIGNED[sign].format(length)}"


def _named(sex: str, is_adult: bool) -> str:
    return _NAMES[sex][is_adult] if sex in _NAMES else "patient"


def patient_told(case: Case) -> dict:
    """The patient of case.yaml; where the disease has neither onset nor duration, with those that a row tells.

    That is the duration since the onset of what the diagnosis names, else that of the symptoms.
    """
    patient, facts = case.about.get("patient", {}), case.facts
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
