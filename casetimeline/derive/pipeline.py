"""All derivations in their order, and the derived table that is written to a file."""

import numpy as np
import pandas as pd

from ..faults import first_few
from ..vocabulary import SERIES
from .baseline import derive_base, flag_baseline
from .change import (
    derive_anrind,
    derive_chg,
    derive_chgprev,
    derive_examiners,
    derive_pchg,
    derive_r2base,
    derive_shift,
)
from .chosen import check_chosen, check_words
from .columns import equals, numbers, require
from .course import derive_extremes, derive_peak
from .studyday import derive_ady, derive_ontrtfl, reference_span

# The derived table: what was recorded (lower_snake), then what was derived (ADaM names).
DERIVED_COLUMNS = (
    "case_id",
    "line",
    "phase",
    "start",
    "code",
    "value",
    "unit",
    "ref_low",
    "ref_high",
    "state",
    "PARAMCD",
    "PARAM",
    "LOC",
    "ORDER",
    "DAYLO",
    "DAYHI",
    "ADY",
    "ONTRTFL",
    "AVAL",
    "AVALLO",
    "AVALHI",
    "AVALU",
    "AVALC",
    "STATE",
    "ANRLO",
    "ANRHI",
    "ANRIND",
    "R2A1HI",
    "BASETYPE",
    "ABLFL",
    "BASE",
    "BASELO",
    "BASEHI",
    "BASEC",
    "BNRIND",
    "CHG",
    "CHGLO",
    "CHGHI",
    "PCHG",
    "PCHGLO",
    "PCHGHI",
    "R2BASE",
    "R2BASELO",
    "R2BASEHI",
    "SHIFT1",
    "NADIRFL",
    "PEAKFL",
    "LASTFL",
    "source",
    "quote",
    "note",
)


def derive_changes(facts: pd.DataFrame, rule: str, reference: str) -> pd.DataFrame:
    """Add the columns of every derivation that the rules and figures use; one row a fact.

    Parameters
    ----------
    facts : DataFrame
        Facts as `read_case(...).facts` has them.
    rule, reference : str
        How the baseline is chosen, and the treatment or event that this refers to, as for `derive_ablfl`.

    Returns
    -------
    DataFrame
        A new frame with the columns of each function in the pipe.

    Raises
    ------
    BaselineError
        If two records of one series could be the baseline.
    TimelineError
        If no case of the frame has the reference or the phase, or none is named and the rule needs one.
    """
    check_chosen(facts, "derive_changes", rule, reference)
    return derive_part(facts, rule, reference)


def derive_part(facts: pd.DataFrame, rule: str, reference: str) -> pd.DataFrame:
    """What `derive_changes` adds, to some cases of many, of which none need have the reference."""
    require(facts, "derive_part", ("kind",))
    # Added texts are stored in the same way as those of the facts: in Python for a case, in Arrow for a registry.
    with pd.option_context("mode.string_storage", getattr(facts["kind"].dtype, "storage", "auto")):
        # Columns that are added one by one leave a frame in pieces, which makes each filter slow until it is copied.
        return _every_step(facts, rule, reference).copy()


def _every_step(facts: pd.DataFrame, rule: str, reference: str) -> pd.DataFrame:
    return (
        facts.pipe(derive_anrind)
        .pipe(flag_baseline, rule, reference)
        .pipe(derive_base)
        .pipe(derive_chg)
        .pipe(derive_pchg)
        .pipe(derive_r2base)
        .pipe(derive_chgprev)
        .pipe(derive_examiners)
        .pipe(derive_shift)
        .pipe(derive_extremes)
        .pipe(derive_peak)
        .pipe(reference_span, reference)
        .pipe(derive_ady)
        .pipe(derive_ontrtfl)
    )


def derived_table(changes: pd.DataFrame, rule: str, measure: str = "") -> pd.DataFrame:
    """The observations of a derived frame, sorted so that the order of the rows does not matter.

    Parameters
    ----------
    changes : DataFrame
        The frame of `derive_changes`.
    rule : str
        How the baseline was chosen; it becomes BASETYPE.
    measure : str
        A code, for the records of one measure only; blank for all.

    Returns
    -------
    DataFrame
        `DERIVED_COLUMNS`, sorted by case, measure, site, order and line.

    Raises
    ------
    TimelineError
        If no case of the frame records the measure.
    """
    require(changes, "derived_table", ("kind", "code"))
    if measure != "":
        recorded = sorted(changes.loc[equals(changes, "kind", "observation"), "code"].unique())
        check_words([measure], recorded, f"a measure of the frame: {first_few(recorded) or 'there is none'}", "measure")
    return derived_rows(changes, rule, measure)


def derived_rows(changes: pd.DataFrame, rule: str, measure: str = "") -> pd.DataFrame:
    """The rows of `derived_table`, of some cases of many, of which none need record the measure."""
    kept = [name for name in DERIVED_COLUMNS if name != "BASETYPE"]
    require(changes, "derived_table", ("kind", *kept))
    chosen = equals(changes, "kind", "observation")
    if measure:
        chosen &= equals(changes, "code", measure)
    rows = np.flatnonzero(chosen)
    # The keys alone are sorted: the table is wide.
    line, order = (numbers(changes, name)[rows] for name in ("line", "ORDER"))
    case, measure_code, site = (pd.factorize(changes[name].iloc[rows], sort=True)[0] for name in SERIES)
    rows = rows[np.lexsort((line, order, site, measure_code, case))]
    table = changes[kept].take(rows)
    return table.assign(BASETYPE=rule)[list(DERIVED_COLUMNS)].reset_index(drop=True)
