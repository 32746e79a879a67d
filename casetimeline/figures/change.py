"""The change from baseline against the rules: how large it is, what each rule asks for, and the verdict in words."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..derive import derive_stretches
from ..prose import (
    LAST_OPEN,
    OF_PARTS,
    TURNS,
    UNJUDGED,
    asked_words,
    change_words,
    elapsed_words,
    in_a_sentence,
    label_in_sentence,
    own_time,
    shift_words,
    short_forms_in,
    turn_of,
    turns_of,
    value_words,
    why_no_change,
)
from ..rules import (
    FOR_ANY_CV,
    LARGER,
    OF_A_VALUE,
    WITHIN_BIOLOGICAL,
    Analysis,
    analyse,
    derive_required,
    is_counted,
    is_needless,
)
from ..values import rows_of
from ..vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, UNDETERMINED, VERDICTS
from .axes.axis import order_of
from .blocks import Entry, draw_footer, draw_row, lay_footer, lay_row, table_axes
from .course.rows import last_of, rows_on
from .drawn import list_rows, listed_note
from .files.publish import new_figure
from .needs import CHANGE, MEETS, PERHAPS, SPAN, UNCHANGED, Block, draw_axis, is_drawn
from .style import (
    ANSWER_MARKS,
    BLUE,
    NOT_ASKED_MARKS,
    add_axes,
    figure_style,
    letters_note,
    text_height,
    with_letters,
)

_VERDICTS = dict(zip(VERDICTS, (*ANSWER_MARKS, *NOT_ASKED_MARKS), strict=True))
# A size that is decided, though the verdict is not, is no open question: its mark is that of an answer, not filled.
_MARKS = {**_VERDICTS, LARGER: {**_VERDICTS[MET], "markerfacecolor": "white"}}
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
    codes = analysis.asked(codes)
    with figure_style(width_mm):
        blocks, left_out, notes = lay_blocks(analysis, codes or analysis.courses, width_mm)
        return draw_blocks(analysis.case.case_id, "Change and rules", blocks, left_out, notes, width_mm)


def lay_blocks(analysis: Analysis, codes: tuple[str, ...], width_mm: float) -> tuple[list[Block], list, list[str]]:
    """The blocks of some measures, the rows that are in none with the reasons, and the notes."""
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    widths = _widths(width_mm)
    judged = derive_required(verdicts[~verdicts["KIND"].isin(OF_A_VALUE)], changes, case.rules)
    rows = rows_on(order_of(analysis), changes)
    mine = [row for row in rows if row.kind == "observation" and row.code in codes]
    blocks, left_out, unknown, needless = [], [], [], 0
    for code in codes:
        series: dict[str, list] = {}
        for row in mine:
            if row.code == code:
                series.setdefault(row.LOC, []).append(row)
        for records in series.values():
            laid, others = _lay_series(analysis, judged, code, records, widths)
            left_out.extend(others)
            needless += int((is_needless(judged) & (judged["line"] == laid[-1].last.line)).sum()) if laid else 0
            blocks.extend(filter(is_drawn, laid))
            if laid and not is_drawn(laid[-1]):
                why = "no change can be computed" if laid[-1].rows else _UNJUDGED
                unknown += [_unknown_change(analysis, laid[-1].last)] if laid[-1].rows else []
                left_out.extend((row, why) for row in (*laid[-1].bases, laid[-1].last))
            elif not laid and others[0][1] == LAST_OPEN and judged["line"].isin([row.line for row in records]).any():
                unknown.append(f"{_name_of(records[0])}, {LAST_OPEN}")
    unjudged = any(why == _UNJUDGED for _, why in left_out)
    notes = [*_notes(blocks, needless, unjudged, unknown), case.selection]
    short = short_forms_in(analysis, _words_of(blocks))
    return (
        blocks,
        left_out,
        [*notes, listed_note(left_out, _name_of), *short, letters_note(*(row.AVALC for row in mine))],
    )


def _words_of(blocks: list[Block]) -> str:
    """The words of the rules and titles of blocks."""
    cells = [lines for block in blocks for row in (block.title, *block.rows) for lines in row.cells]
    return " ".join(line for lines in cells for line in lines)


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
    return [0.34 * width_mm - 2, axis * width_mm, (0.66 - axis) * width_mm - 10]


def block_height(block: Block) -> float:
    """The height of a block and of the gap below it, in millimetres."""
    return block.title.height + sum(row.height for row in block.rows) + block_foot(block) + 3.0


def _lay_series(analysis: Analysis, judged: pd.DataFrame, code: str, records: list, widths: list):
    """The blocks of a series, none without a baseline or a later record; and the records left out, with reasons.

    A change that turned has a block for each of its parts before that of the whole.
    """
    bases = [row for row in records if row.ABLFL == "Y"][:1]
    # Where more than one may be it, the change has bounds.
    bases = bases or [row for row in records if row.ABLPFL == "Y"]
    later = [row for row in records if bases and row.POSTBLFL == "Y"]
    valued = [row for row in later if pd.notna(row.AVALLO) or pd.notna(row.AVALCALO)]
    last = last_of(valued) if valued else max(later, key=lambda row: (row.ORDER, row.line), default=None)
    if last is None:
        return [], [(row, _why_not(bases, valued)) for row in records]
    by_line = analysis.changes.set_index("line")
    turn = next(filter(None, (turn_of(analysis, last.line, kind) for kind in OF_PARTS)), None)
    ends, between, parts = (*bases, last), _lowest_between(analysis, later, last), []
    if turn:
        at, rules = next(row for row in records if row.line == turn.line), analysis.case.rules
        name = next(name for name, word in TURNS.items() if word == turn.word)
        stretches = derive_stretches(analysis.changes)
        stretch = stretches[stretches["STRETCH"] == name]
        before = derive_required(turn.before, analysis.changes, rules)
        after = derive_required(turn.after, stretch, rules)
        known = stretch.set_index("line").loc[last.line]
        parts = [
            _lay_block(analysis, ([*bases], at), before, by_line.loc[at.line], widths, f"to its {turn.word} value"),
            _lay_block(analysis, ([at], last), after, known, widths, f"from its {turn.word} value")._replace(
                origin=f"{turn.word} value"
            ),
        ]
        ends, between = (*bases, at, last), []
    of_last = judged[(judged["line"] == last.line) & is_counted(judged)]
    where = "to its last value" if parts else ""
    whole = _lay_block(analysis, (bases, last), of_last, by_line.loc[last.line], widths, where, between)
    others = [(row, "values between the baseline and the last") for row in records if row not in ends]
    return [*parts, whole], others


def _lay_block(
    analysis: Analysis,
    ends: tuple,
    rules: pd.DataFrame,
    derived: pd.Series,
    widths: list,
    where: str,
    between: Sequence[str] = (),
) -> Block:
    """The block of a change between two records; `where` says which part of the course it is."""
    bases, last = ends
    case, measure = analysis.case, analysis.case.measure(last.code)
    ratio = rules["KIND"].eq("variation").any()
    change = (derived["R2BASELO"], derived["R2BASEHI"]) if ratio else (derived["CHGLO"], derived["CHGHI"])
    share = asked_words(derived, measure["unit"], case.rules[case.rules["rule"].isin(rules["RULE"])])
    changed = [*_change_words(bases, last, derived, measure["unit"]), *filter(None, [share])]
    words = "; ".join([*changed, *between, _elapsed_words(derived, bases, last)])
    name = ", ".join(filter(None, [measure["label"], last.LOC, where]))
    # Bold letters are wider than those that are measured.
    title = lay_row([f"{name}: {words}"], [0.86 * sum(widths)])
    # Some programs set letters a little wider than they are measured; behind them begins the shading.
    cells = [widths[0] - 2.0, *widths[1:]]
    rows = [
        lay_row([f"{row.LABEL}; made for {row.POPULATION}", "", _verdict_words(row)], cells, least=_ROW - 1)
        for row in rules.itertuples()
    ]
    return Block(title, bases, last, rules, rows, ratio, change, measure["unit"], f"-{where}" if where else "")


def _name_of(row) -> str:
    return label_in_sentence(", ".join(filter(None, [row.PARAM, row.LOC])))


def _why_not(bases: list, valued: list) -> str:
    """Why a series has no change up to a last value."""
    if not bases:
        return "no baseline"
    return LAST_OPEN if valued else "no record after the baseline"


def _change_words(bases: list, last, derived: pd.Series, unit: str) -> list[str]:
    """The two values, and the change between them; for grades, one phrase that says both."""
    shift = shift_words(derived) if pd.isna(bases[0].AVALLO) else ""
    if shift:
        return [shift]
    return [
        f"{' or '.join(dict.fromkeys(value_words(base, '') for base in bases))} to {value_words(last, unit)}",
        change_words(derived, unit) or "no change can be computed",
    ]


def _lowest_between(analysis: Analysis, later: list, last) -> list[str]:
    """The lowest value after the baseline, where a change came and went; of a grade the one that is surely the lowest.

    Where bounds leave open which of several values it is, each is named.
    """
    lowest = [row for row in later if row.NADIRFL == "Y" and row.line != last.line]
    if pd.notna(last.AVALLO):
        series = analysis.changes[analysis.changes["PARAMCD"].eq(last.code) & analysis.changes["LOC"].eq(last.LOC)]
        lowest = dict(turns_of(series, next(rows_of(series[series["line"].eq(last.line)])))).get("lowest", [])
    *others, only = [*{row.AVALC: row for row in lowest}.values()] or [None]
    if only is None:
        return []
    values = [*(value_words(row, "") for row in others), value_words(only, analysis.case.measure(last.code)["unit"])]
    return [f"lowest in between {' or '.join(values)}"]


def _elapsed_words(derived: pd.Series, bases: list, last) -> str:
    days, base = elapsed_words(derived), bases[0]
    if len(bases) == 1 and " to " in days and base.start and last.start and not base.anchor and not last.anchor:
        return f"from {own_time(base.start)} to {own_time(last.start)}"
    return f"after {days} days" if days else "time between not reported"


def _answer(rule) -> str:
    """The verdict on a rule, or that a change is larger than an estimate of which nobody knows whether it applies."""
    return LARGER if rule.WHY == LARGER else rule.VERDICT


def _verdict_words(row) -> str:
    if row.WHY == LARGER:
        return f"{LARGER} ({row.STUDIED})"
    if row.VERDICT in (UNDETERMINED, NOT_APPLICABLE, OUTSIDE) or row.WHY in (FOR_ANY_CV, WITHIN_BIOLOGICAL):
        return ": ".join(filter(None, [row.VERDICT, row.WHY]))
    # A difference that was estimated in others is not a rule: a change is larger than it, and does not meet it.
    verdict = {MET: "larger", NOT_MET: "not larger"}[row.VERDICT] if row.KIND == "important" else row.VERDICT
    return "; ".join(filter(None, [verdict, row.STUDIED]))


def block_foot(block: Block) -> float:
    """The height of the numbers and the label under the axis of a block, in millimetres."""
    return 3.5 + text_height(2, 7) if is_drawn(block) else 0.0


def _unknown_change(analysis: Analysis, last) -> str:
    """A measure whose change rules could judge, and why it is not known."""
    measure, rows = analysis.case.measure(last.code), analysis.changes
    series = rows[rows["PARAMCD"].eq(last.code) & rows["LOC"].eq(last.LOC)]
    why = why_no_change(series, measure)
    return ", ".join(filter(None, [in_a_sentence(measure["label"]), last.LOC, why]))


def _notes(blocks: list[Block], needless: int, is_unjudged: bool, unknown: list[str]) -> list[str]:
    if not blocks and unknown:
        open_ = [each for each in unknown if each.endswith(LAST_OPEN)]
        others = [each for each in unknown if each not in open_]
        why = {"No change can be set against the rules": others, "No single change can be drawn": open_}
        return [f"{what}: {'; '.join(each)}." for what, each in why.items() if each]
    if not blocks and is_unjudged:
        return [UNJUDGED]
    if not blocks:
        return ["No measure has a baseline and a later record: nothing can be set against the rules."]
    notes = [
        "Shaded: changes as large as the rule asks for. The verdict also rests on the time and the entry criteria of "
        "the rule, which was made for the patients named beside it. Rules that exclude this patient by diagnosis, sex "
        "or entry criteria are not drawn."
    ]
    if any((block.rules["KIND"] == "error").sum() > 1 for block in blocks):
        notes.append("Of the smallest detectable changes one applies; which, depends on who scored the two visits.")
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
    entries += [Entry("no change", "line", UNCHANGED)] if drawn else []
    if needs["NEEDLO"].notna().any():
        entries.append(
            Entry("changes as large as the rule asks for", "box", {**MEETS, "edgecolor": BLUE, "linewidth": 0.4})
        )
    if ((needs["NEEDLO"] != needs["NEEDHI"]) & needs["NEEDLO"].notna() & needs["KIND"].ne("variation")).any():
        entries.append(Entry("the rule gives a range here", "box", {**PERHAPS, "linewidth": 0.3}))
    shown = {_answer(rule) for block in blocks for rule in block.rules.itertuples()}
    entries.extend(Entry(answer, "mark", look) for answer, look in _MARKS.items() if answer in shown)
    return entries


def _draw_block(figure: Figure, block: Block, top: float, widths: list[float], width_mm: float) -> None:
    high = sum(row.height for row in block.rows)
    label = block.title.cells[0][0].split(":")[0]
    table = add_axes(figure, 0, top, width_mm, block.title.height + high, label=label)
    table_axes(table, width_mm, block.title.height + high)
    middle = draw_row(table, block.title, [2.0], 0.0, width_mm - 2, weight="bold")
    for row in (*block.bases, block.last):
        # The title has both values in words.
        gid = block.tag(row.STATE, row.code, row.line)
        table.add_line(Line2D([2.0], [middle], linestyle="none", gid=gid))
        words = f"{'the later' if row is block.last else 'the earlier'} value, {value_words(row, block.unit)}"
        table.text(2.0, middle, words, gid=f"{gid}.said", visible=False)
    lefts = [2, 2 + widths[0], 6 + widths[0] + widths[1]]
    y, places = block.title.height, []
    for row, rule in zip(block.rows, block.rules.itertuples(), strict=True):
        middle = draw_row(table, row, [lefts[0], lefts[1], lefts[2] + 3], y, width_mm - 2)
        gid = block.tag("verdict", rule.RULE, rule.line)
        table.add_line(Line2D([lefts[2]], [middle], linestyle="none", gid=gid, **_MARKS[_answer(rule)]))
        table.text(lefts[2], middle, f"{rule.LABEL}: {_verdict_words(rule)}", gid=f"{gid}.said", visible=False)
        places.append((y - block.title.height, row.height))
        y += row.height
    if is_drawn(block):
        draw_axis(figure, block, places, (2 + widths[0], top + block.title.height, widths[1], high), label)
