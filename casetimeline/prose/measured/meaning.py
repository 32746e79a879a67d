"""What the changes of a case mean, in the past tense for a manuscript: against one difference, one error, one rule."""

import re
from collections.abc import Iterator

import pandas as pd

from ...derive import may_be_baseline, with_unit
from ...rules import (
    BASIS,
    INTERVAL,
    LARGER,
    Analysis,
    derive_tipping,
    smallest_detectable_change,
    span_words,
)
from ...values import number, rows_of
from ...vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, UNDETERMINED
from ..numbers.differences import UNSIZED, change_words
from ..numbers.qualifiers import titre_words
from ..numbers.shares import change_unit, gives_share, is_percentage, points_in_words, share_in_words
from ..wording.labels import is_acronym, label_in_sentence, response_clause
from ..wording.passage import Passage, Said, listed, sentence, text_of, typeset
from ..wording.words import in_a_sentence, limit_words
from .changes import turns_of, turns_without_value
from .coursed import in_brackets, relapse_clause, turned_clause
from .tense import series_of
from .undecided import MAY_BE_NONE, interval_words, is_contrary, only_reaches, tipping_words, way_words
from .unlimited import unlimited_sentences

# The error that is named where the source does not say who measured.
_TWO = "two examiners"
_MET_IF = "met if the two values lie "


def meaning_passages(analysis: Analysis) -> list[Passage]:
    """The change of each measure up to its last value, and what it means; then the subset that follows from a score.

    A change is held against one minimal important difference of its own direction, that of the subset which is told or
    deduced; against the measurement error of those who measured, or between two examiners where the source does not
    say who did; against the rule for a response that lacks the time alone; and, where it is for the worse, against the
    rules for progression.
    """
    tipping = derive_tipping(analysis.verdicts, analysis.changes, analysis.case.rules)
    rules = analysis.case.rules.set_index("rule")
    plain, passages = [], []
    for code in analysis.courses:
        for site, series in series_of(analysis, code):
            for row in rows_of(series[series["LASTFL"].eq("Y") & series["POSTBLFL"].eq("Y")]):
                judged = tipping[tipping["line"] == row.line]
                # What did not change exceeds nothing.
                limits = _limits(analysis, judged, row) if row.CHG != 0 else []
                change = _change(analysis, code, site, series, row)
                if change and limits:
                    change = _by_how_much(short_name(analysis, code, site), series, row)
                if change:
                    clause, works = _against(analysis, limits, row, change)
                    unknown = bool(re.search(r"interval( and examiners)? not reported", text_of(clause)))
                    needs = [*_progression(judged, rules, row, unknown), *_needs(judged, rules, row, unknown)]
                    if len(clause) > len(change) or works:
                        passages += [tuple(sentence(clause, works)), *needs]
                    elif needs:
                        passages += [tuple(sentence(change)), *needs]
                    elif not _is_told(analysis, code, series, row, clause):
                        plain.append((series, row, tuple(change)))
    return [*unlimited_sentences(analysis.case, plain), *passages, *_subset(analysis)]


def _is_told(analysis: Analysis, code: str, series: pd.DataFrame, row, change: list[Said]) -> bool:
    """Whether the course told all that a change without a limit says: its two values, or in numbers that it turned."""
    if pd.notna(row.CHG) and row.CHG != 0 and len(turns_of(series, row)) == 1:
        return _is_relative(analysis, code)
    has_more = len(change) > 3 or change[-1].text or (" or " in row.BASEC and way_words(row) in _NOUNS)
    return not has_more


def _is_relative(analysis: Analysis, code: str) -> bool:
    """Whether changes of a measure are told in percent of the baseline as well."""
    rules = analysis.case.rules
    return gives_share(analysis.case.measure(code)["unit"], rules[rules["measure"] == code])


