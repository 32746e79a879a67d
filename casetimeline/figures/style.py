"""The house style, the size of text before it is drawn, and the marks of the states."""

import math
import re
from contextlib import AbstractContextManager
from functools import cache
from numbers import Real
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.path import Path as MplPath
from matplotlib.text import Text
from matplotlib.textpath import TextPath, text_to_path
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from ..faults import TimelineError, fault
from ..prose import typeset

MM = 1 / 25.4
LINE = 1.25  # height of a line of text, in font sizes
SMALL = 6.0  # the smallest text at printed size, in points
# The widths that a figure can have, in millimetres.
_NARROWEST, _WIDEST = 60, 1000
# The step of the layout in millimetres, about a nanometre: see `on_grid`.
_GRID = 2.0**-20

# The colours of Okabe and Ito; each use is also marked by a shape, a hatch or a word.
INK, GREY, BLUE, SKY, ORANGE, RED = "#222222", "#6e6e6e", "#0072B2", "#56B4E9", "#E69F00", "#D55E00"
# A procedure, through a panel or a whole figure.
THROUGH = {"color": GREY, "linewidth": 0.5, "linestyle": (0, (3, 2)), "zorder": 0.4}
# The files of the house font, normal and bold.
_BUNDLED = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
# Fonts with Chinese, Japanese and Korean letters, which the font of the house style lacks: the first one that is
# installed is used.
_FURTHER_LETTERS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Source Han Sans",
    "Droid Sans Fallback",
    "WenQuanYi Zen Hei",
    "IPAGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "MS Gothic",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Malgun Gothic",
    "Arial Unicode MS",
)


def _put_bundled_first() -> None:
    """Let the font of the house style be the files that come with matplotlib, whatever its cache or the system lists.

    The cache of fonts is one for all programs of a user. Where another one has put the DejaVu of the system first, its
    glyphs have other numbers, and so have the ids of an SVG. Of fonts that fit equally the first one is used.
    """
    listed = fontManager.ttflist
    fontManager.ttflist = []
    for name in _BUNDLED:
        fontManager.addfont(Path(matplotlib.get_data_path(), "fonts", "ttf", name))
    fontManager.ttflist += listed


# Before a letter is drawn: the marks below are letters.
_put_bundled_first()

# Behind words that a line may pass.
HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.25}


