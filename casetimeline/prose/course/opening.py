"""The opening of a Results: who the patient was, by age, sex and disease, in the first sentence of the course."""

import re
from collections.abc import Iterable

import pandas as pd

from ...case import Case
from ...values import rows_of
from ..wording.labels import is_title
from ..wording.passage import Passage, Said, text_of, typeset
from ..wording.schedules import is_once
from ..wording.when import ONSET, in_digits
from ..wording.words import capital, in_a_sentence
from .aged import aged_patient
from .succession import placed_at_zero

# Within quotation marks the words of a source stay.
_PATIENT = re.compile(r"\b[Tt]he patient(?= )(?![^‘]*’(?!\w))")
# So many letters of a word say which disease is meant: those of `cryoglobulins` in `cryoglobulinaemia`.
_STEM = 10
# Words of a diagnosis beside the name of its disease, and words that say that the disease was there before.
_OF_DIAGNOSIS = ("onset", "of", "diagnosis", "diagnosed", "suspected", "presumptive", "acute", "new", "confirmed")
_OF_KNOWN = re.compile(
    r"\b(?:recur|relaps|flare|exacerbat|worsen|progression|progressed|complicat|remission|resol|treat|therap|death|died)"
    r"|\b(?:for|to|from|without|excluded|associated|induced|related)\b"
)
# A shorter word of a disease does not name it in a title.
_LEAST = 5
_AS_SUBJECT = re.compile(r"([^,]*, )?[Tt]he patient ")
# A note that the age is that at report, and how old the patient was at an earlier moment.
_AT_REPORT = re.compile(r"(\d+) at report(?:, (\d+ at (?:onset|presentation|diagnosis)))?")
# A day or a date that begins a sentence, and the parts of a sentence that says when what was given.
_ON_A_DAY = re.compile(r"(On|In) ([^,]*\d+), ")
_WHEN_WHAT_VERB = 3
_AT_A_TIME = re.compile("(At|On|Before|After|In) [^,]*, ")
# A patient who is called neither woman, man nor child.
_NO_NAME = re.compile(
    r"an? (?:(?P<years>\d+-\w+)-old )?(?:(?P<sex>(?:fe)?male) )?patient(?: (?P<age>(?:aged|over|under) [\w. ]+?))?"
    r"(?P<remark>(?: \([^)]*\))*)(?P<disease>(?: with|, later) .*)?"
)
# A time years before that from which times count.
_YEARS_BEFORE = re.compile(r"\byears? before \w")
_OF_A_YEAR = re.compile(r"In ((?:\w+ )?[12][0-9]{3}), the patient ")


def opened(case: Case, course: list[Passage]) -> list[Passage]:
    """The passages of a course, the first of which says who the patient was; as they are where nothing is known.

    Where the first sentence has the patient as its subject, that is named by age, sex and disease; else they stand
    before it, and the patient has a pronoun later. The age is that of the report: before a sentence of an earlier year
    stands one of its own.
    """
    patient, disease = in_words(case)
    if not course or not (patient or disease):
        return course
    known = _known_as(case, disease) if disease else ""
    first, *rest = course
    ends = next(place for place, phrase in enumerate(first) if phrase.text == ".")
    lead, later = first[:ends], first[ends:]
    patient = " ".join(filter(None, [patient, open_age(case.about.get("patient") or {})])) if patient else ""
    pronoun, who = pronoun_of(case), f"{patient or 'a patient'}{known}"
    if year := _OF_A_YEAR.match(text_of(lead)):
        began = re.search(r" developed (\w{5,})$", text_of(lead))
        rest = [_later(each, pronoun) for each in rest]
        if began and began[1] in disease:
            lines = tuple(line for phrase in lead for line in phrase.lines)
            since = f"{_introduced(who)} since {year[1]}"
            return [(Said(since, lines), *_later(later, pronoun)), *rest]
        return [(Said(f"{_introduced(who)}. "), *_later(first, pronoun)), *rest]
    if _AS_SUBJECT.match(text_of(lead)):
        place = next(at for at, phrase in enumerate(lead) if _PATIENT.search(phrase.text))
        named, before = _named(lead[place], patient, disease, known), lead[:place]
        if patient and _YEARS_BEFORE.search(text_of(lead)):
            # The age is not that of so long before.
            time = f" {in_digits(lead[0].text.removesuffix(', '))}" if place == 1 else ""
            named = named._replace(text=re.sub(r" (developed .*)", rf" had \1{time}", named.text, count=1))
            before = () if time and " had developed " in named.text else before
            named = named._replace(text=named.text if before else capital(named.text))
        opening = (*before, named, *_later([*lead[place + 1 :], *later], pronoun))
        return [opening, *(_later(each, pronoun) for each in rest)]
    if received := _received(case.facts, lead, who):
        return [(*received, *later), *(_later(each, pronoun) for each in rest)]
    dated_later = known.endswith(",") or " final diagnosis " in known
    if patient and (_ON_A_DAY.fullmatch(lead[0].text) or (dated_later and _AT_A_TIME.fullmatch(lead[0].text))):
        # A time behind who the patient was, or when the disease was found, would read as two times in a row.
        first = (Said(f"{_introduced(who)}. "), *first)
        return [first[:1] + _later(first[1:], pronoun), *(_later(each, pronoun) for each in rest)]
    text = f"In {who.removesuffix(',')}, {_going_on(case, lead[0].text)}"
    course = [(lead[0]._replace(text=text), *lead[1:], *later), *rest]
    return [_later(each, pronoun) for each in course]