def short_name(analysis: Analysis, code: str, site: str = "") -> str:
    """A measure as it stands in a sentence: by its abbreviation where that is an acronym."""
    measure = analysis.case.measure(code)
    name = measure["abbrev"] if is_acronym(measure["abbrev"]) else label_in_sentence(measure["label"])
    return re.sub("^(?=number of )", "the ", f"{name} ({site})" if site else name)


def _change(analysis: Analysis, code: str, site: str, series: pd.DataFrame, row) -> list[Said]:
    """That a value fell, rose or stayed, with the bounds of an uncertain change; nothing where there is no number."""
    measure = analysis.case.measure(code)
    base = series[may_be_baseline(series)]
    lines = (*map(int, base["line"]), int(row.line))
    if change_words(row, measure["unit"]) in ("", UNSIZED):
        return []
    name = short_name(analysis, code, site)
    turns, in_words = turns_of(series, row), _turned_in_words(series, row)
    if row.CHG == 0:
        later = in_brackets("", series, row)
        turned = [*turned_clause(analysis, turns), *in_words, *(later if later[0].text else [])]
        same = [Said(f"{name} was the same, "), Said(typeset(row.AVALC), lines), *turned]
        # That nothing became of nothing says no more than the values do.
        return same if row.BASE != 0 or turned else []
    verb = way_words(row)
    relative = _is_relative(analysis, code)
    share = share_in_words(row) if relative and verb != "changed" else ""
    if not relative and is_percentage(measure["unit"]) and verb != "changed":
        share = points_in_words(row, measure["unit"])
    verb = f"{verb}," if verb in MAY_BE_NONE else verb
    if measure["grades"]:
        # A size does not fall, it decreases.
        verb = re.sub("^(fell|rose)", lambda way: _OF_SIZES[way[0]], verb)
    change = [Said(f"{name} {verb} "), Said(_span(row), lines), *in_brackets(share, series, row)]
    turned = turned_clause(analysis, turns) or (relapse_clause(analysis, series, row) if relative else [])
    return [*change, *turned, *in_words]


_NOUNS = {"fell": "fall", "rose": "rise"}
_OF_SIZES = {"fell": "decreased", "rose": "increased"}


def _by_how_much(name: str, series: pd.DataFrame, row) -> list[Said]:
    """A change of a score as a noun, to be held against limits in points; of one with bounds both of its values.

    In brackets its share, and what words alone say of the way there.
    """
    lines = (*map(int, series.loc[may_be_baseline(series), "line"]), int(row.line))
    what = _NOUNS.get(way_words(row), "change")
    share = share_in_words(row) if what != "change" else ""
    words = _other_way(series, row)
    bracket = in_brackets(share, series, row, [*words, Said(" in between by an amount not reported")] if words else [])
    if pd.isna(row.CHG):
        return [Said(f"the {what} in {name} "), Said(_span(row), lines), *bracket]
    # Where it turned, a reader would count from the turn.
    ends = [Said(" "), Said(re.sub(" points?$", "", _span(row)), lines)] if turns_of(series, row) else []
    return [Said("the "), Said(f"{number(abs(row.CHG))}-point", lines), Said(f" {what} in {name}"), *ends, *bracket]


def _span(row) -> str:
    """From the baseline to a value, with the unit once where it is one."""
    before, after = (titre_words(text, row.AVALU) for text in (row.BASEC, row.AVALC))
    unit = after.partition(" ")[2]
    if unit and before.endswith(f" {unit}"):
        # Of two values that may be the baseline as well.
        before = before.replace(f" {unit}", "")
    limit = {"raised": f"above {number(row.BASELO)}", "low": f"below {number(row.BASEHI)}"}.get(row.BASEC, "")
    # The limit is one in the unit of the measure.
    before += f" ({limit if unit == row.AVALU else with_unit(limit, row.AVALU)})" if limit else ""
    return typeset(f"from {before} to {after}".replace("~", "about "))


def _other_way(series: pd.DataFrame, row) -> list[Said]:
    """The words by which a value is said to have gone the other way in between, each with its row."""
    words = turns_without_value(series, row).items()
    return [Said(f"{' and ' if place else ''}{word}", (line,)) for place, (word, line) in enumerate(words)]


