"""Measures of one case alone: the measures.csv beside its timeline, joined to those that all cases share."""

from collections.abc import Iterator, Mapping
from itertools import islice

import pandas as pd

from ...faults import Fault, TimelineError, first_few
from ...values import unit_factor
from .clashes import check_synonyms
from .measures import read_typed_measures, with_ratio_blank
from .names import Names, name_key, names_of
from .separated import decode

# What to do for a measure that the vocabulary lacks.
FURTHER_MEASURES = "another one is a row of a measures.csv beside timeline.csv"
# What makes a measure what it is. Codes of other systems, sources and synonyms are not asked for again.
_MEANING = ("kind", "unit", "grades", "better", "low", "high", "whole", "scale")


def join_measures(shared: pd.DataFrame, content: bytes, file: str) -> pd.DataFrame:
    """The vocabulary with the measures that a case adds to it.

    Parameters
    ----------
    shared : DataFrame
        The vocabulary of all cases, indexed by code.
    content, file : bytes, str
        The measures.csv of the case, and its name for the messages. A measure that the vocabulary has already may be
        there once more if it says the same.

    Raises
    ------
    TimelineError
        With every fault: those of the table, and each code that is there already with another meaning, with both.

    Examples
    --------
    >>> from .measures import read_measures
    >>> header = b"code,kind,label,unit,grades,better\\n"
    >>> shared = read_measures((header + b"ck,observation,CK,U/L,,lower\\n").decode(), "measures.csv")
    >>> join_measures(shared, header + b"pth,observation,Parathyroid hormone,pmol/L,,\\n", "a").index.tolist()
    ['ck', 'pth']
    >>> join_measures(shared, header + b"ck,observation,CK,ng/mL,,lower\\n", "a")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    a, line 2, column code: found 'ck, with the unit ng/mL'; expected another code: everywhere ck (CK) has the unit U/L
    """
    added = read_typed_measures(decode(content, file), file)
    names = {observed: names_of(shared, observed) for observed in (True, False)}
    faults = [fault for code in added.index for fault in _misfits(code, added, shared, names, file)]
    faults += check_synonyms({file: added})
    if faults:
        raise TimelineError(faults)
    more = with_ratio_blank(added.loc[added.index.difference(shared.index, sort=False)])
    # A column that only the vocabulary of all cases has is blank.
    return pd.concat([shared, more.reindex(columns=shared.columns, fill_value="")])


def additions_note(codes: pd.Index, file: str) -> Iterator[str]:
    """A note of the measures that this case adds, if it adds any."""
    if len(codes):
        yield f"{file}: adds to the measures of all cases: {first_few(codes)}"


def _misfits(
    code: str, added: pd.DataFrame, shared: pd.DataFrame, names: Mapping[bool, Names], file: str
) -> Iterator[Fault]:
    """The fault of a code that means something else in the vocabulary, or is a name of something else there."""
    mine = added.loc[code]
    for word in mine["synonyms"].split("|"):
        meant = names[mine["kind"] == "observation"].meant(word)
        if meant not in ("", code):
            expected = f"a name of {code} alone: everywhere it is one of {meant} ({shared['label'][meant]})"
            yield Fault(file, int(mine["line"]), "synonyms", word, expected)
    if code not in shared.index:
        other = names[mine["kind"] == "observation"].meant(code)
        if other:
            expected = f"another code: everywhere it is a name of {other} ({shared['label'][other]})"
            yield Fault(file, int(mine["line"]), "code", code, expected)
        return
    for name, here, there in islice(_differences(mine, shared.loc[code]), 1):
        meant = f"everywhere {code} ({shared['label'][code]}) has the {name} {there or '(blank)'}"
        yield Fault(file, int(mine["line"]), "code", f"{code}, with the {name} {here}", f"another code: {meant}")


def _differences(mine: pd.Series, shared: pd.Series) -> Iterator[tuple[str, object, object]]:
    """In what two rows of a measure differ: the name of it, and what each says."""
    if name_key(mine["label"]) != name_key(shared["label"]):
        yield "label", mine["label"], shared["label"]
    meant = {**shared[[*_MEANING]], "scale": shared["scale"] or "ratio"}
    for name in _MEANING:
        blank = name in ("low", "high", "whole", "scale") and not _is_given(mine[name])
        if not blank and mine[name] != meant[name]:
            pair = mine[name], meant[name]
            yield name, *("|".join(filter(None, each)) if name == "grades" else each for each in pair)
    for unit, factor in mine["units"].items():
        if unit_factor(unit, shared["units"]) != factor:
            units = ", ".join(f"{each or '(blank)'}={number:g}" for each, number in shared["units"].items())
            yield "units", f"{unit or '(blank)'}={factor:g}", units


def _is_given(cell: float | str) -> bool:
    """Whether a row states a limit, a scale, or that a value is whole: what is not stated cannot differ."""
    return bool(cell) and cell not in (-float("inf"), float("inf"))