def _going_on(case: Case, text: str) -> str:
    """The beginning of a sentence behind other words; the name of a questionnaire keeps its capitals."""
    text = re.sub("^An? ", lambda match: match[0].lower(), text)
    is_name = any(text.startswith(label) for label in case.facts["PARAM"].unique() if is_title(label))
    return text if is_name else in_a_sentence(text)


def _introduced(who: str) -> str:
    """Who the patient was, as a sentence of its own that does not call the patient one.

    Examples
    --------
    >>> _introduced("a 13-year-old boy with gout"), _introduced("a patient aged about 44 years")
    ('The patient was a 13-year-old boy with gout', 'The patient was aged about 44 years')
    >>> _introduced("a 44-year-old patient with gout"), _introduced("a patient, later diagnosed with gout,")
    ('The patient was 44 years old and had gout', 'The patient was later diagnosed with gout')
    >>> _introduced("a female patient (age not reported) with gout")
    'The patient was female (age not reported) and had gout'
    """
    who = who.removesuffix(",")
    named = _NO_NAME.fullmatch(who)
    if not named or not (named["disease"] or named["years"] or named["sex"] or named["age"]):
        return f"The patient was {who}"
    years = f"{named['years'].replace('-', ' ')}s old" if named["years"] else ""
    age = f", {named['age']}," if named["sex"] and named["age"] else named["age"] or ""
    is_known = " ".join(filter(None, [years, named["sex"]]))
    described = f"{is_known}{age}{named['remark']}"
    was = f" was {described}" if is_known or age else described
    if not named["disease"]:
        return f"The patient{was}".rstrip(",")
    has = re.sub("^, later ", "was later ", re.sub("^ with ", "had ", named["disease"]))
    return f"The patient{was}{' and' if is_known or age else ''} {has}"


def open_age(patient: dict) -> str:
    """That the age of a patient may be that at onset or at report, as its note says; blank where that is told.

    Examples
    --------
    >>> open_age({"note": "the text does not say whether 51 is the age at report or at onset"})
    '(whether at onset or at report is not stated)'
    >>> open_age({"note": "69 at report, 63 at presentation"})
    ''
    """
    is_open = re.search(r"\bage at report or at onset\b", str(patient.get("note", "")))
    return "(whether at onset or at report is not stated)" if is_open else ""


def _received(facts: pd.DataFrame, lead: Passage, who: str) -> Passage:
    """A first sentence on one drug on a day or a date with the patient as its subject; nothing for any other sentence.

    A drug that is given again and again, for no told number of times, was only started then.

    Examples
    --------
    >>> lead = (Said("On day 1, "), Said("a single dose of a drug", lines=(2,)), Said(" was given"))
    >>> facts = pd.DataFrame({"line": [2], "frequency": "once", "dose_unit": "mg", "count": ""})
    >>> text_of(_received(facts, lead, "a 30-year-old man with lupus"))
    'A 30-year-old man with lupus received a single dose of a drug on day 1'
    >>> text_of(_received(facts.assign(frequency="weekly"), (lead[0], Said("a drug", lines=(2,)), lead[2]), "a man"))
    'A man was started on a drug on day 1'
    >>> _received(facts, (Said("On day 1, "), Said("a drug"), Said(" was given until day 5")), "a man")
    ()
    """
    when = _ON_A_DAY.fullmatch(lead[0].text) if len(lead) == _WHEN_WHAT_VERB else None
    if not when or lead[2].text not in (" was given", " were given"):
        return ()
    time, given = f"{when[1].lower()} {when[2]}", rows_of(facts[facts["line"].isin(lead[1].lines)])
    again = any(row.frequency or row.dose_unit.endswith("/day") for row in given if not row.count and not is_once(row))
    verb = "was started on" if again else "received"
    return (Said(f"{who[0].upper()}{who[1:]} {verb} "), lead[1], lead[2]._replace(text=f" {time}"))


