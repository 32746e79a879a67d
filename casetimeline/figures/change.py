"""The change from baseline against the rules: how large it is, what each rule asks for, and the verdict in words."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from ..prose import asked_words, change_unit, change_words, elapsed_words, own_time, shift_words, value_words
from ..rules import OF_A_VALUE, Analysis, analyse, derive_required, is_needless
from ..values import number
from ..vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, UNDETERMINED, VERDICTS
from .axis import order_axis
from .blocks import Entry, TextRow, draw_footer, draw_row, lay_footer, lay_row, table_axes
from .drawn import list_rows, listed_note, tag
from .publish import new_figure
from .rows import last_of, rows_on
from .style import (
    ANSWER_MARKS,
    BLUE,
    GREY,
    INK,
    NOT_ASKED_MARKS,
    SMALL,
    STATE_MARKS,
    add_axes,
    house_style,
    letters_note,
    text_height,
    text_width,
    with_letters,
)

MEETS = {"facecolor": "#cfe6f5", "edgecolor": "none"}
PERHAPS = {"facecolor": "none", "edgecolor": "#8c8c8c", "hatch": "/////", "linewidth": 0.0}
CHANGE = {"color": INK, "linewidth": 1.1}
SPAN = {"facecolor": INK, "alpha": 0.25, "edgecolor": "none"}
_RATIOS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 5, 10, 30, 100)


class Block(NamedTuple):
    """The rules of one series before they are drawn.

    Attributes
    ----------
    title : TextRow
        The measure, and its change in words.
    base, last : tuple
        The rows of the baseline and of the record that is judged.
    rules : DataFrame
        Verdicts on the last record, with NEEDLO and NEEDHI.
    rows : list of TextRow
        The words of each rule and its verdict.
    ratio : bool
        Whether the axis is the ratio to the baseline.
    change : tuple of float
        Bounds of the change, or of the ratio; nan where none can be computed.
    unit : str
    """

    title: TextRow
    base: tuple
    last: tuple
    rules: pd.DataFrame
    rows: list[TextRow]
    ratio: bool
    change: tuple[float, float]
    unit: str


def is_drawn(block: Block) -> bool:
    """Whether a block has an axis: rules, and a change that can be computed and has a number as one of its bounds."""
    return (
        bool(block.rows)
        and not math.isnan(block.change[0])
        and not (math.isinf(block.change[0]) and math.isinf(block.change[1]))
    )


def draw_axis(figure: Figure, block: Block, places: list, box: tuple, label: str) -> None:
    """Draw the change of a block against what its rules ask for, one row a rule, in a box of millimetres."""
    ax = add_axes(figure, *box, label=label)
    ax.set_ylim(box[3], 0)
    low, high = _limits(block)
    if block.ratio:
        ax.set_xscale("log")
    ax.set_xlim(low, high)
    for (y, tall), rule in zip(places, block.rules.itertuples(), strict=True):
        _draw_need(ax, rule, (y + 0.5, tall - 1.0), (low, high), block)
    start, end = max(block.change[0], low), min(block.change[1], high)
    gid = tag("change", block.last.code, block.last.line)
    if start == end:
        ax.add_line(Line2D([start, start], [0, box[3]], gid=gid, zorder=3, **CHANGE))
    else:
        ax.add_patch(Rectangle((start, 0), end - start, box[3], gid=gid, zorder=3, **SPAN))
    what = "times the baseline" if block.ratio else change_unit(block.unit)
    ax.text(start, 0, f"change of this case: {_between(*block.change)} {what}", gid=f"{gid}.said", visible=False)
    unchanged = 1.0 if block.ratio else 0.0
    ax.add_line(Line2D([unchanged] * 2, [0, box[3]], color=GREY, linewidth=0.6, linestyle=(0, (3, 2)), zorder=2))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    if block.ratio:
        ticks = _apart([t for t in _RATIOS if low <= t <= high], box[2] / math.log(high / low))
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(ticks, [number(t, 3) for t in ticks])
        ax.set_xlabel("Ratio to the baseline")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(max(3, round(box[2] / 11))))
        ax.set_xlabel(f"Change ({change_unit(block.unit)})")


def _apart(ticks: list[float], per_e: float) -> list[float]:
    """The ticks of a ratio whose numbers do not touch, where `per_e` is millimetres for a factor of e; 1 is kept."""
    kept = [1.0] if 1 in ticks else []
    for tick in ticks:
        wide = text_width("00.00", SMALL)
        if all(abs(math.log(tick / other)) * per_e > wide for other in kept):
            kept.append(tick)
    return sorted(kept)


def _between(low: float, high: float) -> str:
    """The words for two bounds, of which one may be open."""
    if low == high:
        return number(low, 3)
    if math.isinf(high):
        return f"{number(low, 3)} or more"
    return f"{number(high, 3)} or less" if math.isinf(low) else f"{number(low, 3)} to {number(high, 3)}"


def _limits(block: Block) -> tuple[float, float]:
    """Limits of the axis: they hold the change, the place of no change, and what the rules ask for."""
    two_sided = block.rules.loc[block.rules["KIND"].isin(["error", "stability"]), "NEEDHI"]
    ends = [*block.rules["NEEDLO"], *block.rules["NEEDHI"], *(-two_sided), *block.change]
    ends = [x for x in ends if math.isfinite(x)]
    if block.ratio:
        ends = [x for x in [*ends, 1.0] if x > 0]
        return min(ends) / 1.6, max(ends) * 1.6
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.12 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_need(ax, rule, box: tuple[float, float], limits: tuple[float, float], block: Block) -> None:
    """Shade the changes that are as large as a rule asks for; hatch those within a threshold given as a range."""
    # A rule that was made for other patients asks for nothing here.
    if math.isnan(rule.NEEDLO) or rule.VERDICT == NOT_APPLICABLE:
        return
    (y, tall), (low, high) = box, limits
    least, most = sorted((abs(rule.NEEDLO), abs(rule.NEEDHI)))
    unit = change_unit(block.unit)
    if rule.KIND == "variation":
        sure, perhaps = [(low, rule.NEEDLO), (rule.NEEDHI, high)], []
        words = f"below {number(rule.NEEDLO, 2)} or above {number(rule.NEEDHI, 2)} times the baseline"
    elif rule.KIND == "error":
        sure, perhaps = [(low, -most), (most, high)], []
        words = f"more than {number(most, 2)} {unit} either way"
    elif rule.KIND == "stability":
        sure, perhaps = [(-most, most)], []
        words = f"less than {number(most, 2)} {unit} either way"
    elif rule.NEEDHI <= 0:
        sure, perhaps = [(low, -most)], [(-most, -least)]
        words = f"a fall of {_amount(least, most)} {unit}"
    else:
        sure, perhaps = [(most, high)], [(least, most)]
        words = f"a rise of {_amount(least, most)} {unit}"
    gid = tag("need", rule.RULE, rule.line)
    for spans, look, kept in ((sure, MEETS, gid), (perhaps, PERHAPS, f"{gid}-perhaps")):
        for i, (start, end) in enumerate(spans):
            if end > start:
                name = f"{kept}-{i}" if i else kept
                ax.add_patch(Rectangle((start, y), end - start, tall, gid=name, zorder=1, **look))
    ax.text(low, y, f"{rule.LABEL} asks for {words}", gid=f"{gid}.said", visible=False)


def _amount(least: float, most: float) -> str:
    return number(most, 2) if least == most else f"{number(least, 2)} to {number(most, 2)}"


_VERDICTS = dict(zip(VERDICTS, (*ANSWER_MARKS, *NOT_ASKED_MARKS), strict=True))
_ROW = 5.2
_UNJUDGED = "no cited rule judges its change"


def draw_change(
    analysis: Analysis,
    codes: tuple[str, ...] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw the change of the last value of each series against the rules that judge a change.

    Each series has a block: a line or band for its change, and for each rule a row that shades the changes as large as
    the rule asks for and gives the verdict in words. The verdict also rests on the time and on the entry that the rule
    asks for. Records that are not drawn are listed under the figure.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    codes : tuple of str
        The measures, from top to bottom; none for those of the case that have a course.
    """
    analysis = analyse(analysis)
    with house_style():
        blocks, left_out, notes = lay_blocks(analysis, codes or analysis.courses, width_mm)
        return draw_blocks(analysis.case.case_id, "Change and rules", blocks, left_out, notes, width_mm)


