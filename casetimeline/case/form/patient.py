"""The patient of a case: what case.yaml may say, checked; and the same in words."""

import re
from collections.abc import Iterator

import pandas as pd

from ...faults import nearest_word
from ...values import (
    canonical_length,
    date_expected,
    distinct,
    is_date,
    parse_date,
    parse_duration,
    parse_time,
    parse_value,
    span_expected,
)
from ..cells.typed import reads

NOT_REPORTED = "not reported"
# The keys of `patient` in the order in which they are told; `note` stands beside the age.
PARTS = {
    "age": "Age in years, from 0 to 130, or `not reported`.",
    "sex": "`female`, `male`, or `not reported`.",
    "weight": "Weight in kg.",
    "height": "Height in cm.",
    "ethnicity": "As the source tells it.",
    "subset": "Of the diagnosis, as the source names it: `limited cutaneous`, `diffuse cutaneous`. It decides which "
    "rules apply.",
    "antibodies": "Each once, with its state (`positive`, `negative`, `not_reported`, or as printed), between "
    "semicolons: `anti-Scl-70: positive; ANA: positive, 1:640`.",
    "onset": "When the disease began: a time from day 0 (`-2 a`), or a date.",
    "disease_duration": "In place of the onset: `6 mo`.",
    "comorbidities": "Between semicolons.",
    "smoking": "As the source tells it.",
    "note": "What else belongs to the age or sex.",
}
# Diagnoses of which a reader asks for the antibodies and how long the disease has been there.
_CONNECTIVE = ("sclerosis", "lupus", "myositis", "myopathy", "sjögren", "overlap")
# What leaves a subset in doubt.
_IN_DOUBT = re.compile(r"\?|\b(?:suspect\w*|possibl[ey]|probabl[ey]|likely|unlikely|unclear|unknown|not)\b")
# The words for a subset of systemic sclerosis, and none for the lungs or the joints; a diffuse one goes before a
# limited one. Without any skin involved, none of the sites is that make a disease diffuse.
_OF_SKIN = r"(?:[ -]cutaneous\b|(?: systemic| progressive| early)* (?:sclerosis|scleroderma|ssc|subset|form|type)\b)"
_SUBSETS = {
    "sine scleroderma": re.compile(r"\bsine scleroderma\b|\bss?ssc\b"),
    "diffuse": re.compile(rf"\bdiffuse{_OF_SKIN}|\bdc?ssc\b"),
    "limited": re.compile(rf"\blimited{_OF_SKIN}|\b(?:lc?ssc|crest)\b"),
}
# The colon behind a name, which is not the colon inside a titre such as 1:640.
_MARK = re.compile(r"(?<![0-9])(?<![0-9] ):|:(?! ?[0-9])")
# Behind a state the name and the state of another antibody.
_ANOTHER = re.compile(r"[,;/][^,;:]*[a-z][^,;:]*: *(?:positive|negative|present|absent|weak|not|[+-])", re.IGNORECASE)
# Heights of people in metres are below, in centimetres above.
_LEAST_CENTIMETRES = 20
# A larger number is a year, a number of months, or a slip.
_OLDEST = 130
# A number, the minus before it, and behind it a unit other than the year.
_AGE = re.compile(
    r"(?P<minus>(?<!\w)[-\u2212]\s*)?(?P<number>[0-9]+(?:\.[0-9]+)?)(?![0-9.]|e[0-9])"
    r"(?P<part>[\s-]*(?!y|a\b|an\b|ans\b|jahr|e[0-9])[^\W\d_]+)?",
    re.IGNORECASE,
)
# What has a number and is no age: a ratio (but `12 5/12` are years and months), a range without an end, a day or week
# by its number (but `M45` is a man), seconds (but `60s` is a decade of life), a time ago.
_NO_AGE = re.compile(
    r"(?<![0-9])(?!(?<=[0-9y]\s)[0-9]{1,2}/12\b)[0-9]+\s*[:/]\s*[0-9]|[0-9]\s*[-\u2013\u2014]\s*$"
    r"|\b(?![mf][0-9]{2}\b)[^\W\d_]{1,2}[0-9]|^\s*(?![1-9]0s\s*$)[0-9]+\s*s(?:ec\w*)?\s*$"
    r"|(?<![0-9][\s-])\b(?:days?|weeks?|months?|tag|woche|monat|jour|semaine|mois)\s*[0-9]|\b(?:ago|earlier|before)\b",
    re.IGNORECASE,
)
# Behind an age stands what else is known of it: at what time it was, and what was before.
_BEHIND_AGE = re.compile(r"[,;(]|\bat\b", re.IGNORECASE)