def pronoun_of(case: Case) -> str:
    """The pronoun of a patient; of one whose sex is not reported, `the patient`.

    Examples
    --------
    >>> from types import SimpleNamespace as Case
    >>> pronoun_of(Case(about={"patient": {"sex": "female"}})), pronoun_of(Case(about={}))
    ('she', 'the patient')
    """
    sex = str(case.about.get("patient", {}).get("sex", ""))
    return {"female": "she", "male": "he"}.get(sex, "the patient")


def in_words(case: Case) -> tuple[str, str]:
    """A patient by age and sex with an article, and the disease; blank where nothing of either is known.

    Examples
    --------
    >>> from types import SimpleNamespace as Case
    >>> in_words(Case(about={"patient": {"age": 44, "sex": "female"}, "diagnosis": "malignant melanoma, stage III C"}))
    ('a 44-year-old woman', 'malignant melanoma (stage III C)')
    >>> in_words(Case(about={"patient": {"age": 13, "sex": "male"}})), in_words(Case(about={"diagnosis": "lupus"}))
    (('a 13-year-old boy', ''), ('', 'lupus'))
    >>> in_words(Case(about={"patient": {"age": 69, "sex": "female", "note": "69 at report, 63 at presentation"}}))
    ('a woman (69 years old at report, 63 at presentation)', '')
    """
    patient = case.about.get("patient", {})
    disease = typeset(re.sub(", (.*)$", r" (\1)", str(case.about.get("diagnosis", ""))))
    age, sex = str(patient.get("age", "")), str(patient.get("sex", ""))
    noted = _AT_REPORT.match(str(patient.get("note", "")))
    if noted and noted[1] == age:
        # The course begins before the report.
        ages = ", ".join(filter(None, [f"{age} years old at report", noted[2]]))
        return f"a {aged_patient(age, sex).rpartition(' ')[2]} ({ages})", disease
    return aged_patient(age, sex), disease


def _known_as(case: Case, disease: str) -> str:
    """A disease behind the patient who has it: as known, as found later, or, where neither is told, as the final one.

    It was not yet known where the first moment is its onset or a suspicion of it, or where the title says so.
    """
    naming, suspecting = _naming(case, disease)
    # What was already being given at time zero is told there.
    orders = placed_at_zero(case.facts)["ORDER"]
    # A title may tell of it where no row does.
    began, at_zero = orders.min(), _is_found_at_zero(case, disease)
    dated = naming.any() or at_zero
    later = (
        orders[naming].min() > began if naming.any() else at_zero and case.facts["DAYHI"][orders.eq(began)].lt(0).any()
    )
    if later:
        return f", later diagnosed with {disease},"
    patient = case.about.get("patient") or {}
    since = any(str(patient.get(key) or "not reported") != "not reported" for key in ("onset", "disease_duration"))
    onset = case.facts["code"].str.fullmatch(ONSET) & case.facts["kind"].eq("event")
    first = bool((orders.eq(began) & (onset | suspecting)).any())
    is_open = not dated and not since and (first or _is_new_by_title(case, disease))
    return f" with a final diagnosis of {disease}" if is_open else f" with {disease}"


def _is_found_at_zero(case: Case, disease: str) -> bool:
    """Whether days count from the diagnosis of a disease.

    Examples
    --------
    >>> from types import SimpleNamespace as Case
    >>> labels = ("diagnosis", "Diagnosis of gout", "diagnosis of melanoma", "admission")
    >>> [_is_found_at_zero(Case(about={"time_zero": {"label": label}}), "gout") for label in labels]
    [True, True, False, False]
    """
    label = str((case.about.get("time_zero") or {}).get("label", "")).lower()
    return bool(re.match(r"(?:the )?(?:final )?diagnosis\b", label)) and (
        label.endswith("diagnosis") or _is_name(label, disease, "event")
    )


