"""A case beside published arms: where its baseline lies among their patients, and how far their means moved."""

import math
import re
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ..prose import (
    LAST_OPEN,
    NOT_MENTIONED,
    change_unit,
    change_words,
    elapsed_words,
    joined,
    label_in_sentence,
    position_words,
    signed,
    value_words,
)
from ..rules import Analysis, analyse, derive_context
from ..values import number, rows_of
from .axes.axis import order_of
from .blocks import (
    Entry,
    Footer,
    TextRow,
    draw_footer,
    draw_row,
    lay_footer,
    lay_row,
    pages_of,
    table_axes,
    titles_of,
)
from .course.rows import may_be_last, rows_on
from .drawn import list_rows, listed_note, tag
from .files.publish import new_figure
from .style import (
    BLUE,
    GREY,
    INK,
    RED,
    SMALL,
    add_axes,
    figure_style,
    letters_note,
    text_height,
    with_letters,
)

_CASE = {"marker": "o", "markerfacecolor": BLUE, "markeredgecolor": BLUE}
_MEAN = {"marker": "s", "markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK}
_PATIENTS = {"facecolor": "#d9d9d9", "edgecolor": GREY, "linewidth": 0.4}
_OF_A_MEAN = {"color": RED, "linewidth": 1.4}
_ENTRY = {"color": INK, "linewidth": 0.9, "marker": "|", "markersize": 5.0}
_HERE = {"color": BLUE, "linewidth": 0.8, "linestyle": (0, (4, 2))}
_INTERVAL = {"facecolor": BLUE, "alpha": 0.3, "edgecolor": "none"}
_ADJUSTED = "least squares mean"
_TALL = 2.4  # millimetres
_GAP = 4.0
_PATIENTS_WORDS = "mean plus and minus one SD: about two thirds of patients, if normally spread"
_BOUNDED = "this case: between these bounds"


def draw_context(analysis: Analysis, code: str = "mrss", width_mm: float = 180) -> Figure:
    """Draw the baseline and the change of a case beside published arms.

    A mean change is drawn only with the interval that its source reports, and the key names that interval: a confidence
    interval of a mean does not show how far patients spread. The arms are not controls of this case; a note under the
    figure says why.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    code : str
        The measure.
    """
    return context_in_parts(analysis, code, width_mm)[0]


def context_in_parts(
    analysis: Analysis, code: str = "mrss", width_mm: float = 180, most_mm: float = math.inf
) -> list[Figure]:
    """The figure of `draw_context` in parts that are at most so high without their notes, in millimetres."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    with figure_style(width_mm):
        mine = [row for row in rows_on(order_of(analysis), changes) if row.kind == "observation" and row.code == code]
        base = next((row for row in mine if row.ABLFL == "Y" and pd.notna(row.AVALLO)), None)
        later = [row for row in mine if base and row.LOC == base.LOC and row.POSTBLFL == "Y" and pd.notna(row.CHGLO)]
        lasts = may_be_last(later)
        last, ends = lasts[0] if len(lasts) == 1 else None, (base.AVALLO, base.AVALHI) if base else (math.nan, math.nan)
        arms = derive_context(with_entry(case.comparators, case.catalogue, case.measure(code)["abbrev"]), code, *ends)
        measure = case.measure(code)
        derived = changes[changes["line"].isin([row.line for row in lasts])]
        reason = "values between the baseline and the last" if base else "without a baseline as a number"
        left_out = [(row, reason) for row in mine if row not in (base, *lasts)]
        left_out += [(row, LAST_OPEN) for row in lasts if row is not last]
        panels = [
            ("Baseline", *_lay_baseline(arms, base, measure, width_mm)),
            ("Change", *_lay_change(arms, last, _changes_words(derived, measure["unit"]), width_mm)),
        ]
        # Without a mark there is no scale.
        panels = panels if mine and any(marks for _, _, marks, _ in panels) else []
        notes = _notes(arms, measure) if panels else [_nothing_words(mine, measure, code in analysis.codes)]
        notes += [listed_note(left_out), letters_note(measure["label"])]
        pages = _pages(panels, most_mm - 4.0 - lay_footer(_entries(panels), [], width_mm - 4).key_height)
        drawn = [
            _draw(case.case_id, title, page, measure, lay_footer(_entries(page), notes, width_mm - 4), width_mm)
            for title, page in zip(titles_of("Beside published arms", len(pages)), pages, strict=True)
        ]
        list_rows(drawn[0], left_out)
        return drawn


# The height of the numbers and the label under an axis, in millimetres.
_FOOT = 3.5 + text_height(2, 7)
_HEAD = 6.0


def _pages(panels: list[tuple], room: float) -> list[list[tuple]]:
    """Panels on pages; one that does not fit is cut between two arms, and this case stands first in each part."""
    cut = []
    for name, table, marks, limits in panels:
        case_height = table[0].height
        for arms in pages_of([row.height for row in table[1:]], room - _HEAD - case_height - _FOOT):
            kept = [0, *range(arms.start + 1, arms.stop + 1)]
            moved = [mark._replace(row=kept.index(mark.row)) for mark in marks if mark.row in kept]
            cut.append((name, [table[place] for place in kept], moved, limits))
    heights = [_HEAD + sum(row.height for row in table) + _FOOT for _, table, *_ in cut]
    return [cut[page] for page in pages_of(heights, room)] if cut else [[]]


def _draw(case_id: str, title: str, panels: list[tuple], measure, footer: Footer, width_mm: float) -> Figure:
    """Some panels as a figure."""
    body = sum(_HEAD + sum(row.height for row in table) + _FOOT for _, table, *_ in panels)
    figure = new_figure(case_id, title, width_mm, 1.5 + body + 1 + footer.height)
    top = 1.5
    for name, table, marks, limits in panels:
        high = sum(row.height for row in table)
        unit = change_unit(measure["unit"]) if name == "Change" else measure["unit"]
        label = f"{name}, {measure['abbrev']} ({unit})"
        _draw_panel(figure, (name, label), table, marks, limits, (top, high, width_mm))
        top += _HEAD + high + _FOOT
    draw_footer(figure, footer, 2, top + 1)
    return with_letters(figure)


def _columns(width_mm: float) -> tuple[list[float], list[float]]:
    """Left edges and widths of the three columns: name, axis, words."""
    widths = [0.33 * width_mm - 2, 0.35 * width_mm, 0.32 * width_mm - _GAP - 4]
    return [2, 2 + widths[0] + 2, 2 + widths[0] + 2 + widths[1] + _GAP - 1], widths


def _table(names: list[str], words: list[str], width_mm: float) -> list[TextRow]:
    _, widths = _columns(width_mm)
    return [lay_row([name, word], [widths[0], widths[2]], least=4.6) for name, word in zip(names, words, strict=True)]


_UNREAD = "not in the part that was read"


class Spread(NamedTuple):
    """What a mean of an arm has around it: from `low` to `high`, of its patients, or else an interval of the mean."""

    low: float
    high: float
    of_patients: bool


class Mark(NamedTuple):
    """What stands in a row of a panel: `element` is what it is, `of` its line or arm, `span` from where to where."""

    row: int
    element: str
    of: int | str
    span: tuple[float, float]
    spread: Spread | None
    words: str


def _arm_name(arm) -> str:
    size = "" if pd.isna(arm.n) or not arm.n else f" (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{number(float(arm.n))})"
    return f"{arm.trial}, {arm.treatment}{size}"


def with_entry(comparators: pd.DataFrame, rules: pd.DataFrame, abbrev: str) -> pd.DataFrame:
    """The published arms with the limits of entry of their trial, where these stand with a rule as counted in it.

    Examples
    --------
    >>> arms = pd.DataFrame({"trial": ["one", "two"], "measure": "mrss", "entry": ["", "mRSS 10 to 35"]})
    >>> rules = {"measure": "mrss", "population": ["early disease, one"], "base_min": 15.0, "base_max": 40.0}
    >>> with_entry(arms, pd.DataFrame(rules), "mRSS")["entry"].tolist()
    ['mRSS 15 to 40', 'mRSS 10 to 35']
    """
    limited = rules[rules["base_min"].notna() & rules["base_max"].notna()]
    limits = {}
    for rule in limited.itertuples():
        words = f"{abbrev} {number(rule.base_min)} to {number(rule.base_max)}"
        limits[rule.measure, rule.population.rpartition(", ")[2]] = words
    arms = comparators[["entry", "measure", "trial"]].itertuples()
    return comparators.assign(entry=[arm.entry or limits.get((arm.measure, arm.trial), "") for arm in arms])


def _lay_baseline(arms: pd.DataFrame, base, measure: pd.Series, width_mm: float):
    """The panel of the baselines as rows, marks and limits: the case, then each arm with a mean or an entry limit."""
    unit = measure["unit"]
    names, words = ["This case"], [value_words(base, unit) if base else "no value at baseline"]
    marks = [] if base is None else [Mark(0, "case", base.line, (base.AVALLO, base.AVALHI), None, words[0])]
    for i, arm in enumerate(arms[arms["baseline_mean"].notna() | arms["entry"].ne("")].itertuples(), start=1):
        names.append(_arm_name(arm))
        words.append(_baseline_words(arm))
        label = f"{names[-1]}, {words[-1]}"
        if pd.notna(arm.ENTRYLO):
            marks.append(Mark(i, "entry", arm.arm, (arm.ENTRYLO, arm.ENTRYHI), None, label))
        if not math.isnan(arm.baseline_mean):
            spread = Spread(arm.baseline_mean - arm.baseline_sd, arm.baseline_mean + arm.baseline_sd, True)
            marks.append(Mark(i, "arm_baseline", arm.arm, (arm.baseline_mean,) * 2, spread, label))
    ends = [x for mark in marks for x in mark.span if math.isfinite(x)]
    low = measure["low"] if math.isfinite(measure["low"]) else min([0.0, *ends]) * 1.1
    high = measure["high"] if math.isfinite(measure["high"]) else max([1.0, *ends]) * 1.1
    return _table(names, words, width_mm), marks, (low, high)


def _baseline_words(arm) -> str:
    """The mean of an arm with the place of this case beside it, and its limits of entry where they tell of this case.

    Of an arm with a mean they do so where this case lies outside.
    """
    if math.isnan(arm.baseline_mean):
        mean = f"mean {_UNREAD}"
    else:
        mean = f"mean {number(arm.baseline_mean, 1)}, SD {number(arm.baseline_sd, 1)}"
        mean = "; this case ".join(filter(None, [mean, position_words(arm)]))
    entry = f"entry: {arm.entry}" if arm.entry else ""
    return "; ".join(filter(None, [mean, entry, "this case lies outside" if arm.OUTSIDE else ""]))


def _changes_words(lasts: pd.DataFrame, unit: str) -> str:
    """The change to the last value in words; where it is open which value that is, the change to each."""
    changes = " or ".join(dict.fromkeys(change_words(row, unit) for row in rows_of(lasts)))
    if len(lasts) != 1:
        return f"{LAST_OPEN}: {changes}" if changes else "no change can be computed"
    weeks = elapsed_words(lasts.iloc[0], 7)
    return f"{changes}, {f'after {weeks} weeks' if weeks else 'weeks not reported'}"


def _lay_change(arms: pd.DataFrame, last, change: str, width_mm: float):
    """The panel of the changes as rows, marks and limits: the case, then each arm with a mean change."""
    names, words = ["This case"], [change]
    marks = [] if last is None else [Mark(0, "case", last.line, (last.CHGLO, last.CHGHI), None, words[0])]
    for i, arm in enumerate(arms[arms["change"].notna()].itertuples(), start=1):
        names.append(_arm_name(arm))
        spread = None if math.isnan(arm.SPREADLO) else Spread(arm.SPREADLO, arm.SPREADHI, pd.notna(arm.change_sd))
        kind = f"SD {number(arm.change_sd, 1)} of patients" if spread and spread.of_patients else arm.spread
        kind = f"interval {kind}" if not spread else kind
        words.append(f"{kind_of_mean(arm) or 'mean'} {signed(arm.change, 1)} at week {number(arm.weeks)}; {kind}")
        marks.append(Mark(i, "arm_change", arm.arm, (arm.change,) * 2, spread, f"{names[-1]}, {words[-1]}"))
    ends = [x for mark in marks for x in (*mark.span, *(mark.spread or ())[:2]) if math.isfinite(x)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.08 * (high - low) or 1.0
    return _table(names, words, width_mm), marks, (low - margin, high + margin)


def kind_of_mean(arm) -> str:
    """What kind of mean the change of an arm is, as its quote says; blank where that does not tell.

    A mean with the standard deviation of the changes of the patients is one that was observed.

    Examples
    --------
    >>> from types import SimpleNamespace as Arm
    >>> kind_of_mean(Arm(quote="least squares mean [LSM] change was -6", change_sd=math.nan))
    'least squares mean'
    >>> kind_of_mean(Arm(quote="-6.6 (6.4)", change_sd=6.4)), kind_of_mean(Arm(quote="was -6.33", change_sd=math.nan))
    ('mean', '')
    """
    if re.search(r"\bleast[ -]squares? mean|\bLSM\b", arm.quote, re.IGNORECASE):
        return _ADJUSTED
    return "" if math.isnan(arm.change_sd) else "mean"


def _kinds_note(arms: pd.DataFrame) -> str:
    """Which means stand side by side, where some are adjusted and others are not known to be; else blank."""
    trials: dict[str, list[str]] = {}
    for arm in arms[arms["change"].notna()].itertuples():
        trials.setdefault(kind_of_mean(arm), []).append(arm.trial)
    names = {kind: ", ".join(dict.fromkeys(of)) for kind, of in trials.items()}
    if len(names) < 2 or _ADJUSTED not in names:
        return ""
    kinds = [f"least squares means, adjusted by a model ({names[_ADJUSTED]})"]
    kinds += [f"observed means ({names['mean']})"] if "mean" in names else []
    kinds += [f"means of unstated type ({names['']})"] if "" in names else []
    return f"Side by side stand {', '.join(kinds[:-1])} and {kinds[-1]}."


def _unread_note(arms: pd.DataFrame) -> str:
    """Of which trials a panel shows nothing, since it was not read; blank for none."""
    no_baseline = arms[arms["baseline_mean"].isna() & arms["entry"].eq("")]
    unread = (("mean at baseline", no_baseline), ("mean change", arms[arms["change"].isna()]))
    missing = []
    for what, rows in unread:
        # A name with a comma would part a list of names.
        trials = dict.fromkeys(rows["trial"].str.replace(r", (.+)", r" (\1)", regex=True))
        missing += [f"the {what} of {joined([*trials])}"] if trials else []
    return f"Not in the part that was read, and not drawn: {'; '.join(missing)}." if missing else ""


def _nothing_words(mine: list, measure: pd.Series, asked: bool) -> str:
    """Why nothing of a case can stand beside published arms; `asked` is whether the case is asked for the measure."""
    absent = NOT_MENTIONED if asked else "not recorded"
    return f"{measure['label']} {'has no baseline as a number' if mine else f'is {absent}'}: nothing to place."


def _notes(arms: pd.DataFrame, measure: pd.Series) -> list[str]:
    if not len(arms):
        return [f"No published arm for {label_in_sentence(measure['label'])} is listed in comparators.csv."]
    silent = (arms["change"].notna() & arms["SPREADLO"].isna()).sum()
    return [
        "These arms are not controls for this case: their patients were selected by other criteria, scored at fixed "
        "times and treated otherwise, and a mean hides how patients differ. The distance from an arm does not measure "
        "the effect of a treatment. A value far from a mean tends to lie nearer to it the next time, whatever is done.",
        f"For {silent} of {arms['change'].notna().sum()} mean changes the part that was read gives no interval, and "
        "none is drawn."
        if silent
        else "",
        _kinds_note(arms),
        _unread_note(arms),
    ]


def _entries(panels: list[tuple]) -> list[Entry]:
    """The key of some panels: what their marks show."""
    marks = [mark for _, _, of_panel, _ in panels for mark in of_panel]
    arms = [mark for mark in marks if mark.element in ("arm_baseline", "arm_change")]
    spreads = {mark.spread.of_patients for mark in arms if mark.spread}
    mean = "mean or least squares mean" if any(_ADJUSTED in mark.words for mark in arms) else "mean"
    shown = (
        (any(mark.element == "case" for mark in marks), "this case, and its level", "mark", _CASE),
        (any(mark.span[0] != mark.span[1] for mark in marks if mark.element == "case"), _BOUNDED, "box", _INTERVAL),
        (bool(arms), f"{mean} of the arm", "mark", _MEAN),
        (True in spreads, _PATIENTS_WORDS, "box", _PATIENTS),
        (any(mark.element == "entry" for mark in marks), "limits of entry", "line", _ENTRY),
        (False in spreads, "confidence interval of the mean: no spread of patients", "line", _OF_A_MEAN),
    )
    return [Entry(*entry) for is_shown, *entry in shown if is_shown]


def _draw_panel(figure: Figure, names: tuple, table: list[TextRow], marks: list, limits: tuple, box: tuple) -> None:
    top, high, width_mm = box
    lefts, widths = _columns(width_mm)
    names_ax = add_axes(figure, 0, top, width_mm, 6.0 + high)
    table_axes(names_ax, width_mm, 6.0 + high)
    names_ax.text(2, 3.0, names[0], fontsize=7, fontweight="bold", va="center")
    y, middles = 6.0, []
    for row in table:
        middles.append(draw_row(names_ax, row, [lefts[0], lefts[2]], y, width_mm - 2) - 6.0)
        y += row.height
    ax = add_axes(figure, lefts[1], top + 6.0, widths[1], high, label=names[0])
    ax.set(xlim=limits, ylim=(high, 0))
    for mark in marks:
        _draw_mark(ax, middles[mark.row], mark)
        if mark.element == "case":
            for x in filter(math.isfinite, dict.fromkeys(mark.span)):
                ax.add_line(Line2D([x, x], [0, high], zorder=1, **_HERE))
    if limits[0] < 0 < limits[1]:
        ax.add_line(Line2D([0, 0], [0, high], color=GREY, linewidth=0.6, zorder=0.5))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.xaxis.set_major_locator(MaxNLocator(max(3, round(widths[1] / 11))))
    ax.set_xlabel(names[1])


def _draw_mark(ax, y: float, mark: Mark) -> None:
    gid, span = tag(mark.element, ax.get_label(), mark.of), mark.span
    if mark.spread:
        low, high, of_patients = mark.spread
        kept = tag(f"{mark.element}_{'sd' if of_patients else 'ci'}", ax.get_label(), mark.of)
        if of_patients:
            ax.add_patch(Rectangle((low, y - _TALL / 2), high - low, _TALL, gid=kept, zorder=0.8, **_PATIENTS))
        else:
            ax.add_line(Line2D([low, high], [y, y], gid=kept, zorder=2, **_OF_A_MEAN))
    if mark.element == "entry":
        ax.add_line(Line2D(span, [y, y], gid=gid, zorder=2, **_ENTRY))
    elif span[0] != span[1]:
        low, high = (min(max(x, ax.get_xlim()[0]), ax.get_xlim()[1]) for x in span)
        ax.add_patch(Rectangle((low, y - _TALL / 2), high - low, _TALL, gid=gid, zorder=2, **_INTERVAL))
    else:
        look = _CASE if mark.element == "case" else _MEAN
        ax.add_line(Line2D([span[0]], [y], linestyle="none", gid=gid, zorder=3, **look))
    words = f"this case: {mark.words}" if mark.element == "case" else mark.words
    ax.text(span[0], y, words, gid=f"{gid}.said", visible=False)