def subset_told(diagnosis: str, subset: str) -> str:
    """The subset that the source tells, in its diagnosis or beside it; blank where it tells none or leaves it in doubt.

    Examples
    --------
    >>> subset_told("limited cutaneous systemic sclerosis", ""), subset_told("systemic sclerosis", "diffuse")
    ('limited', 'diffuse')
    >>> subset_told("systemic sclerosis", "possibly limited"), subset_told("limited, then diffuse SSc", "")
    ('', 'diffuse')
    >>> subset_told("systemic sclerosis with diffuse lung disease", ""), subset_told("not limited SSc", "")
    ('', '')
    >>> subset_told("systemic sclerosis sine scleroderma", ""), subset_told("SSc", "ssSSc")
    ('sine scleroderma', 'sine scleroderma')
    """
    alone = "" if _IN_DOUBT.search(subset.lower()) else subset.lower()
    clauses = [clause for clause in re.split("[,;()]", diagnosis.lower()) if not _IN_DOUBT.search(clause)]
    # The subset as a field of its own comes first; there, `diffuse` or `limited` alone is enough.
    for name, of_skin in _SUBSETS.items():
        if name in alone or of_skin.search(alone):
            return name
    for name, of_skin in _SUBSETS.items():
        if any(clause.strip() == name or of_skin.search(clause) for clause in clauses):
            return name
    return ""


def unreported_details(patient: dict, diagnosis: str) -> list[str]:
    """What a reader asks of a patient with such a diagnosis and is not told.

    Of systemic sclerosis that is the subset, which the diagnosis may tell as well; of each disease of connective tissue
    the antibodies and for how long there has been disease; where only the time of the symptoms is told, that stands for
    it. Antibodies that rows have are told.

    Examples
    --------
    >>> unreported_details({}, "systemic sclerosis"), unreported_details({"symptoms": "8 months"}, "lupus")
    (['subset', 'antibodies', 'disease duration'], ['antibodies'])
    >>> unreported_details({}, "diffuse cutaneous systemic sclerosis"), unreported_details({}, "malignant melanoma")
    (['antibodies', 'disease duration'], [])
    """
    disease = diagnosis.lower()
    asked = {"subset": ("subset",)} if "sclerosis" in disease else {}
    if any(word in disease for word in _CONNECTIVE):
        asked |= {
            "antibodies": ("antibodies", "antibody_rows"),
            "disease duration": ("onset", "disease_duration", "symptoms"),
        }
    known = {name for name, detail in patient.items() if detail and str(detail).replace("_", " ") != NOT_REPORTED}
    known |= {"subset"} if subset_told(diagnosis, "") else set()
    return [name for name, keys in asked.items() if not known.intersection(keys)]


_SEXES = ("female", "male")


def with_canonical_sex(about: dict) -> dict:
    """case.yaml with the sex of its patient in small letters, where it is one of the words that are known.

    Examples
    --------
    >>> with_canonical_sex({"patient": {"sex": "Female"}}), with_canonical_sex({"patient": {"sex": "W"}})
    ({'patient': {'sex': 'female'}}, {'patient': {'sex': 'W'}})
    """
    patient = about.get("patient")
    sex = patient.get("sex") if isinstance(patient, dict) else None
    word = sex.strip().casefold().replace("_", " ") if isinstance(sex, str) else ""
    return {**about, "patient": {**patient, "sex": word}} if word in (*_SEXES, NOT_REPORTED) else about


def check_patient(patient: dict) -> Iterator[tuple[str, str, str]]:
    """Where `patient` of a case.yaml is not as data/README.md describes: key, found, expected.

    Examples
    --------
    >>> list(check_patient({"age": "25", "weight": "62 kg", "antibodies": {"ANA": "positive"}, "comorbidities": ["x"]}))
    []
    >>> [misfit[::2] for misfit in check_patient({"height": "1.70", "onset": "long ago"})][0]
    ('patient: height', 'a number of cm, as in 170')
    """
    for name, content in patient.items():
        if name == "antibodies":
            expected = _antibodies_expected(content)
            misfit = bool(expected)
        elif name == "comorbidities" and isinstance(content, list):
            misfit, expected = not all(isinstance(text, str) for text in content), "a list of texts, each behind '- '"
        elif not isinstance(content, str):
            misfit, expected = True, "text"
        else:
            check, expected = _FORMS.get(name, (bool, ""))
            misfit = content not in ("", NOT_REPORTED) and not check(content)
            expected = (name == "onset" and (date_expected(content) or span_expected(content))) or expected
        if misfit:
            shown = patient_cells({name: content})[name] if name == "antibodies" else content
            yield f"patient: {name}", str(shown), expected