def _is_new_by_title(case: Case, disease: str) -> bool:
    """Whether the title says of a disease that it was not known, or that what is told was its first sign.

    Examples
    --------
    >>> from types import SimpleNamespace as Case
    >>> titles = ("Tamponade in undiagnosed lupus", "Heart failure as initial sign of lupus",
    ...     "Lupus presenting with pain", "Flare of known lupus", "Undiagnosed anaemia in lupus")
    >>> [_is_new_by_title(Case(about={"title": title}), "systemic lupus erythematosus") for title in titles]
    [True, True, True, False, False]
    """
    words = "|".join(re.escape(word) for word in re.findall(r"\w+", disease.lower()) if len(word) >= _LEAST)
    new = r"(?:undiagnosed|new-onset|(?:initial|first|presenting) (?:sign|symptom|manifestation|presentation) of)"
    title = str(case.about.get("title", "")).lower()
    return bool(words and re.search(rf"\b{new} (?:(?:{words}) ?)+|\b(?:{words}) presenting (?:with|as)\b", title))


def _naming(case: Case, disease: str) -> tuple[pd.Series, pd.Series]:
    """The rows that name a disease, or a part of it, and those that only suspect it."""
    words = re.findall(r"\w+", disease.lower())
    facts = case.facts
    suspicion = facts["code"].str.startswith("suspected_")
    rows = facts[["code", "PARAM", "note", "STATE", "kind"]].itertuples(index=False)
    named = [
        # A suspicion prints the whole name.
        all(word in note.lower() for word in words)
        if code == "suspected_diagnosis"
        # The diagnosis of a case is that of its disease.
        else code == "diagnosis" or (state in ("", "value", "present") and _is_name(label, disease, kind))
        for code, label, note, state, kind in rows
    ]
    naming = pd.Series(named, facts.index, dtype=bool)
    first = facts["ORDER"].eq(facts["ORDER"].min())
    # What is suspected at first is not known then.
    return naming & ~(suspicion & first), naming & suspicion


def _is_name(label: str, disease: str, kind: str) -> bool:
    """Whether a label names a disease or a part of it, and not as one that was there before.

    An event may have further words; an adverse event or a finding with them is a complication or a measure.

    Examples
    --------
    >>> [_is_name(label, "recurrent pericarditis", "adverse_event") for label in (
    ...     "Acute pericarditis", "Onset of pericarditis", "Pericarditis recurred", "Constrictive pericarditis")]
    [True, True, False, False]
    >>> [_is_name(label, "sarcoidosis", "event") for label in ("Biopsy proven sarcoidosis", "Flare of sarcoidosis")]
    [True, False]
    >>> _is_name("Sarcoidosis activity score", "sarcoidosis", "observation")
    False
    """
    name, disease = label.lower(), disease.lower()
    words = [word for word in re.findall(r"\w+", name) if word not in _OF_DIAGNOSIS]
    parts = [word for word in words if word[:_STEM] in disease]
    named = disease in name or any(len(word) >= _STEM for word in parts)
    return named and not _OF_KNOWN.search(name) and (kind == "event" or parts == words)


def _named(phrase, patient: str, disease: str, known: str):
    """The patient named in words of a sentence; where a part of the disease began, all is the final one.

    Examples
    --------
    >>> for text in ("the patient developed gout", "the patient developed lupus"):
    ...     _named(Said(text), "a man", "gout" if "gout" in text else "cutaneous lupus", " with cutaneous lupus").text
    'a man developed gout'
    'a man with a final diagnosis of cutaneous lupus developed lupus'
    """
    began = re.search(r" developed ((?:\w+ )*?(\w{4,}).*)", phrase.text)
    is_part = began and began[2] in disease and not phrase.text.endswith(f" developed {disease}")
    final = f" with a final diagnosis of {disease}" if is_part else known
    who = f"{patient or 'a patient'}{'' if began and began[1] == disease else final}"
    return phrase._replace(text=_PATIENT.sub(lambda match: _as_begun(who, match[0]), phrase.text, count=1))


def _later(passage: Iterable[Said], pronoun: str) -> Passage:
    return tuple(
        phrase._replace(text=_PATIENT.sub(lambda match: _as_begun(pronoun, match[0]), phrase.text))
        for phrase in passage
    )


def _as_begun(words: str, replaced: str) -> str:
    """Words with a capital letter where those that they stand for have one."""
    return words if replaced[0].islower() else f"{words[0].upper()}{words[1:]}"
