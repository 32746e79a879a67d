"""Figures as a report shows them: with their words, lower or in parts in print, and drawn again for a narrow screen."""

import html
import re
from itertools import takewhile
from pathlib import Path

from ..prose import SHORT_FORMS, short_forms_in, typeset
from ..rules import Analysis, limits_of
from .artwork import svg_size, without_notes
from .citations import EQUIVALENTS, Numbers
from .contents import LINES
from .document import Block, Picture, Words, read_words, spans
from .pdf import PAGE, printed_heights, room_for

COURSE = "00_course"
# The width in millimetres at which figures are drawn again for a telephone, which shows them about 1.4 times as wide.
_NARROW = 68


def narrowed(analysis: Analysis, picture: Picture) -> Picture:
    """A figure with the same drawn for a narrow screen, where its notes are a paragraph."""
    from ..figures import FIGURES, notes_of, render_svg, without_notes as undrawn_notes

    drawn = FIGURES[picture.name.removesuffix("_first")](analysis, width_mm=_NARROW)
    notes = notes_in_print(notes_of(drawn))
    narrow = render_svg(undrawn_notes(drawn), f"narrow-{picture.name}-")
    return with_short_forms(analysis, picture._replace(narrow=narrow, narrow_notes=notes))


def picture_of(folder: Path, stem: str) -> Picture:
    """A published figure, with its words, from the folder of figures."""
    words = words_of(folder, stem)
    svg = (folder / f"{stem}.svg").read_text(encoding="utf-8")
    # In the report the notes stand in the figure itself; its title is caption enough.
    # Title and patient open the alternative text too; both stand in the figure.
    same = takewhile(lambda letters: letters[0] == letters[1], zip(words.alt, words.legend, strict=False))
    shared = "".join(letter for letter, _ in same)
    notes = words.legend[shared.rfind(". ") + 1 :].strip() if len(shared) < len(words.legend) else ""
    title = untitled(words.title)
    alt = typeset(words.alt.replace(words.title, title, 1))
    return Picture(stem, title, alt, f"{title}.", svg, notes=notes_in_print(notes))


def notes_in_print(notes: str) -> str:
    """Notes in which rows that are not drawn are told by their kind; the table of the recorded rows has the lines."""
    return typeset(LINES.sub("", notes))


def untitled(title: str) -> str:
    """The title of a figure without its case: a report is of one."""
    return re.sub(r", case [\w-]+$", "", title)


def words_of(folder: Path, stem: str) -> Words:
    """The words of a published figure, from the folder of figures."""
    return read_words((folder / f"{stem}.txt").read_text(encoding="utf-8"))


def with_short_forms(analysis: Analysis, picture: Picture) -> Picture:
    """A figure whose notes end with the abbreviations of its legend and its description, where it has none yet."""
    if SHORT_FORMS in picture.notes:
        return picture
    short = short_forms_in(analysis, f"{picture.legend} {picture.notes} {picture.alt}")
    notes, narrow_notes = (" ".join([text, *short]).strip() for text in (picture.notes, picture.narrow_notes))
    return picture._replace(notes=notes, narrow_notes=narrow_notes) if short else picture


def on_first_screen(block: Block) -> Block:
    """A figure without its abbreviations, which the Results below it explain; any other block as it is."""
    if not isinstance(block, Picture):
        return block
    notes, narrow_notes = (text.partition(f" {SHORT_FORMS}")[0] for text in (block.notes, block.narrow_notes))
    return block._replace(notes=notes, narrow_notes=narrow_notes)


def in_print_of(analysis: Analysis, picture: Picture) -> Picture:
    """A figure as a page has room for it with its legend: without what a table has too, and in parts if it is high."""
    from ..figures import draw_course, draw_in_parts, notes_of, render_svg

    if picture.name == COURSE:
        # What the notes of the whole figure say of single rows stands in the table of all rows.
        whole = draw_course(analysis, most_mm=_WHOLE)
        svg, notes = render_svg(whole, f"{COURSE}-"), notes_in_print(notes_of(whole))
        # Its lower form is Figure 1, with the title of the course.
        picture = picture._replace(title=_ALL, legend=f"{_ALL}.", svg=svg, notes=notes)
        picture = with_short_forms(analysis, picture)
    high, room = svg_size(without_notes(picture.svg))[1] * 25.4 / 72, room_for(f"{picture.legend} {picture.notes}")
    if high <= room:
        return picture
    drawn = draw_in_parts(analysis, picture.name, 180, room)
    # What is the same for all parts is said with the first.
    part_notes = [notes_of(part) for part in drawn]
    further = ["" if notes == part_notes[0] else notes_in_print(notes) for notes in part_notes[1:]]
    legends = [f"{picture.legend} {picture.notes}", *further]
    svgs = [without_notes(render_svg(part, f"{picture.name}-")) for part in drawn]
    return picture._replace(parts=tuple(zip(svgs, legends, strict=True)) if len(drawn) > 1 else ())


# Millimetres: the heading above the first figure, and what parts a figure from the next but not from the foot.
_HEADING, _APART = 10.0, 3.8
# For each figure that it passes, one is moved for the square of so much of a page.
_WORTH = 0.1


def without_gaps(pictures: list[Picture], names: list[str]) -> tuple[list[Picture], list[str]]:
    """Figures in their order, or one of them earlier where that leaves less of the pages blank between them.

    With them come some names, of these figures and others, with those of the figures in the same order.
    """
    # One that is as high as a page is made for one.
    heights = [[min(high, PAGE - _HEADING) for high in printed_heights(picture)] for picture in pictures]
    ordered = [pictures[place] for place in least_blank(heights, PAGE + _APART, _HEADING)]
    turns, mine = iter([picture.name for picture in ordered]), {picture.name for picture in ordered}
    return ordered, [next(turns) if name in mine else name for name in names]


