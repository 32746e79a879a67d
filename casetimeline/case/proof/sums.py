"""The sums in the words of a cell `derived`, as people type them: `3 - 1 = 2`, `2 x 30 = 60`, `1,000 / 2 = 500`."""

import ast
import math
import operator
import re
from typing import NamedTuple

from ...values import LONGEST, plain

# What must stand before each `=`, in words for a reader.
FORM = "a sum of numbers without units before '=', as 30 + 30 = 60"

_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_SIGNS = str.maketrans(
    {
        "\u00b5": "u",
        "\u03bc": "u",
        "\u00d7": "*",
        "\u00b7": "*",
        "\u22c5": "*",
        "\u2217": "*",
        "\u00f7": "/",
        "\u2215": "/",
    }
)
_TIMES = re.compile(r"(?<![^\W\d_])[xX](?![^\W\d_])")
_THOUSANDS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])")
# A number stands behind the sign, in the same clause: `day 0 = admission` is no sum, and `<= 3` no result.
_EQUALS = re.compile(r"(?<![<>=!])=(?![=>])(?=[^=;:,]*[0-9])")
# With the signs that no sum has, so that `2 ^ 3 + 1` is not taken as `3 + 1`.
_OF_A_SUM = "0123456789.,+-*/()^% "
_GROUPED = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
# The words before a sum may end in a number: `Day 1. 30 + 30`, `on day 3, 30 + 30`.
_BEGINS = re.compile(r"(?<=[0-9.,)]) (?=[0-9(])")
# What is said in another unit of one kind: `0.5 g = 500 mg`.
_PREFIXES = {"k": 1e3, "": 1.0, "d": 0.1, "c": 0.01, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_QUANTITY = re.compile(r"(?P<number>(?<![0-9.])[0-9]+(?:\.[0-9]+)?) ?(?P<prefix>[kdcmun]?)(?P<unit>g|[lL]|m|mol)$")
_UNIT = re.compile(r" ?(?P<prefix>[kdcmun]?)(?P<unit>g|[lL]|m|mol)\b")
_OF_WORDS = re.compile(r"(?<![0-9.])0+(?=[0-9])")
_RESULT = re.compile(r" ?(-?[0-9]+(?:\.[0-9]+)?)(?P<more>[.,]?[0-9]|[eE][0-9]| ?[-+*/^] ?[0-9(])?")


class Sum(NamedTuple):
    """A sum of a text.

    Attributes
    ----------
    text : str
        What stands before its `=`.
    value : float
        Its result; nan if it is not a sum of numbers.
    result : float
        The number after its `=`; nan if there is no number.
    """

    text: str
    value: float
    result: float


def split_sums(text: str) -> tuple[list[Sum], str]:
    """The sums of a text, one for each `=` with a number behind it, and the words without them.

    Examples
    --------
    >>> split_sums("3 days from day 0, so 3 - 1 = 2")
    ([Sum(text='3 - 1', value=2.0, result=2.0)], '3 days from day 0, so  ')
    >>> split_sums("30 mg + 30 mg = 75 mg")
    ([Sum(text='', value=nan, result=75.0)], '30 mg + 30 mg   mg')
    >>> split_sums("0.5 g = 500 mg")
    ([Sum(text='0.5 g', value=500.0, result=500.0)], '  mg')
    >>> [(one.value, one.result) for one in split_sums("2 \\u00d7 30 = 60; 1,000 / 2 = 500; day 0 = admission")[0]]
    [(60.0, 60.0), (500.0, 500.0)]
    """
    text = _TIMES.sub("*", plain(text).translate(_SIGNS))
    before, *others = _EQUALS.split(_THOUSANDS.sub(lambda number: number[0].replace(",", ""), text))
    sums, words = [], []
    for behind in others:
        result = _RESULT.match(behind)
        is_number = result is not None and result["more"] is None
        converted = _in_other_unit(before, behind[result.end() :]) if is_number else None
        head, left, value = converted or _summed(before)
        sums.append(Sum(left, value, float(result[1]) if is_number else math.nan))
        words.append(head)
        before = behind[result.end() :] if result else behind
    return sums, " ".join([*words, before])


def _in_other_unit(before: str, behind: str) -> tuple[str, str, float] | None:
    """The words before a quantity, the quantity, and its number in the unit after a result; None without one."""
    quantity, other = _QUANTITY.search(before.rstrip()), _UNIT.match(behind)
    if not quantity or not other or quantity["unit"].lower() != other["unit"].lower():
        return None
    head = before[: quantity.start()]
    if head.rstrip().endswith(("+", "-", "*", "/", "(", "^", "%")):
        return None
    times = _PREFIXES[quantity["prefix"]] / _PREFIXES[other["prefix"]]
    return head, quantity[0], float(f"{float(quantity['number']) * times:.12g}")


def _summed(before: str) -> tuple[str, str, float]:
    """The words before a sum, the sum, and what it comes to; blank and nan where they end in none."""
    words = before.rstrip(_OF_A_SUM)
    run = before[len(words) :]
    # `CD4 + 3` has no number at its beginning.
    if words and words[-1].isalnum() and not run.startswith((" ", "(")):
        return before, "", math.nan
    run = _GROUPED.sub("", run)
    left = _BEGINS.split(run)[-1].strip()
    head = words + run[: run.rindex(left)]
    # The bracket of a remark: `day 2 (3 - 1 = 2)`.
    left = left.removeprefix("(") if left.count("(") > left.count(")") else left
    return head, left, _computed(left)


def _computed(text: str) -> float:
    """What a sum of numbers comes to; nan if it is not one, is longer than a number may be, or divides by zero.

    Examples
    --------
    >>> _computed("72 / 24"), _computed("9 + 2 * 3"), _computed("05 * 12"), _computed("60"), _computed("1 / 0")
    (3.0, 15.0, 60.0, nan, nan)
    """
    if len(text) > LONGEST:
        return math.nan
    try:
        tree = ast.parse(_OF_WORDS.sub("", text), mode="eval").body
        return _value_of(tree) if isinstance(tree, ast.BinOp) else math.nan
    except (SyntaxError, ValueError, ZeroDivisionError):
        return math.nan


def _value_of(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value_of(node.left), _value_of(node.right))
    raise ValueError("a sum of numbers")