def _antibodies_expected(content: object) -> str:
    """What the antibodies should be, if they are neither names with a state each nor a text."""
    if isinstance(content, dict):
        pairs = [*content.items()]
        if any(not isinstance(state, str) or not state for _, state in pairs):
            return "names with a state each, as in `ANA: positive`"
    elif isinstance(content, str):
        pairs = _states_of(content)
    else:
        return "text"
    if any(_ANOTHER.search(state) for _, state in pairs):
        return "a state of its own for each antibody, on a form as in `anti-Scl-70: positive; ANA: negative`"
    names = [_antibody_key(str(name)) for name, _ in pairs]
    twice = next((name for (name, _), key in zip(pairs, names, strict=True) if names.count(key) > 1), "")
    return f"each antibody once; '{twice}' is there with two states" if twice else ""


def _antibody_key(name: str) -> str:
    """The name of an antibody without what makes no difference: `anti-Scl-70 antibody` and `Scl 70` are one.

    Examples
    --------
    >>> _antibody_key("anti-Scl-70 antibodies") == _antibody_key("Scl 70"), _antibody_key("U1") == _antibody_key("U3")
    (True, False)
    """
    bare = re.sub(r"[\s_-]+", "", name.casefold())
    return re.sub(r"^anti(?=.)|(?<=.)antibod(?:y|ies)$", "", bare)


def _states_of(text: str) -> list[tuple[str, str]]:
    """The antibodies of a line of a form, each with its state; none if a part of the line has not this form."""
    parts = [(part, _MARK.search(part)) for part in text.split(";") if part.strip()]
    pairs = [(part[: mark.start()].strip(), part[mark.end() :].strip()) for part, mark in parts if mark]
    return pairs if len(pairs) == len(parts) and all(name and state for name, state in pairs) else []


def _is_length(text: str) -> bool:
    """Whether a text is a length of time, as it is typed: none runs backwards."""
    return parse_duration(canonical_length(text)).low >= 0


_CUTANEOUS = ("limited cutaneous", "diffuse cutaneous")


def _is_subset(text: str) -> bool:
    """Whether a text is a subset that decides which rules apply, or is no slip in typing one.

    Examples
    --------
    >>> [_is_subset(text) for text in ("diffuse", "juvenile", "limited?", "difuse cutaneous", "limted")]
    [True, True, True, False, False]
    """
    return bool(subset_told("", text)) or not nearest_word(text.lower(), (*_SUBSETS, *_CUTANEOUS))


def _is_height(text: str) -> bool:
    """Whether a text is a number of centimetres."""
    return reads(parse_value, "cm")(text) and parse_value(re.sub(r"\s*cm$", "", text)).high >= _LEAST_CENTIMETRES


def _is_age(text: str) -> bool:
    """Whether the first number of a text can be an age: ages are printed in many ways, and none is computed with.

    Examples
    --------
    >>> [text for text in ("45", "in her 60s", "180 Monate", "-1", "131", "025", "day 5") if _is_age(text)]
    ['45', 'in her 60s', '180 Monate']
    >>> _is_age("45 at onset, 3 years before admission"), _is_age("3 years before admission")
    (True, False)
    """
    part = next((part for part in _BEHIND_AGE.split(text) if re.search("[0-9]", part)), "")
    first = None if _NO_AGE.search(part) else _AGE.search(part)
    if first is None or first["minus"] or re.match("0[0-9]", first["number"]):
        return False
    return bool(first["part"]) or float(first["number"]) <= _OLDEST


_FORMS = {
    "age": (_is_age, f"an age from 0 to {_OLDEST} years, a length of time such as 8 mo, or not reported"),
    "sex": (_SEXES.__contains__, "`female`, `male` or `not reported`, in one of these words"),
    "weight": (reads(parse_value, "kg"), "a number of kg, as in 62"),
    "height": (_is_height, "a number of cm, as in 170"),
    "subset": (_is_subset, "`limited cutaneous` or `diffuse cutaneous`, or another word of the source"),
    "onset": (reads(parse_time), "a time from day 0 such as -2 a, or a date"),
    "disease_duration": (
        reads(_is_length),
        "a length of time such as 6 mo (h, d, wk, mo, a)",
    ),
}