def least_blank(heights: list[list[float]], page: float, above: float = 0.0) -> list[int]:
    """The order of figures, each of one part or more, in which little is left blank below those of each page.

    One figure at most stands earlier than in turn. What is blank below the last one is filled by what follows.

    Examples
    --------
    Of 60, 70 and 30 on pages of 100, the last has room below the first.

    >>> least_blank([[60], [70], [30]], 100), least_blank([[60], [30], [70]], 100)
    ([0, 2, 1], [0, 1, 2])
    """
    turn = [*range(len(heights))]
    # From each place to itself and to each earlier one, by how many it passes.
    moves = [(place - to, place, to) for place in turn for to in range(place + 1)]
    orders = [(far, [*turn[:to], place, *turn[to:place], *turn[place + 1 :]]) for far, place, to in moves]

    def cost(order: tuple[int, list[int]]) -> float:
        """What is blank, and what a move has to be worth."""
        return _blank([high for i in order[1] for high in heights[i]], page, above) + order[0] * (_WORTH * page) ** 2

    return min(orders, key=cost, default=(0, turn))[1]


def _blank(heights: list[float], page: float, above: float) -> float:
    """How much is blank below the figures of all pages but the last; two small gaps count less than a large one."""
    blank, left = 0.0, page - above
    for high in heights:
        if high > left:
            blank, left = blank + left**2, page
        left -= high
    return blank


# The measure of a figure over time, by its name; it may have thresholds beside it.
MEASURED = {"01_skin": "mrss", "02_muscle": "ck", "03_pericardium": "pericardial_effusion"}


# How a legend names the label by which doses are calculated.
_LABEL = "(Amneal, Rev. 12-2021)"


def with_label(picture: Picture, numbers: Numbers, called: str = "") -> Picture:
    """A figure, called so, whose legend has the number of the drug label by which its doses are calculated, if any."""
    picture = picture._replace(label=called or picture.label)
    legends = [picture.notes, picture.narrow_notes, *(legend for _, legend in picture.parts)]
    known = numbers.of([EQUIVALENTS]) if any(_LABEL in legend for legend in legends) else ()
    if not known:
        return picture
    cited = f"{_LABEL[:-1]}; reference {known[0]})"
    return picture._replace(
        notes=picture.notes.replace(_LABEL, cited),
        narrow_notes=picture.narrow_notes.replace(_LABEL, cited),
        parts=tuple((svg, legend.replace(_LABEL, cited)) for svg, legend in picture.parts),
        works=tuple(sorted({*picture.works, *known})),
    )


def with_works(analysis: Analysis, picture: Picture, numbers: Numbers, rules: str) -> Picture:
    """A figure whose legend has the works of the thresholds and the groups in it, by their numbers.

    Those of rules stand in a table, by its label.
    """
    case, works, picture = analysis.case, {}, with_label(picture, numbers)
    if picture.name == "08_change" and rules:
        sentence = f"{rules} gives the source of each rule."
    elif picture.name == "09_context":
        arms = case.comparators
        arms = arms[arms["measure"] == "mrss"].groupby("trial", sort=False)[["reference", "baseline_reference"]]
        works = {trial: numbers.of(filter(None, {*each.to_numpy().ravel()})) for trial, each in arms}
        sentence = f"References: {'; '.join(f'{trial}, {spans(known)}' for trial, known in works.items() if known)}."
    elif drawn := _drawn_rules(analysis, picture):
        works = {"": numbers.of(drawn)}
        sentence = f"Published thresholds: references {spans(works[''])}." if works[""] else ""
    else:
        return picture
    cited = tuple(sorted({number for known in works.values() for number in known}))
    return picture._replace(notes=" ".join(filter(None, [picture.notes, sentence])), works=(*picture.works, *cited))


def _drawn_rules(analysis: Analysis, picture: Picture) -> list[str]:
    """The rules whose thresholds are lines or bands of the figure of a measure; none of any other figure."""
    from ..figures import tag

    measure, rules = MEASURED.get(picture.name, ""), analysis.applicable
    drawn = []
    for name in rules.loc[rules["measure"] == measure, "rule"]:
        labels = limits_of(rules[rules["rule"] == name], measure)["LABEL"]
        gids = [f'{tag(element, measure, label)}"' for label in labels for element in ("band", "important")]
        drawn += [name] if any(gid in picture.svg for gid in gids) else []
    return drawn


# The title of the figure of the course in a supplement, where Figure 1 has fewer rows.
_ALL = "Whole course"
# The greatest height in millimetres of the figure of the whole course in print, where a table has what words tell.
_WHOLE = 225.0


def placed(block: Block, course: str, rows: str) -> Block:
    """A block of which the notes name the figure of the whole course and the table of all rows by their labels."""
    from ..figures import ELSEWHERE

    if not isinstance(block, Picture):
        return block
    there = " and ".join(filter(None, [course, rows]))
    there = f"{there} of the supplement" if course else there
    # A figure that is cut has notes for each of its parts.
    parts = tuple((_named(svg, there), notes.replace(ELSEWHERE, there)) for svg, notes in block.parts)
    return block._replace(svg=_named(block.svg, there), notes=block.notes.replace(ELSEWHERE, there), parts=parts)


def _named(svg: str, there: str) -> str:
    """An SVG whose hidden description names the figure of the whole course as its legend does."""
    from ..figures import ELSEWHERE

    return re.sub(
        r"<desc\b.*?</desc>", lambda desc: desc[0].replace(ELSEWHERE, html.escape(there)), svg, flags=re.DOTALL
    )
