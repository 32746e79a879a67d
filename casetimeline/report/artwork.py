"""Published figures as artwork: their size, without their notes, and cut where a page ends."""

import re

# The gap of a millimetre below the last mark, and how far the upper edge of a letter of 6 points is above its line.
_MARGIN, _RISE = 2.83, 5.6
_NOTES = re.compile(r'\n\s*<g id="[\w.-]*ct\.notes">')


def svg_size(svg: str) -> tuple[float, float]:
    """Width and height of an SVG in points, from its opening tag.

    Examples
    --------
    >>> svg_size('<svg width="510.2pt" height="200pt" viewBox="0 0 510.2 200">')
    (510.2, 200.0)
    """
    head = svg[: svg.index(">")]
    width, height = (float(re.search(rf'\b{name}="([\d.]+)pt"', head)[1]) for name in ("width", "height"))
    return width, height


def end_of_group(svg: str, start: int) -> int:
    """Where the group that begins at a place ends.

    Examples
    --------
    >>> "<g><g/><g></g></g><path/>"[: end_of_group("<g><g/><g></g></g><path/>", 0)]
    '<g><g/><g></g></g>'
    """
    depth = 0
    for tag in re.finditer(r"<g\b[^>]*?(/?)>|</g>", svg[start:]):
        depth += -1 if tag[0] == "</g>" else 0 if tag[1] else 1
        if depth == 0:
            return start + tag.end()
    return len(svg)


def without_notes(svg: str) -> str:
    """An SVG without its notes, which stand lowest, and as much lower; its legend has them.

    Parameters
    ----------
    svg : str
        As `publish` wrote it.

    Returns
    -------
    str
        The same where it has no notes.
    """
    match = _NOTES.search(svg)
    if match is None:
        return svg
    end = end_of_group(svg, match.start())
    first = re.search(r'transform="translate\([\d.]+ ([\d.]+)\)', svg[match.start() : end])
    # A blank line of notes draws nothing.
    return _of_height(svg[: match.start()] + svg[end:], float(first[1]) - _RISE + _MARGIN) if first else svg


def share_letters(page: str) -> str:
    """A page on which the outline of a letter stands once for all its figures, and not in each of them.

    Parameters
    ----------
    page : str
        HTML with figures as `publish` wrote them: each letter is a path in `defs`, and where it stands a `use` of it.

    Returns
    -------
    str
        Each figure looks the same. The outlines stand in a drawing that is not shown, first in the body.

    Examples
    --------
    >>> one = '<svg><defs><path id="a-1" d="M 0 0" transform="scale(2)"/></defs><use xlink:href="#a-1"/></svg>'
    >>> two = one.replace('"#a-1"', '"#a-1" transform="translate(6.5 0)"').replace("a-1", "b-1")
    >>> print(share_letters(f"<body>{one}{two}").replace("><", ">\\n<"))
    <body>
    <svg class="letters" aria-hidden="true">
    <defs>
    <path id="glyph-0" d="M 0 0" transform="scale(2)"/>
    </defs>
    </svg>
    <svg>
    <use href="#glyph-0"/>
    </svg>
    <svg>
    <use href="#glyph-0" x="6.5"/>
    </svg>
    """
    names: dict[str, str] = {}
    shared: dict[str, str] = {}

    def collect(match: re.Match[str]) -> str:
        """Nothing in place of an outline, which is kept."""
        shared[match[1]] = names.setdefault(match[2], f"glyph-{len(names):x}")
        return ""

    def use(match: re.Match[str]) -> str:
        """The letter by its shared name."""
        if match[1] not in shared:
            return match[0]
        places = zip("xy", (match[2], match[3]), strict=True)
        moved = "".join(f' {axis}="{place}"' for axis, place in places if place and place != "0")
        return f'<use href="#{shared[match[1]]}"{moved}/>'

    bare = re.sub(r"\s*<defs>\s*</defs>", "", _LETTER.sub(collect, page))
    bare = _LETTER_USED.sub(use, bare)
    if not names:
        return page
    outlines = "".join(f'<path id="{name}" {outline}/>' for outline, name in names.items())
    drawn = f'<svg class="letters" aria-hidden="true"><defs>{outlines}</defs></svg>'
    return bare.replace("<body>", f"<body>{drawn}", 1)


_LETTER = re.compile(r'\s*<path id="([\w.-]+)" ((?:d="[^"]*" )?transform="[^"]*")/>')
_LETTER_USED = re.compile(r'<use xlink:href="#([\w.-]+)"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')


def slices(svg: str, most: float) -> list[str]:
    """An SVG in parts that are at most so high, each cut at a thin line over its whole width or between rows of cells.

    Parameters
    ----------
    svg : str
        As `publish` wrote it.
    most : float
        The greatest height in points.

    Returns
    -------
    list of str
        The SVG alone where it is no higher. A part without such a place is cut where it is full.
    """
    wide, high = svg_size(svg)
    lines = [float(y) for x, y, to, y2 in _LINE.findall(svg) if y == y2 and float(to) - float(x) > 0.85 * wide]
    cells = {tuple(sorted((float(y), float(y2)))) for y, y2 in _CELL.findall(svg)}
    # A row of cells ends where no other cell goes on; what is as high as a block of rows is its frame.
    cells = {(upper, lower) for upper, lower in cells if lower - upper < 0.1 * most}
    lines += [end for _, end in cells if not any(upper < end - 0.01 and end + 0.01 < lower for upper, lower in cells)]
    parts, top = [], 0.0
    while high - top > most:
        cut = max((y for y in lines if top + 0.5 * most < y <= top + most), default=top + most)
        parts.append(_window(svg, top, cut - top))
        top = cut
    return [*parts, _window(svg, top, high - top)] if parts else [svg]


_LINE = re.compile(r'd="M ([\d.]+) ([\d.]+) \nL ([\d.]+) ([\d.]+) \n"')
# A rectangle with two horizontal sides, as it is drawn of each cell: the heights of these.
_CELL = re.compile(r'd="M [\d.]+ ([\d.]+) \nL [\d.]+ \1 \nL [\d.]+ ([\d.]+) \nL [\d.]+ \2 \nz')


def _of_height(svg: str, height: float) -> str:
    return _window(svg, 0.0, height)


def _window(svg: str, top: float, height: float) -> str:
    """The part of an SVG from a height downward, in points."""
    end = svg.index(">")
    head, (wide, _) = svg[:end], svg_size(svg)
    head = re.sub(r'\bheight="[\d.]+pt"', f'height="{height:.6f}pt"', head, count=1)
    head = re.sub(r'\bviewBox="[^"]+"', f'viewBox="0 {top:.6f} {wide:.6f} {height:.6f}"', head, count=1)
    return head + svg[end:]
