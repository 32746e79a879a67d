"""Figures in parts that a page of a journal has room for."""

import math

from matplotlib.figure import Figure

from ..rules import Analysis, analyse
from .blocks import TextRow, lay_footer, titles_of
from .change import block_foot, block_height, change_entries, draw_blocks, lay_blocks
from .needs import Block, limits_of_axis
from .style import SMALL, figure_style, text_height

_CONTINUED = ", continued"


def change_in_parts(analysis: Analysis, width_mm: float, most_mm: float) -> list[Figure]:
    """The figure of `draw_change` in parts that are at most so high without their notes, in millimetres.

    A measure with more rules than a part has room for goes on in the next, on the same scale: half of the rules in
    each, where two parts have room for all.
    """
    analysis = analyse(analysis)
    with figure_style(width_mm):
        blocks, left_out, notes = lay_blocks(analysis, analysis.courses, width_mm)
        room = most_mm - 3.5 - lay_footer(change_entries(blocks), [], width_mm - 4).key_height
        pages = _pages(blocks, room)
        titles = titles_of("Change and rules", len(pages))
        return [
            draw_blocks(analysis.case.case_id, title, page, [] if number else left_out, notes, width_mm)
            for number, (title, page) in enumerate(zip(titles, pages, strict=True))
        ]


def _half(block: Block, room: float) -> int:
    """How many rules of a block make half of its rows, where one more page has room for the others; else all."""
    half = math.ceil(len(block.rows) / 2)
    rest = block.title.height + block_foot(block) + 3.0 + sum(row.height for row in block.rows[half:])
    return half if rest <= room else len(block.rows)


def _pages(blocks: list[Block], room: float) -> list[list[Block]]:
    """Blocks on pages; one that does not fit is cut between two of its rules."""
    pages, left, rest = [[]], room, [*blocks]
    while rest:
        block = rest.pop(0)
        whole, count, used = block_height(block), 0, block.title.height + block_foot(block) + 3.0
        while count < len(block.rows) and used + block.rows[count].height <= left:
            used += block.rows[count].height
            count += 1
        if whole > left and count < 2 and pages[-1]:
            pages.append([])
            left, rest = room, [block, *rest]
        elif whole > left and 0 < count < len(block.rows):
            count = min(count, _half(block, room))
            block = block._replace(scale=limits_of_axis(block))
            name = block.title.cells[0][0].partition(":")[0].removesuffix(_CONTINUED)
            title = TextRow([[f"{name}{_CONTINUED}"]], text_height(1, SMALL) + 2.2)
            tail = block._replace(title=title, rows=block.rows[count:], rules=block.rules.iloc[count:])
            pages[-1].append(block._replace(rows=block.rows[:count], rules=block.rules.iloc[:count]))
            pages.append([])
            left, rest = room, [tail, *rest]
        else:
            pages[-1].append(block)
            left -= whole
    return pages