def lay_blocks(analysis: Analysis, codes: tuple[str, ...], width_mm: float) -> tuple[list[Block], list, list[str]]:
    """The blocks of some measures, the rows that are in none with the reasons, and the notes."""
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    widths = _widths(width_mm)
    judged = derive_required(verdicts[~verdicts["KIND"].isin(OF_A_VALUE)], changes, case.rules)
    rows = rows_on(order_axis(case), changes)
    mine = [row for row in rows if row.kind == "observation" and row.code in codes]
    blocks, left_out, needless = [], [], 0
    for code in codes:
        series: dict[str, list] = {}
        for row in mine:
            if row.code == code:
                series.setdefault(row.LOC, []).append(row)
        for records in series.values():
            block, others = _lay_block(analysis, judged, code, records, widths)
            left_out.extend(others)
            needless += int((is_needless(judged) & (judged["line"] == block.last.line)).sum()) if block else 0
            if block and is_drawn(block):
                blocks.append(block)
            elif block:
                why = "no change can be computed" if block.rows else _UNJUDGED
                left_out.extend([(block.base, why), (block.last, why)])
    notes = [*_notes(blocks, needless, any(why == _UNJUDGED for _, why in left_out)), case.selection]
    return blocks, left_out, [*notes, listed_note(left_out), letters_note(*(row.AVALC for row in mine))]