def patient_details(patient: dict) -> list[str]:
    """What is told of a patient beside age and sex, in words, in the order of `PARTS`.

    Examples
    --------
    >>> patient_details({"age": "25", "subset": "diffuse cutaneous", "weight": "62",
    ...                  "antibodies": {"ANA": "positive", "ACA": "not_reported"}, "comorbidities": ["gout", "asthma"]})
    ['weight 62 kg', 'diffuse cutaneous subset', 'ANA positive, ACA not reported', 'comorbidities: gout, asthma']
    """
    words = {
        "weight": "weight {} kg",
        "height": "height {} cm",
        "ethnicity": "ethnicity: {}",
        "subset": "{} subset",
        "antibodies": "{}",
        "onset": "onset {}",
        "disease_duration": "disease duration {}",
        "symptoms": "symptoms for {}",
        "comorbidities": "comorbidities: {}",
        "smoking": "smoking: {}",
    }
    details = {name: _as_text(patient[name]) for name in words if patient.get(name)}
    details = {name: re.sub(r"\s*(?:kg|cm)$", "", text) if name in _SIZES else text for name, text in details.items()}
    details = {
        name: text.removesuffix("subset").rstrip() if name == "subset" else text for name, text in details.items()
    }
    return [words[name].format(text) for name, text in details.items() if text != NOT_REPORTED]


_SIZES = ("weight", "height")


def _as_text(content: str | list | dict) -> str:
    """A text, the items of a list, or names with their states, in one line; what an item has behind a comma is its own.

    Examples
    --------
    >>> _as_text(["gout", "tuberculosis, treated in 2015"]), _as_text(["tuberculosis, treated in 2015"])
    ('gout, tuberculosis (treated in 2015)', 'tuberculosis, treated in 2015')
    """
    if isinstance(content, dict):
        return ", ".join(f"{name} {state.replace('_', ' ')}" for name, state in content.items())
    if isinstance(content, list) and len(content) > 1:
        content = [re.sub(r", ([^()]*)$", r" (\1)", item) for item in content]
    return ", ".join(content) if isinstance(content, list) else content


def patient_cells(patient: dict) -> dict[str, object]:
    """The parts of a patient as a form has them: one line of text each, with semicolons between several.

    Examples
    --------
    >>> patient_cells({"antibodies": {"ANA": "positive", "ACA": "negative"}, "comorbidities": ["gout", "asthma"]})
    {'antibodies': 'ANA: positive; ACA: negative', 'comorbidities': 'gout; asthma'}
    """
    cells = dict(patient)
    if isinstance(cells.get("antibodies"), dict):
        cells["antibodies"] = "; ".join(f"{name}: {state}" for name, state in cells["antibodies"].items())
    if isinstance(cells.get("comorbidities"), list):
        cells["comorbidities"] = "; ".join(cells["comorbidities"])
    return cells


def patient_of_cells(cells: dict[str, str]) -> dict[str, object]:
    """The parts of a patient from the lines of a form: what has the form of several becomes a mapping, or a list.

    Examples
    --------
    >>> patient_of_cells({"antibodies": "ANA: positive; ACA: negative", "comorbidities": "gout; asthma"})
    {'antibodies': {'ANA': 'positive', 'ACA': 'negative'}, 'comorbidities': ['gout', 'asthma']}
    >>> patient_of_cells({"antibodies": "none was told"})
    {'antibodies': 'none was told'}
    """
    patient: dict[str, object] = dict(cells)
    states = _states_of(cells.get("antibodies", ""))
    # A name that is there twice stays as it is typed, and is refused so.
    if states and len(dict(states)) == len(states):
        patient["antibodies"] = dict(states)
    if "comorbidities" in cells:
        patient["comorbidities"] = [part.strip() for part in cells["comorbidities"].split(";") if part.strip()]
    return patient


def onset_notes(facts: pd.DataFrame, about: dict) -> Iterator[str]:
    """That the date of the onset is later than every time of the rows, where all of these are dates."""
    onset = about.get("patient", {}).get("onset", "")
    times = [text for name in ("start", "end") for text in distinct(facts[name]).texts if is_date(text)]
    counted = any(text and not is_date(text) for text in distinct(facts["start"]).texts)
    if not is_date(onset) or counted or not times:
        return
    last = max(times, key=lambda text: parse_date(text).high)
    if parse_date(onset).low > parse_date(last).high:
        yield f"{about['case_id']}/case.yaml: 'patient: onset' is {onset}, later than the last date of a row, {last}"