def _letter(letter: str) -> MplPath:
    """The outline of a letter, centred, for use as a mark."""
    outline = TextPath((0, 0), letter, size=10, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    low, high = outline.vertices.min(axis=0), outline.vertices.max(axis=0)
    return MplPath(outline.vertices - (low + high) / 2, outline.codes)


def _lettered(letter: str) -> dict:
    """The look of a mark that is a letter."""
    ink = {"markerfacecolor": INK, "markeredgecolor": INK, "markeredgewidth": 0.2}
    return {"marker": _letter(letter), "markersize": 6.5, **ink}


# States differ in outline, filling or letter, so that they can be told apart without colour.
STATE_MARKS = {
    "value": {"marker": "o", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "present": {"marker": "s", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "absent": {"marker": "s", "markerfacecolor": "white", "markeredgecolor": BLUE},
    "recurred": {"marker": "s", "fillstyle": "right", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "residual": {"marker": "s", "fillstyle": "bottom", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "normal": _lettered("N"),
    "raised": _lettered("H"),
    "low": _lettered("L"),
    "increased": _lettered("\N{UPWARDS ARROW}"),
    "decreased": _lettered("\N{DOWNWARDS ARROW}"),
    "unchanged": _lettered("="),
    "improved": _lettered("\N{CIRCLED PLUS}"),
    "worsened": _lettered("\N{CIRCLED MINUS}"),
    "unknown": _lettered("?"),
    "not_assessed": {"marker": "x", "markerfacecolor": INK, "markeredgecolor": INK},
    "not_reported": {"marker": "D", "markerfacecolor": "none", "markeredgecolor": GREY, "markeredgewidth": 0.7},
}
# A value that is known between two bounds, and the width of its bar in millimetres.
INTERVAL = {"facecolor": "#cfe6f5", "edgecolor": BLUE, "hatch": "|||", "linewidth": 0.7}
INTERVAL_WIDE = 1.6
# A reference range.
RANGE = {"facecolor": "#dcefdc", "edgecolor": "#7fa87f", "linewidth": 0.5}
# The marks for yes, no and undecided: a verdict, or the result of a claim.
ANSWER_MARKS = (
    {"marker": "o", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    {"marker": "X", "markerfacecolor": ORANGE, "markeredgecolor": INK},
    {"marker": "D", "markerfacecolor": "white", "markeredgecolor": GREY},
)
# The marks for a question that is not asked of this patient, and for one that is asked at another time.
NOT_ASKED_MARKS = (
    {"marker": "_", "markerfacecolor": GREY, "markeredgecolor": GREY, "markeredgewidth": 1.2},
    {"marker": "|", "markerfacecolor": GREY, "markeredgecolor": GREY, "markeredgewidth": 1.2},
)
# What a source tells in words and not as a value.
IN_WORDS_MARK = _lettered("\N{LEFT DOUBLE QUOTATION MARK}")
# There is more than what is drawn.
MORE_MARK = {**_lettered("\N{HORIZONTAL ELLIPSIS}"), "markersize": 7.0}
# The first of them are no form of another mark.
SITE_MARKERS = ("^", "p", "P", "h", "8", "<", ">", "X", "d", "*")


@cache
def _house() -> matplotlib.RcParams:
    path = Path(__file__).parent / "house.mplstyle"
    params = matplotlib.rc_params_from_file(path, use_default_template=True)
    return matplotlib.RcParams({key: value for key, value in params.items() if not key.startswith("backend")})


@cache
def further_fonts() -> tuple[str, ...]:
    """An installed font with further letters, if there is one; only texts that need it are set in it."""
    installed = {font.name for font in fontManager.ttflist}
    return tuple(name for name in _FURTHER_LETTERS if name in installed)[:1]


@cache
def _drawn_by(families: tuple[str, ...]) -> frozenset[int]:
    """The code points of the characters that fonts can draw."""
    return frozenset().union(*(get_font(findfont(family)).get_charmap() for family in families))


@cache
def families_for(text: str) -> tuple[str, ...]:
    """The fonts for a text: that of the house style, and a further one if the text has letters that the first lacks."""
    house = tuple(_house()["font.family"])
    plain = text.isascii() or all(ord(letter) in _drawn_by(house) or letter.isspace() for letter in text)
    return house if plain else house + further_fonts()


def with_letters(figure: Figure) -> Figure:
    """Set the visible texts of a figure in the signs of print, and those that need a further font in that font.

    These are of normal weight, since the further font may have no bold.
    """
    labels = [label for ax in figure.axes for label in (ax.xaxis.label, ax.yaxis.label, *ax.texts)]
    for text in filter(Text.get_visible, [*figure.texts, *labels]):
        text.set_text(printed(text.get_text()))
        families = families_for(text.get_text())
        if len(families) > len(_house()["font.family"]):
            text.set(fontfamily=list(families), fontweight="normal")
    return figure


def house_style() -> AbstractContextManager:
    """A context in which figures are drawn in the house style, whatever settings the reader has.

    Examples
    --------
    >>> with house_style():
    ...     print(matplotlib.rcParams["font.family"], matplotlib.rcParams["font.size"])
    ['DejaVu Sans'] 7.0
    """
    return matplotlib.rc_context(_house())


def check_width(width_mm: object, least: float = _NARROWEST) -> None:
    """Refuse what is no width that a figure can have, in millimetres; `least` is that of one with fixed columns.

    Examples
    --------
    >>> check_width(85)
    >>> check_width("180")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    width_mm: found "'180'"; expected a number of millimetres from 60 to 1000
    """
    is_number = isinstance(width_mm, Real) and not isinstance(width_mm, bool)
    if not (is_number and least <= width_mm <= _WIDEST):
        expected = f"a number of millimetres from {math.ceil(least)} to {_WIDEST}"
        raise TimelineError([fault(repr(width_mm), expected, at="width_mm")])


def figure_style(width_mm: float) -> AbstractContextManager:
    """As `house_style`, for a figure of a width in millimetres: one that no figure can have is refused."""
    check_width(width_mm)
    return house_style()


def on_grid(length: float) -> float:
    """A length in millimetres, put on the grid of the layout: its last bits, which are noise, do not reach a file.

    They depend on the order in which lengths were added, and on the version of Python: from 3.12 on `sum` of floats
    compensates its errors. Matplotlib makes the ids of an SVG from every bit of a box. The step of the grid is a power
    of two: text is some thirds, ninths or sixty-fourths of a millimetre high, and such a length, or one of few
    decimals, is never halfway between two steps, where the last bit would decide.

    Examples
    --------
    >>> 0.1 + 0.2 + 0.3 == 0.6, on_grid(0.1 + 0.2 + 0.3) == on_grid(0.6)
    (False, True)
    """
    return round(length / _GRID) * _GRID


def add_axes(figure: Figure, left: float, top: float, width: float, height: float, **settings):
    """Axes placed in millimetres from the upper left corner."""
    wide, high = figure.get_size_inches() / MM
    left, top, width, height = map(on_grid, (left, top, width, height))
    return figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high), **settings)


def millimetres(figure: Figure, left: float, top: float) -> Transform:
    """Places in millimetres to the right of and below a point of the figure."""
    left, top = on_grid(left), on_grid(top)
    # From the upper edge, wherever that is: a figure may be made lower.
    upper = ScaledTranslation(0, 1, figure.transFigure)
    return Affine2D().translate(left, top).scale(MM, -MM) + figure.dpi_scale_trans + upper


def add_text(figure: Figure, left: float, top: float, text: str, **settings) -> None:
    """Text whose upper left corner is placed in millimetres from the upper left corner of the figure."""
    wide, high = figure.get_size_inches() / MM
    left, top = on_grid(left), on_grid(top)
    figure.text(left / wide, 1 - top / high, text, ha="left", va="top", linespacing=LINE, **settings)


@cache
def legible(text: str) -> str:
    """A text in which runs of characters that no font here can draw are replaced by their number.

    Examples
    --------
    >>> legible("mRSS 46"), legible("\ue000\ue001 b")
    ('mRSS 46', '[2 characters without a font] b')
    """
    text = re.sub(r"[\t\n\v\f\r]+", " ", text)
    if text.isascii():
        return text
    known = _drawn_by((*_house()["font.family"], *further_fonts()))
    marked = "".join(letter if ord(letter) in known or letter.isspace() else "\0" for letter in text)
    return re.sub("\0+", _count_of_run, marked)


def _count_of_run(run: re.Match[str]) -> str:
    noun = "characters" if len(run[0]) > 1 else "character"
    return f"[{len(run[0])} {noun} without a font]"


def letters_note(*texts: str) -> str:
    """What to do about characters that could not be drawn; blank if all could."""
    if all(legible(text) == text for text in texts):
        return ""
    return (
        "Characters without a font on this machine are counted in brackets; the description of the figure has them "
        "all. A font that has them, for instance Noto Sans CJK, shows them here."
    )


# Width of a blank in the font of the house style, divided by the size of the font.
_BLANK = 0.318


@cache
def _unit_width(text: str, weight: str) -> float:
    families = families_for(text)
    plain = len(families) == len(_house()["font.family"])
    font = FontProperties(family=list(families), size=100, weight=weight if plain else "normal")
    return text_to_path.get_text_width_height_descent(text, font, False)[0] / 100


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of text in millimetres."""
    return _unit_width(text, weight) * size / 72 / MM


def text_height(lines: int, size: float) -> float:
    """Height of lines of text in millimetres."""
    return lines * size * LINE / 72 / MM


def _fits(line: str, width: float, size: float) -> bool:
    """Whether a line fits a width in millimetres.

    Words are measured once and occur again and again; lines do not. A line is as wide as its words and blanks together,
    except for the kerning between them, which is far less than a tenth of it. So a whole line is measured only if the
    sum comes that near to the width.
    """
    words = line.split(" ")
    about = sum(text_width(word, size) for word in words if word) + (len(words) - 1) * _BLANK * size / 72 / MM
    if not 0.9 * width < about < 1.1 * width:
        return about < width
    return text_width(line, size) <= width


def wrap(text: str, width: float, size: float) -> list[str]:
    """Lines of text that fit a width in millimetres; a word that does not fit is broken.

    Examples
    --------
    >>> wrap("Joint flexion contractures", 20, 7)
    ['Joint flexion', 'contractures']
    >>> wrap("Piperacillin-tazobactam", 20, 7), wrap("determined", 12, 7)
    (['Piperacillin-', 'tazobactam'], ['determ-', 'ined'])
    """
    lines, line = [], ""
    # Hardly a letter is narrower than a tenth of its height: what cannot fit is not measured.
    most = int(10 * width / (size / 72 / MM)) + 1
    for word in legible(text).split(" "):
        whole = f"{line} {word}".strip()
        if _fits(whole, width, size):
            line = whole
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and (len(word) > most or text_width(word, size) > width):
            head, word = _broken(word, width, size, most)
            lines.append(head)
        line = word
    return [*lines, line] if line else lines


def _broken(word: str, width: float, size: float, most: int) -> tuple[str, str]:
    """The first part of a word that is too long for a width, with its hyphen, and the rest.

    It ends at a hyphen of the word's own, if there is one; else less than four letters are not carried over, if that
    can be.
    """
    last = min(len(word) - 1, most)
    hyphens = (i for i in range(last, 1, -1) if word[i - 1] == "-")
    cut = next((i for i in hyphens if text_width(word[:i], size) <= width), 0)
    if cut:
        return word[:cut], word[cut:]
    ends = [*range(min(len(word) - 4, most), 1, -1), *range(last, 1, -1)]
    cut = next((i for i in ends if text_width(word[:i] + "-", size) <= width), 1)
    return f"{word[:cut]}-", word[cut:]


def printed(text: str) -> str:
    """A text with the signs of print, where the data have those of a keyboard.

    Examples
    --------
    >>> printed("22.9 x10^9/L, >=2 times, -14 points")
    '22.9 ×10⁹/L, ≥2 times, −14 points'
    """
    return typeset(text).replace(">=", "≥").replace("<=", "≤")


def minus(text: str) -> str:
    """A text in which each hyphen that stands for a minus before a digit is a true minus sign.

    Examples
    --------
    >>> minus("-14 points")
    '\N{MINUS SIGN}14 points'
    """
    return "".join(
        "\N{MINUS SIGN}" if c == "-" and text[i + 1 : i + 2].isdigit() and not text[i - 1 : i].isalnum() else c
        for i, c in enumerate(text)
    )