def draw_blocks(case_id: str, title: str, blocks: list[Block], left_out: list, notes: list[str], width_mm: float):
    """A figure of blocks, from top to bottom."""
    footer = lay_footer(change_entries(blocks), notes, width_mm - 4)
    body = sum(map(block_height, blocks))
    figure = new_figure(case_id, title, width_mm, 1.5 + body + 1 + footer.height)
    top = 1.5
    for block in blocks:
        _draw_block(figure, block, top, _widths(width_mm), width_mm)
        top += block_height(block)
    draw_footer(figure, footer, 2, top + 1)
    list_rows(figure, left_out)
    return with_letters(figure)


def _widths(width_mm: float) -> list[float]:
    # Where a verdict has few words in a line, the axis gives it some of its width.
    axis = 0.36 if width_mm > 100 else 0.29
    return [0.34 * width_mm - 2, axis * width_mm, (0.66 - axis) * width_mm - 8]


def block_height(block: Block) -> float:
    """The height of a block and of the gap below it, in millimetres."""
    return block.title.height + sum(row.height for row in block.rows) + block_foot(block) + 3.0


def _lay_block(analysis: Analysis, judged: pd.DataFrame, code: str, records: list, widths: list):
    """The block of a series, or None without a baseline or a later record; and the records left out, with reasons."""
    case, changes = analysis.case, analysis.changes
    base = next((row for row in records if row.ABLFL == "Y"), None)
    later = [row for row in records if base is not None and row.POSTBLFL == "Y"]
    valued = [row for row in later if pd.notna(row.AVALLO) or pd.notna(row.AVALCALO)]
    last = last_of(valued) if valued else max(later, key=lambda row: (row.ORDER, row.line), default=None)
    if last is None:
        return None, [(row, _why_not(records, base, valued)) for row in records]
    others = [(row, "values between the baseline and the last") for row in records if row not in (base, last)]
    measure = case.measure(code)
    asked = judged["VERDICT"].ne(NOT_APPLICABLE)
    rules = judged[(judged["line"] == last.line) & ~is_needless(judged) & asked]
    derived = changes.set_index("line").loc[last.line]
    ratio = rules["KIND"].eq("variation").any()
    change = (derived["R2BASELO"], derived["R2BASEHI"]) if ratio else (derived["CHGLO"], derived["CHGHI"])
    site = f", {last.LOC}" if last.LOC else ""
    between = _lowest_between(records, last, measure["unit"])
    said = asked_words(derived, measure["unit"], case.rules[case.rules["rule"].isin(rules["RULE"])])
    changed = [*_change_words(base, last, derived, measure["unit"]), *filter(None, [said])]
    words = "; ".join([*changed, *between, _elapsed_words(derived, base, last)])
    # Bold letters are wider than those that are measured.
    title = lay_row([f"{measure['label']}{site}: {words}"], [0.86 * (sum(widths) - 8)])
    rows = [
        lay_row([f"{row.LABEL}; made for {row.POPULATION}", "", _verdict_words(row)], widths, least=_ROW - 1)
        for row in rules.itertuples()
    ]
    return Block(title, base, last, rules, rows, ratio, change, measure["unit"]), others


def _why_not(records: list, base, valued: list) -> str:
    """Why a series has no change up to a last value."""
    if base is None:
        possible = any(row.ABLPFL == "Y" for row in records)
        return "which record is the baseline is open" if possible else "measures without a baseline"
    return "which value is the last is open" if valued else "measures without a record after the baseline"


def _change_words(base, last, derived: pd.Series, unit: str) -> list[str]:
    """The two values, and the change between them; for grades, one phrase that says both."""
    shift = shift_words(derived) if pd.isna(base.AVALLO) else ""
    if shift:
        return [shift]
    return [
        f"{value_words(base, '')} to {value_words(last, unit)}",
        change_words(derived, unit) or "no change can be computed",
    ]


def _lowest_between(records: list, last, unit: str) -> list[str]:
    """The lowest recorded value, if it is neither the baseline nor the last: a change that came and went."""
    lowest = [row for row in records if row.NADIRFL == "Y" and row.ABLFL != "Y" and row.line != last.line]
    return [f"lowest in between {value_words(row, unit)}" for row in lowest]


def _elapsed_words(derived: pd.Series, base, last) -> str:
    days = elapsed_words(derived)
    if " to " in days and base.start and last.start and not base.anchor and not last.anchor:
        return f"from {own_time(base.start)} to {own_time(last.start)}"
    return f"after {days} days" if days else "time between not reported"


