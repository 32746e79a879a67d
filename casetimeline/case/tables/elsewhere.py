"""Tables that other programs write, known by their columns, and how each becomes the rows of a timeline."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...faults import nearest_word
from ...values import date_expected
from ...vocabulary import COLUMN_NAMES, COLUMNS

# The section of the data dictionary that shows it step by step.
_SHOWN = "how: data/README.md, 'A table from elsewhere', or in Python ct.read_facts(frame, about=...)"
_ONE_ROW = "one row a value, in the columns case_id, start, kind, code, value, unit and source"
_NUMERIC_DATE = r"(?:[0-9]{4}[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{2}|[0-9]{4}))"
_WORDED_DATE = r"(?:[0-9]{1,2}[-. ]{0,2})?[A-Za-z]{3,9}\.?[- ]?(?:[0-9]{4}|[0-9]{2})"
_BEFORE_NUMBER = "(?:week|day|month|year|visit|woche|tag|monat|jahr|wk|mo|v|w|d|m|t|j|s)[ _.-]?[-+]?[0-9]+"
_VISIT = f"(?:baseline|screening|bl|{_BEFORE_NUMBER}|-?[0-9]+ ?(?:weeks?|days?|months?|years?|wk|d|mo|a))"
_TIME_CELL = re.compile(f"{_NUMERIC_DATE}(?:[T ][0-9:.]+Z?)?|{_WORDED_DATE}|{_VISIT}", re.IGNORECASE)
_TIMED_NAMES = (
    re.compile(
        f"(?P<stem>.*[A-Za-z])(?:[_. -]|(?=[A-Z][a-z]))(?:{_VISIT}|[0-9]{{1,3}}|{_NUMERIC_DATE})", re.IGNORECASE
    ),
    re.compile(f"{_VISIT}[_. -](?P<stem>[A-Za-z].*)", re.IGNORECASE),
)


class Origin(NamedTuple):
    """What a table looks like, as words of a message, and what is to be done with it."""

    name: str
    advice: str


class _Export(NamedTuple):
    """How a table is known, and which of its columns become which of a timeline.

    Attributes
    ----------
    name : str
    marks : tuple of str
        Patterns; each is the whole of some column's name, in capitals.
    renamed : dict
        Pattern of a column, in capitals, to the column of a timeline.
    more : str
        What else is to be done, if anything.
    beside : dict
        Pattern of a column, in capitals, to what is to be done with it where the table has it, as a sentence with {}
        for its name.
    removed : str
        Pattern of the columns, in capitals, that are named as one of a timeline and hold something else.
    """

    name: str
    marks: tuple[str, ...]
    renamed: dict[str, str]
    more: str = ""
    beside: Mapping[str, str] = MappingProxyType({})
    removed: str = "(?!)"


_SIGNED = "the sign of {} goes before the number"
_ONGOING = {"[A-Z]{2}(ENRF|ENRTPT)": "where {} is ONGOING, the end is ongoing"}
_ERRORS = "a row with the {} entered-in-error or cancelled is left out"
_DAY = "a date is written without its time of day (2024-01-10)"
_EXPORTS = (
    _Export(
        "a table of findings of SDTM",
        ("USUBJID", "[A-Z]{2}TESTCD"),
        {
            "USUBJID": "case_id",
            "[A-Z]{2}TESTCD": "code",
            "[A-Z]{2}ORRES": "value",
            "[A-Z]{2}ORRESU": "unit",
            "[A-Z]{2}ORNRLO": "ref_low",
            "[A-Z]{2}ORNRHI": "ref_high",
            "[A-Z]{2}DTC": "start",
        },
        f"the kind is observation; {_DAY}",
    ),
    _Export(
        "a table of treatments of SDTM",
        ("USUBJID", "[A-Z]{2}TRT"),
        {
            "USUBJID": "case_id",
            "[A-Z]{2}TRT": "code",
            "[A-Z]{2}DOSE": "dose",
            "[A-Z]{2}DOSU": "dose_unit",
            "[A-Z]{2}DOSFRQ": "frequency",
            "[A-Z]{2}ROUTE": "route",
            "[A-Z]{2}STDTC": "start",
            "[A-Z]{2}ENDTC": "end",
        },
        f"the kind is treatment; {_DAY}",
        _ONGOING,
    ),
    _Export(
        "a table of adverse events of SDTM or ADaM",
        ("USUBJID", "AETERM|AEDECOD"),
        {
            "USUBJID": "case_id",
            "AEDECOD": "code",
            "AETERM": "code",
            "AETOXGR": "grade",
            "AEREL": "related",
            "AESTDTC": "start",
            "AEENDTC": "end",
            "ASTDT": "start",
            "AENDT": "end",
        },
        f"the kind is adverse_event; {_DAY}",
        _ONGOING,
    ),
    _Export(
        "a table of events of SDTM",
        ("USUBJID", "[A-Z]{2}TERM"),
        {"USUBJID": "case_id", "[A-Z]{2}TERM": "code", "[A-Z]{2}STDTC": "start", "[A-Z]{2}ENDTC": "end"},
        f"the kind is event; {_DAY}",
        _ONGOING,
    ),
    _Export(
        "a data set of ADaM",
        ("PARAMCD", "AVALC?"),
        {
            "USUBJID": "case_id",
            "PARAMCD": "code",
            "AVAL": "value",
            "AVALU": "unit",
            "ADT": "start",
            "ANRLO": "ref_low",
            "ANRHI": "ref_high",
        },
        "the kind is observation",
        {
            "AVALC": "where {} has a sign (<20), it is the value",
            "DTYPE": "a row with a {} is left out: its value was imputed or derived, and not measured",
        },
    ),
    _Export(
        "a table of SDTM or ADaM",
        ("USUBJID|STUDYID",),
        {"USUBJID": "case_id"},
        "what it says about the patient belongs into case.yaml",
    ),
    _Export(
        "an export of Castor",
        ("RECORD[ _]ID", "FIELD[ _]NAME|FIELD[ _]ID|PARTICIPANT[ _]ID", "VALUE|FORM[ _]TYPE"),
        {"RECORD[ _]ID|PARTICIPANT[ _]ID": "case_id", "FIELD[ _]NAME": "code", "FIELD[ _]ID": "code", "VALUE": "value"},
        "the day of a value is a field of its form, and not the day on which it was typed",
    ),
    _Export(
        "an export of REDCap",
        ("REDCAP_.*|.*_COMPLETE|COMPLETE[?]|RECORD[ _]ID|EVENT NAME|REPEAT INSTRUMENT",),
        {"RECORD([ _]ID)?|STUDY[ _]ID": "case_id", "FIELD_NAME": "code", "VISIT[ _]DATE|.*[ _]DATE.*|DATE.*": "start"},
        "each field of a visit becomes a row of its own; the numbers of a list are written as their words",
    ),
    _Export(
        "a table of Synthea",
        ("PATIENT", "ENCOUNTER(CLASS)?", "CODE|DESCRIPTION"),
        {
            "PATIENT": "case_id",
            "DATE|START": "start",
            "STOP": "end",
            "DESCRIPTION": "code",
            "VALUE": "value",
            "UNITS": "unit",
        },
        _DAY,
        removed="CODE",
    ),
    _Export(
        "a table of patients",
        ("BIRTH_?DATE|DATE_OF_BIRTH|DOB|YEAR_OF_BIRTH", "GENDER|SEX|GENDER_CONCEPT_ID"),
        {"(PATIENT|PERSON|SUBJECT)?_?ID": "case_id"},
        "age and sex belong into case.yaml",
    ),
    _Export(
        "a table of OMOP",
        ("PERSON_ID", ".*_CONCEPT_ID"),
        {
            "PERSON_ID": "case_id",
            "(MEASUREMENT|OBSERVATION|DRUG|CONDITION|PROCEDURE)_SOURCE_VALUE": "code",
            "(MEASUREMENT|OBSERVATION|DRUG|CONDITION|PROCEDURE)_CONCEPT_ID": "code",
            "VALUE_AS_NUMBER": "value",
            "UNIT_SOURCE_VALUE": "unit",
            "RANGE_LOW": "ref_low",
            "RANGE_HIGH": "ref_high",
            "DOSE_UNIT_SOURCE_VALUE": "dose_unit",
            "(MEASUREMENT|OBSERVATION|PROCEDURE)_DATE|.*_START_DATE": "start",
            ".*_END_DATE": "end",
        },
        "the numbers of concepts are written as words",
        {"OPERATOR_CONCEPT_ID": f"{_SIGNED} (4171756 is <): <20"},
    ),
    _Export(
        "a table of openEHR",
        ("(.*/)?EHR_?ID(/VALUE)?|.*OPENEHR-EHR-.*",),
        {
            "(.*/)?EHR_?ID(/VALUE)?": "case_id",
            ".*/(TIME|ORIGIN)(/VALUE)?": "start",
            "(.*/)?MAGNITUDE": "value",
            "(.*/)?UNITS?": "unit",
        },
        _DAY,
    ),
    _Export(
        "a table of MIMIC",
        ("SUBJECT_ID", "HADM_ID|STAY_ID|ITEMID"),
        {
            "SUBJECT_ID": "case_id",
            "ITEMID|LABEL|DRUG": "code",
            "VALUENUM": "value",
            "VALUEUOM": "unit",
            "REF_RANGE_LOWER": "ref_low",
            "REF_RANGE_UPPER": "ref_high",
            "CHARTTIME|STARTTIME": "start",
        },
        f"the numbers of items are written as words; {_DAY}",
    ),
    _Export(
        "a table of i2b2",
        ("PATIENT_NUM", "CONCEPT_CD"),
        {
            "PATIENT_NUM": "case_id",
            "CONCEPT_CD": "code",
            "NVAL_NUM": "value",
            "UNITS_CD": "unit",
            "START_DATE": "start",
            "END_DATE": "end",
        },
        _DAY,
        {"TVAL_CHAR": f"{_SIGNED} (L is <, LE is <=, G is >, GE is >=, E is none): <20"},
    ),
    _Export(
        "a table made of FHIR resources",
        (r".*(RESOURCETYPE|VALUEQUANTITY|\.?CODING|SUBJECT[._]REFERENCE|EFFECTIVEDATETIME).*",),
        {
            r"SUBJECT[._]REFERENCE": "case_id",
            r"EFFECTIVEDATETIME": "start",
            r"VALUEQUANTITY[._]VALUE": "value",
            r"VALUEQUANTITY[._]UNIT": "unit",
            r"CODE[._](TEXT|CODING.*DISPLAY)": "code",
        },
        _DAY,
        {r".*COMPARATOR": f"{_SIGNED}: <20", r"(.*[._])?STATUS": _ERRORS},
    ),
)
# What the columns of a timeline are often called, in any table with one row a value.
_USUAL = {
    "(FALL|CAS|CASO|PACIENTE|PAZIENTE|PARTICIPANT)([ _.]?(ID|NR|NO))?": "case_id",
    "(PATIENT|SUBJECT|PERSON|PAT|CASE)([ _.]?(ID|NO|NR|NUM(BER)?|NAME))?|ID|MRN|PID|RECORD([ _]ID)?": "case_id",
    "(LAB|TEST|SAMPLE|COLLECTION|MEASUREMENT|VISIT|START|OBS(ERVATION)?)?[ _.]?(DATE(TIME)?|TIME|DATUM|DAY)": "start",
    "(TEST|LAB|PARAM(ETER)?|ANALYTE|ANALYSE|VARIABLE|ITEM|MEASURE|DRUG|MEDICATION)([ _.]?(NAME|CODE|OID|ID))?": "code",
    "BEFUND|MERKMAL|KENNZAHL|MESSWERT|BEZEICHNUNG|PRUEBA|ESAME|EXAMEN|AN\u00c1LISIS|ANALISI": "code",
    "(TEST|LAB|ITEM)?[ _.]?(RESULT|VAL|WERT|VALUES|ERGEBNIS)([ _.]?VALUE)?|ITEM[ _.]?VALUE|VALEUR|VALORE?": "value",
    "R[E\u00c9]SULTAT|RESULTADO|RISULTATO": "value",
    "UNITS|UOM|EINHEIT|UNIDAD(ES)?|UNIT[E\u00c9]S?|UNIT[A\u00c0]( DI MISURA)?": "unit",
    "CATEGORY|TYPE|CLASS|ART": "kind",
    "(STUDY[ _.]?)?(EVENT|VISIT)([ _.]?(NAME|OID|ID|NO|NR))?": "phase",
    "BEGINN|BEGIN|FECHA|DATA": "start",
    "REF(ERENCE)?S?|CITATION|ORIGIN|QUELLE": "source",
}
_OF_ANY = _Export(
    "a table with other names of columns",
    (),
    _USUAL,
    beside={
        "(STUDY[ _.]?)?(EVENT|VISIT)([ _.]?(NAME|OID|ID|NO|NR))?": "phase is a whole number: 1 for the first {}",
        "NORM(AL)?[ _.]?(BEREICH|WERTE?|RANGE|VALUES)|REF(EREN[CZ]E?)?[ _.]?(BEREICH|WERTE?|RANGE|INTERVAL|VALUES)": (
            "the two numbers of {} are ref_low and ref_high"
        ),
    },
)
_OF_FHIR = (
    "of an Observation, subject is the case_id, code the code, effectiveDateTime the start, "
    "valueQuantity the value and unit, with its comparator before the number (<20); "
    "one with the status entered-in-error or cancelled is left out"
)
# What a text that is no table begins with.
_TEXTS = (
    (r'[\[{](?s:.)*"resourceType"', "FHIR resources as JSON"),
    (r"<(?s:.)*hl7\.org/fhir", "FHIR resources as XML"),
    (r"<(?s:.)*ClinicalDocument", "a clinical document (CDA)"),
    (r"MSH\|", "an HL7 message"),
    (r'[{](?s:.)*"phenotypicFeatures"|[{](?s:.)*"metaData"', "a phenopacket"),
    (r"<!DOCTYPE|<html", "a page of the web"),
    (r'[\[{]\s*["\[{\]}]', "JSON"),
    (r"<\?xml|<[A-Za-z]", "XML"),
)


def origin_of_text(text: str) -> Origin | None:
    """What a text that is no table looks like; nothing where it may be a table.

    Examples
    --------
    >>> origin_of_text('{"resourceType": "Bundle"}').name, origin_of_text("case_id,kind")
    ('FHIR resources as JSON', None)
    """
    text = text.lstrip("\ufeff \n")
    name = next((name for pattern, name in _TEXTS if re.match(pattern, text)), "")
    more = _OF_FHIR if name.startswith("FHIR") else ""
    return Origin(name, "; ".join(filter(None, [_ONE_ROW, more, _SHOWN]))) if name else None


def origin_of(names: list[str], lines: tuple[str, ...] = ()) -> Origin | None:
    """What a table without the columns of a timeline looks like; nothing where it looks like no other.

    Parameters
    ----------
    names : list of str
        The names of its columns.
    lines : tuple of str
        The first lines of the file, where it is known.

    Examples
    --------
    >>> origin_of(["USUBJID", "LBTESTCD", "LBORRES"]).name
    'a table of findings of SDTM'
    >>> origin_of(["Analyte", "Unit", "10.01.2024", "07.02.2024"]).name
    'a table with times as columns'
    >>> origin_of(["case_id", "kind", "code", "value", "unit", "phase"]) is None
    True
    """
    capitals = [name.upper() for name in names]
    for export in _EXPORTS:
        if all(any(re.fullmatch(mark, name) for name in capitals) for mark in export.marks):
            return Origin(export.name, _advice(names, export))
    here = {name.lower() for name in names} & {*COLUMN_NAMES}
    if here and here <= _PLACES and not _has_stem_twice(names) and _times_in(names) < 2 and _has_measures(names):
        return _WIDE
    if len(here) > 2:
        # A table of this project, in which something is misspelt or missing.
        return None
    if _times_in(names) > 1:
        return Origin("a table with times as columns", f"{_ONE_ROW}, the time of the column as its start; {_SHOWN}")
    if _has_stem_twice(names):
        return Origin("a table with one column a visit", f"{_ONE_ROW}, the time of the visit as its start; {_SHOWN}")
    usual = _renames(names, _USUAL)
    ours = {name for _, name in usual} | here
    if ours & {"code", "value"} and len(ours & {"code", "value", "start", "phase", "case_id"}) > 2:
        return Origin(_OF_ANY.name, _advice(names, _OF_ANY))
    dated = sum(_times_in(re.split("[,;\t]", line)[:1]) for line in lines)
    if not {"code", "value"} & {*names} and (usual or dated > 1):
        return _WIDE
    return None


# Where and of whom a value is, and not what it is.
_PLACES = {"case_id", "start", "end", "phase", "source", "note"}
_WIDE = Origin("a table with one column a measure", f"{_ONE_ROW}: each cell becomes such a row; {_SHOWN}")


def _has_measures(names: list[str]) -> bool:
    """Whether the columns that are none of a timeline may be measures: none is like one that is missing."""
    others = [name for name in names if name.lower() not in COLUMN_NAMES]
    usual = {name for name, ours in _renames(names, _USUAL) if ours not in _PLACES}
    return bool(others) and not usual and not any(nearest_word(name, others) for name in ("kind", "code", "value"))


def _renames(names: list[str], renamed: dict[str, str], removed: str = "(?!)") -> list[tuple[str, str]]:
    """Their names and ours, each of ours once and none that another column has already."""
    named = {name.lower(): name for name in names if not re.fullmatch(removed, name.upper())}
    pairs: dict[str, str] = {}
    for pattern, ours in renamed.items():
        for name in names:
            free = ours not in pairs and named.get(ours, name) == name != ours
            if free and re.fullmatch(pattern, name.upper()):
                pairs[ours] = name
    return [(theirs, ours) for ours, theirs in pairs.items()]


def _advice(names: list[str], export: _Export) -> str:
    pairs = _renames(names, export.renamed, export.removed)
    removed = [name for name in names if re.fullmatch(export.removed, name.upper())]
    there = {ours for _, ours in pairs} | ({name.lower() for name in names} & {*COLUMN_NAMES})
    missing = [column.name for column in COLUMNS if column.required and column.name not in there]
    steps = [f"remove {', '.join(removed)}"] if removed else []
    steps += ["rename " + ", ".join(f"{theirs} to {ours}" for theirs, ours in pairs)] if pairs else []
    steps += [f"add {', '.join(missing)}"] if missing else []
    beside = [
        words.format(name)
        for pattern, words in export.beside.items()
        for name in names
        if re.fullmatch(pattern, name.upper())
    ]
    return "; ".join(filter(None, [f"the columns of a timeline: {' and '.join(steps)}", *beside, export.more, _SHOWN]))


def _times_in(cells: list[str]) -> int:
    texts = [cell.strip(' "') for cell in cells]
    return sum(bool(_TIME_CELL.fullmatch(text) or date_expected(text)) for text in texts)


def _has_stem_twice(names: list[str]) -> bool:
    """Whether a measure has several columns, as in mrss_0 and mrss_12, or v1_mrss and v2_mrss."""
    stems = [match["stem"].lower() for name in names for form in _TIMED_NAMES if (match := form.fullmatch(name))]
    return len(stems) > len({*stems})