def _turned_in_words(series: pd.DataFrame, row) -> list[Said]:
    """That a value is said to have gone the other way in between, of which no number is told."""
    words = _other_way(series, row)
    return [Said(", having "), *words, Said(" in between (by how much is not reported)")] if words else []


def _limits(analysis: Analysis, judged: pd.DataFrame, row) -> list:
    """The verdicts on the limits that a change is held against: those that it exceeds first."""
    rules = analysis.case.rules.set_index("rule")
    limits = [*filter(None, (_difference(analysis, judged, rules, row), *_errors(judged, rules, row)))]
    return sorted(limits, key=lambda limit: (MET, NOT_MET, UNDETERMINED).index(limit.SIZE))


def _against(analysis: Analysis, limits: list, row, change: list[Said]) -> tuple[list[Said], tuple[str, ...]]:
    """A change with what it exceeds and what not; and the last work."""
    unit = change_unit(analysis.case.measure(row.PARAMCD)["unit"])
    rules = analysis.case.rules.set_index("rule")
    verbs = _verbs(row)
    exceeded: dict[str, list[Passage]] = {group: [] for group in verbs}
    # Where it is not told who measured, one error alone is the lowest of all.
    alone = not row.EXAMINERS and sum(limit.KIND == "error" for limit in limits) == 1
    alone &= [limit.KIND for limit in limits if limit.SIZE == NOT_MET] == ["error"]
    # In the order in which they are told: an error right after another one is named by its examiners alone.
    for verdict, before in zip(limits, [None, *limits], strict=False):
        rule = rules.loc[verdict.RULE]
        again = before is not None and before.KIND == "error" and verdict.SIZE != UNDETERMINED
        error = "" if again else "that" if before is not None and before.KIND == "error" else _DETECTABLE
        error = f"even {error}" if error and alone else error
        words = _limit(rule, unit, error, abs(row.CHG))
        # Of whom an estimate was made, or over which time, may be what the source does not tell of the patient.
        if verdict.KIND == "important" and verdict.VERDICT == UNDETERMINED and verdict.SIZE != UNDETERMINED:
            words = f"{words.removesuffix(')')}; applicability unknown)"
        group = _group(verdict, rule, row)
        words = words.replace(" over ", ", estimated over ", 1) if group in (_LARGER, _ALIKE) else words
        exceeded[group].append((Said(words, works=(rule["reference"] or rule.name,)),))
    used = rules.loc[[verdict.RULE for verdict in limits]]
    # Whether an estimate applies is open by how long the change took.
    over = [re.sub("^.*; here ", "over ", each.STUDIED) for each in limits if each.WHY == LARGER and _apart(row)]
    clause = _with_remark(list(change), [*over[:1], *_unknowns(row, used)])
    start = len(clause)
    for verdict, words in verbs.items():
        if exceeded[verdict]:
            less = f"but {words}" if exceeded[_ALIKE] else "but not"
            behind = {NOT_MET: less, MET: f"and {words}"}.get(verdict, f"; it {words}")
            joined = words if len(clause) == start else behind
            last = "or" if verdict == NOT_MET else "and"
            clause += [Said(f"{'' if joined[0] == ';' else ' '}{joined} "), *listed(exceeded[verdict], last)]
    return [*clause[:-1], clause[-1]._replace(works=())], clause[-1].works


_DETECTABLE = "the smallest detectable change"
_REACHED, _LARGER, _ALIKE = "reached", "larger", "as large"


def _group(verdict, rule: pd.Series, row) -> str:
    """How a change stands to a limit; to an estimate over another time than it took by its size alone."""
    if verdict.SIZE != MET:
        return verdict.SIZE
    is_estimate = verdict.WHY == LARGER and _apart(row)
    if only_reaches(rule["limit"], row):
        return _ALIKE if is_estimate else _REACHED
    return _LARGER if is_estimate else MET