def _verdict_words(row) -> str:
    if row.VERDICT in (UNDETERMINED, NOT_APPLICABLE, OUTSIDE):
        return ": ".join(filter(None, [row.VERDICT, row.WHY]))
    # A difference that was estimated in others is not a rule: a change is larger than it, and does not meet it.
    verdict = {MET: "larger", NOT_MET: "not larger"}[row.VERDICT] if row.KIND == "important" else row.VERDICT
    return "; ".join(filter(None, [verdict, row.STUDIED]))


def block_foot(block: Block) -> float:
    """The height of the numbers and the label under the axis of a block, in millimetres."""
    return 3.5 + text_height(2, 7) if is_drawn(block) else 0.0


def _notes(blocks: list[Block], needless: int, is_unjudged: bool) -> list[str]:
    if not blocks and is_unjudged:
        return ["No cited rule judges a change of the measures of this case."]
    if not blocks:
        return ["No measure has a baseline and a later record: nothing can be set against the rules."]
    notes = [
        "Shaded: changes as large as the rule asks for. The verdict also rests on the time and the entry criteria of "
        "the rule, which was made for the patients named beside it. Rules that exclude this patient by diagnosis, sex "
        "or entry criteria are not drawn."
    ]
    if any((block.rules["KIND"] == "error").sum() > 1 for block in blocks):
        notes.append("Of the rules of measurement error one applies; which, depends on who scored the two visits.")
    if needless:
        notes.append(f"{needless} {'rules' if needless > 1 else 'rule'} of progression, not met, are not drawn.")
    return notes


def change_entries(blocks: list[Block]) -> list[Entry]:
    """The key of some blocks."""
    drawn = [block for block in blocks if is_drawn(block)]
    entries = []
    if any(block.change[0] == block.change[1] for block in drawn):
        entries.append(Entry("change of this case", "line", CHANGE))
    if any(block.change[0] != block.change[1] for block in drawn):
        entries.append(Entry("change of this case: between these bounds", "box", SPAN))
    needs = (
        pd.concat([block.rules for block in drawn]) if drawn else pd.DataFrame({"NEEDLO": [], "NEEDHI": [], "KIND": []})
    )
    if needs["NEEDLO"].notna().any():
        entries.append(
            Entry("changes as large as the rule asks for", "box", {**MEETS, "edgecolor": BLUE, "linewidth": 0.4})
        )
    if ((needs["NEEDLO"] != needs["NEEDHI"]) & needs["NEEDLO"].notna() & needs["KIND"].ne("variation")).any():
        entries.append(Entry("the rule gives a range here", "box", {**PERHAPS, "linewidth": 0.3}))
    shown = {verdict for block in blocks for verdict in block.rules["VERDICT"]}
    entries.extend(Entry(verdict, "mark", look) for verdict, look in _VERDICTS.items() if verdict in shown)
    return entries


def _draw_block(figure: Figure, block: Block, top: float, widths: list[float], width_mm: float) -> None:
    high = sum(row.height for row in block.rows)
    label = block.title.cells[0][0].split(":")[0]
    table = add_axes(figure, 0, top, width_mm, block.title.height + high, label=label)
    table_axes(table, width_mm, block.title.height + high)
    middle = draw_row(table, block.title, [11.0], 0.0, width_mm - 2, weight="bold")
    for row, x in ((block.base, 3.5), (block.last, 7.5)):
        gid = tag(row.STATE, row.code, row.line)
        table.add_line(Line2D([x], [middle], linestyle="none", gid=gid, **STATE_MARKS[row.STATE]))
        words = f"{'the baseline' if row is block.base else 'the last value'}, {value_words(row, block.unit)}"
        table.text(x, middle, words, gid=f"{gid}.said", visible=False)
    lefts = [2, 2 + widths[0], 6 + widths[0] + widths[1]]
    y, places = block.title.height, []
    for row, rule in zip(block.rows, block.rules.itertuples(), strict=True):
        middle = draw_row(table, row, [lefts[0], lefts[1], lefts[2] + 3], y, width_mm - 2)
        gid = tag("verdict", rule.RULE, rule.line)
        table.add_line(Line2D([lefts[2]], [middle], linestyle="none", gid=gid, **_VERDICTS[rule.VERDICT]))
        table.text(lefts[2], middle, f"{rule.LABEL}: {_verdict_words(rule)}", gid=f"{gid}.said", visible=False)
        places.append((y - block.title.height, row.height))
        y += row.height
    if is_drawn(block):
        draw_axis(figure, block, places, (2 + widths[0], top + block.title.height, widths[1], high), label)
