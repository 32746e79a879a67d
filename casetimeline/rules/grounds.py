"""The rows of the timeline on which a record, a verdict and a claim rest.

The tables carry most of it: the records of the baseline (ABLFL, ABLPFL), the earlier record of a stretch (FROMLINE),
the lines of a claim (LINES). Added here is what these rest on in turn: the facts from which a time counts, the start of
the reference treatment, and for a record without a time the facts that limit its place in the order.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..derive import given_places, groups_of, may_be_first, places_of
from ..values import parse_anchor
from ..vocabulary import SUPPORTED
from .analysis import Analysis
from .rules import OF_A_VALUE

Lines = frozenset[int]
_OF_SERIES = ("line", "kind", "PARAMCD", "LOC", "ABLFL", "ABLPFL", "NADIRFL", "PEAKFL", "LASTFL")
_OF_ORDER = ("AVAL", "AVALLO", "AVALHI", "PREV", "PEAKLO", "PEAKHI", "ORDLO", "ORDHI", "ORDPH")


class Grounds:
    """The rows on which each record of an analysis rests, each set with the record itself.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    """

    def __init__(self, analysis: Analysis):
        changes = analysis.changes
        self._time = _times(analysis)
        self._place = _places(changes, self._time)
        # Every course of the reference treatment, and of these each that may be the first.
        given = changes.iloc[given_places(changes, analysis.case.reference)]
        first = may_be_first(places_of(given), groups_of(given["case_id"])) if len(given) else slice(0)
        self.courses: Lines = frozenset(given["line"])
        self.reference: Lines = frozenset(given["line"][first])
        ordered = {name: changes[name].to_numpy(dtype=float, na_value=np.nan) for name in _OF_ORDER}
        plain = pd.DataFrame({**{name: changes[name] for name in _OF_SERIES}, **ordered}).to_dict("records")
        self._row = {row["line"]: row for row in plain}
        self.records: dict[tuple[str, str], list[dict]] = {}
        of_code: dict[str, list[dict]] = {}
        for row in plain:
            if row["kind"] == "observation":
                self.records.setdefault((row["PARAMCD"], row["LOC"]), []).append(row)
                of_code.setdefault(row["PARAMCD"], []).append(row)
        # What has no site is read beside the records of the measure that have one.
        self._beside = {key: records if key[1] else of_code[key[0]] for key, records in self.records.items()}

    def time(self, line: int) -> Lines:
        """The record, and the facts from which its time counts."""
        return self._time[line]

    def times(self, lines: Iterable[int]) -> Lines:
        """The same of several records."""
        return frozenset().union(*(self._time[line] for line in lines))

    def places(self, lines: Iterable[int]) -> Lines:
        """The facts by which records without a time have a place in the order."""
        return frozenset().union(*(self._place[line] for line in lines))

    def base(self, line: int) -> Lines:
        """The records that are, or may be, the baseline of a record, and what they were chosen by."""
        row = self._row[line]
        return self.base_of((row["PARAMCD"], row["LOC"])) if row["kind"] == "observation" else frozenset()

    def base_of(self, key: tuple[str, str]) -> Lines:
        """The same for a series; without a baseline each record of the series is one that was not chosen."""
        chosen = [row["line"] for row in self.records[key] if "Y" in (row["ABLFL"], row["ABLPFL"])]
        beside = self.beside(key) if len(self._beside[key]) > len(self.records[key]) else frozenset()
        return self.places(chosen or self.beside(key)) | self.places(self.reference) | beside

    def beside(self, key: tuple[str, str]) -> Lines:
        """The records of a series; of one without a site all of the measure."""
        return frozenset(row["line"] for row in self._beside[key])

    def change(self, line: int) -> Lines:
        """A record, and its baseline."""
        return self._place[line] | self.base(line)

    def before(self, line: int) -> Lines:
        """A record, and the records of its series that are not surely after it."""
        return self._place[line] | self.places(row["line"] for row in self._earlier(line))

    def _earlier(self, line: int) -> list[dict]:
        record = self._row[line]
        return [
            row
            for row in self._beside[record["PARAMCD"], record["LOC"]]
            if row is not record and not (row["ORDLO"] > record["ORDHI"] or row["ORDPH"] > record["ORDPH"])
        ]

    def previous(self, line: int) -> Lines:
        """A record, and the value before it; each that may be it where that is open."""
        record = self._row[line]
        if np.isnan(record["AVAL"]):
            return self._place[line]
        earlier = self._earlier(line)
        same = [row for row in earlier if row["AVAL"] == record["PREV"]]
        return self._place[line] | self.places(row["line"] for row in same or earlier)

    def highest(self, line: int) -> Lines:
        """A record, and the records up to it that have the highest value so far."""
        record = self._row[line]
        peak = [
            row["line"]
            for row in self._earlier(line)
            if row["AVALLO"] == record["PEAKLO"] or row["AVALHI"] == record["PEAKHI"]
        ]
        return self._place[line] | self.places(peak)


def _times(analysis: Analysis) -> dict[int, Lines]:
    """For each line itself, the facts that its time counts from, and the row whose date is time zero."""
    facts = analysis.case.facts
    chosen = analysis.case.about.get("time_zero", {}).get("chosen", "")
    zero = frozenset(facts.loc[facts["start"].eq(chosen), "line"]) if chosen else frozenset()
    by_code = facts.groupby("code")["line"].agg(frozenset).to_dict()
    counts_from = {
        line: by_code.get(parse_anchor(anchor)[0], frozenset()) if anchor else frozenset()
        for line, anchor in zip(facts["line"], facts["anchor"], strict=True)
    }
    grounds = {}
    for line, start, end in zip(facts["line"], facts["start"], facts["end"], strict=True):
        rest, open_ = {line}, [line]
        while open_:
            more = counts_from[open_.pop()] - rest
            rest |= more
            open_ += more
        grounds[line] = frozenset(rest) | (zero if start or end else frozenset())
    return grounds


def _places(changes: pd.DataFrame, times: dict[int, Lines]) -> dict[int, Lines]:
    """For each line what its time counts from; of one without a time also the facts of other phases that limit it."""
    starts = changes.groupby("DAYLO")["line"].agg(frozenset).to_dict()
    ends = changes.groupby("DAYHI")["line"].agg(frozenset).to_dict()
    places = {}
    for row in changes[["line", "DAYLO", "ORDLO", "ORDHI"]].itertuples(index=False):
        limits: Lines = frozenset()
        if pd.isna(row.DAYLO):
            limits = starts.get(row.ORDLO, frozenset()) | ends.get(row.ORDHI, frozenset())
        places[row.line] = times[row.line].union(*(times[line] for line in limits))
    return places


def verdict_lines(analysis: Analysis, grounds: Grounds) -> list[Lines]:
    """The lines on which each row of `verdicts`, then of `stretches`, rests."""
    changes = analysis.changes
    rules = analysis.case.rules.set_index("rule")
    observed = changes[changes["kind"] == "observation"]
    of_code = observed.groupby("code")["line"].agg(frozenset).to_dict()
    by_code = changes.groupby("code")["line"].agg(frozenset).to_dict()
    lines_of_rows = []
    for table in (analysis.verdicts, analysis.stretches):
        starts = table["FROMLINE"] if "FROMLINE" in table else [None] * len(table)
        for line, name, kind, start in zip(table["line"], table["RULE"], table["KIND"], starts, strict=True):
            rule = rules.loc[name]
            lines = {line} if kind in OF_A_VALUE else grounds.change(line)
            if start is not None:
                # Which record it begins with was chosen among all of the series.
                lines = grounds.before(line) | grounds.places((line, int(start)))
            if rule["percent_of"] == "peak":
                lines = lines | grounds.before(line)
            for code in filter(None, rule["needs"].split("|")):
                lines = lines.union(*(grounds.change(each) for each in of_code.get(code, ())))
            for code in filter(None, rule["not_after"].split("|")):
                lines = lines | grounds.times(by_code.get(code, frozenset()) | by_code.get(f"no_{code}", frozenset()))
            lines_of_rows.append(frozenset(lines))
    return lines_of_rows


def claim_lines(analysis: Analysis, grounds: Grounds, claim: Mapping, row: Mapping) -> Lines:
    """The lines that a claim names, what these rest on, and where it names none those of its measure."""
    named = [int(line) for line in row["LINES"].split(", ") if line]
    changes = analysis.changes
    if claim.get("measure") and (not named or row["RESULT"] != SUPPORTED):
        of_measure = changes["kind"].eq("observation") & changes["code"].eq(claim["measure"])
        named += changes.loc[of_measure, "line"].tolist()
    lines = frozenset(named).union(*(grounds.change(line) for line in named))
    if claim["test"] == "given":
        facts = analysis.case.facts
        given = facts["kind"].isin(["treatment", "procedure"]) & facts["frequency"].str.contains("alternat")
        lines |= grounds.times(facts.loc[given, "line"]) if {*facts.loc[given, "line"]} & lines else frozenset()
    if claim["test"] == "meets":
        verdicts = verdict_lines(analysis, grounds)[: len(analysis.verdicts)]
        of_rule = analysis.verdicts["RULE"].eq(claim["rule"]) & analysis.verdicts["line"].isin(named)
        lines = lines.union(*(each for each, chosen in zip(verdicts, of_rule, strict=True) if chosen))
    return lines