def _verbs(row) -> dict[str, str]:
    """The words before the limits to which a change stands alike, in the order of telling."""
    # Of a bound only its least is known to be the limit.
    exact = row.CHGLO == row.CHGHI
    return {
        _LARGER: "is larger than",
        _ALIKE: "is as large as" if exact else "is at least as large as",
        MET: "exceeds",
        _REACHED: "reaches" if exact else "reaches or exceeds",
        NOT_MET: "does not exceed",
        UNDETERMINED: "may or may not exceed",
    }


def _difference(analysis: Analysis, judged: pd.DataFrame, rules: pd.DataFrame, row):
    """The verdict on one minimal important difference: that of the subset told or deduced, else that of all.

    An improvement is no measure of a change for the worse: what surely went the other way is held against none of it.
    """
    rows = judged[judged["KIND"].eq("important") & judged["VERDICT"].isin([MET, NOT_MET, UNDETERMINED])]
    rows = rows[~rows["RULE"].map(rules["direction"]).map(lambda asked: is_contrary(asked, row)).astype(bool)]
    subset = analysis.subset_told or (analysis.subset.subset if analysis.subset else "")
    made_for = rules.loc[rows["RULE"], "made_for"]
    fitting = made_for.str.startswith(subset).to_numpy() if subset else made_for.eq("systemic sclerosis").to_numpy()
    chosen = rows[fitting] if fitting.any() else rows
    # What is told beside it is over which time it was estimated: the size of the change is compared all the same.
    return next(rows_of(chosen), None)


def _errors(judged: pd.DataFrame, rules: pd.DataFrame, row) -> list:
    """The verdict on the measurement error of those who measured, and another one on it that differs.

    Where it is not told who did, and no limit is exceeded, the lowest of them says so of all.
    """
    rows = judged[judged["KIND"].eq("error") & judged["VERDICT"].isin([MET, NOT_MET, UNDETERMINED])]
    if not row.EXAMINERS and len(rows) and rows["SIZE"].eq(NOT_MET).all():
        return [next(rows_of(rows.loc[[rows["RULE"].map(rules["sd"]).idxmin()]]))]
    examiners = rules.loc[rows["RULE"], "examiners"].to_numpy()
    chosen = list(rows_of(rows[examiners == (row.EXAMINERS or _TWO)]))[:1]
    differ = rows[rows["SIZE"].ne(chosen[0].SIZE)] if chosen else rows[:0]
    return [*chosen, *list(rows_of(differ))[:1]]


def _apart(row) -> bool:
    """Whether it is known how long after the baseline a value is."""
    return pd.notna(row.SINCELO)


def _unknowns(row, used: pd.DataFrame) -> list[str]:
    """What the limits of a change would need and what is not reported: how long it took, and who examined."""
    asked = used["studied"].ne("").any() and not _apart(row)
    scored = not row.EXAMINERS and used["kind"].eq("error").any()
    unknown = [word for word, missing in (("interval", asked), ("examiners", scored)) if missing]
    return [f"{' and '.join(unknown)} not reported"] if unknown else []


def _with_remark(change: list[Said], remarks: list[str]) -> list[Said]:
    """A change with remarks in brackets, in those that it ends with, if it does."""
    if not remarks:
        return change
    remark, last = f"{'; '.join(remarks)})", change[-1]
    text = f"{last.text[:-1]}; {remark}" if last.text.endswith(")") else f"{last.text} ({remark}"
    return [*change[:-1], last._replace(text=text)]


def _limit(rule: pd.Series, unit: str, error: str, size: float) -> str:
    if rule["kind"] == "error":
        limit = limit_words(smallest_detectable_change(rule["sd"]), size)
        between = "of" if rule["examiners"].startswith("one ") else "between"
        who = rule["examiners"].replace("examiners in training", "trainees")
        return f"{error} {between} {who} ({limit} {unit})".strip()
    patients = rule["population"].partition(",")[0]
    least = typeset(re.sub(r"^[<>]=?", "", rule["limit"]))
    studied = f" over {span_words(rule['studied'])}" if rule["studied"] else ""
    return f"a minimal clinically important difference ({least} {unit}{studied} in {patients})"


def _progression(judged: pd.DataFrame, rules: pd.DataFrame, row, remarked_before: bool) -> Iterator[Passage]:
    """By how many of the rules for progression a change for the worse is one; and of how many that is open."""
    asked = judged[judged["KIND"].eq("progression") & judged["VERDICT"].ne(NOT_APPLICABLE)]
    way = way_words(row)
    asked = asked[asked["RULE"].map(rules["direction"]).eq(_NOUNS.get(way.partition(" ")[0]))]
    if asked.empty or row.CHG == 0:
        return
    noun, verdicts = _NOUNS.get(way, "change"), asked["VERDICT"]
    met, missed, open_, outside = (int(verdicts.eq(each).sum()) for each in (MET, NOT_MET, UNDETERMINED, OUTSIDE))
    works = tuple(dict.fromkeys(rules.loc[rule, "reference"] or rule for rule in asked["RULE"]))
    judged_by = met + missed
    if not judged_by and open_:
        which = "the cited definition" if open_ == 1 else f"any of the {open_} cited definitions"
        by_time = asked.loc[verdicts.eq(UNDETERMINED), "OPEN"].eq(INTERVAL).all()
        why = f": {interval_words(row)}" if by_time and not remarked_before else ""
        yield tuple(sentence([Said(f"whether the {noun} met {which} of progression cannot be determined{why}")], works))
    if not judged_by:
        return
    how = "met all" if met == judged_by else f"met {met or 'none'} of the"
    which = f"{how} {judged_by} cited definitions"
    if judged_by == 1:
        which = f"{'met' if met else 'did not meet'} {'one' if open_ + outside else 'the'} cited definition"
    rest = [f"{open_} more cannot be determined"] if open_ else []
    rest += [f"{outside} more ask{'s' if outside == 1 else ''} at another time"] if outside else []
    bracket = f" ({'; '.join(rest)})" if rest else ""
    yield tuple(sentence([Said(f"the {noun} {which} of progression{bracket}")], works))


def _needs(judged: pd.DataFrame, rules: pd.DataFrame, record, remarked_before: bool) -> Iterator[Passage]:
    """The latest rule for a response whose size is met and whose time is not known, with the time that it asks for.

    Where the sentence before says that the interval is not reported, this one does not say it again.
    """
    open_ = judged[judged["KIND"].eq("response") & judged["OPEN"].eq(INTERVAL) & judged["SIZE"].eq(MET)]
    # A rule that no interval would meet is not open.
    open_ = open_[[tipping_words(row, "").startswith(_MET_IF) for row in rows_of(open_)]]
    if open_.empty:
        return
    latest = open_["LABEL"].str.extract(r"(\d{4})")[0].astype(float).fillna(0).to_numpy().argmax()
    row = open_.iloc[latest]
    apart = tipping_words(row, "").removeprefix(_MET_IF).removesuffix(" apart")
    apart = apart.replace(" to ", "–")
    label = f"{row['LABEL'][:-1]}; {apart})" if row["LABEL"].endswith(")") else f"{row['LABEL']} ({apart})"
    words = f"whether {response_clause(in_a_sentence(label))} cannot be determined"
    words += "" if remarked_before else f": {interval_words(record)}"
    yield tuple(sentence([Said(words)], (rules.loc[row["RULE"], "reference"] or row["RULE"],)))


def _subset(analysis: Analysis) -> Iterator[Passage]:
    """The subset that a score implies where it is not told."""
    deduced = analysis.subset
    if deduced is None or analysis.subset_told:
        return
    total = analysis.changes.set_index("line").loc[deduced.lines[0], "AVALC"]
    clause = [
        Said("a score of "),
        Said(total, tuple(deduced.lines)),
        Said(f" implies {deduced.subset} disease (subset not reported)"),
    ]
    yield tuple(sentence(clause, BASIS))
