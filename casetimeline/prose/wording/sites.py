"""Findings at several sites: the site of each in words, and those that are told alike together."""

import re
from collections.abc import Sequence

import pandas as pd

from .labels import joined


def printed_place(row) -> str:
    """The site of a finding; in the words of its source where its note keeps those that name it.

    Examples
    --------
    >>> printed_place({"LOC": "right hand", "note": "printed 'marked'; 'especially of the right hand'"})
    '‘especially of the right hand’'
    >>> printed_place({"LOC": "right hand", "note": "printed 'marked'"})
    'right hand'
    """
    words = re.search(rf"(?:^|; )'([^']*\b{re.escape(row['LOC'])})'", row["note"])
    return f"‘{words[1]}’" if words else row["LOC"]


def at_site(name: str, site: str) -> str:
    """The name of a finding with its site: within the name where that is a part of it, else in brackets.

    Examples
    --------
    >>> at_site("abduction of the arm", "right arm"), at_site("chest pain", "retrosternal"), at_site("rash", "left leg")
    ('abduction of the right arm', 'retrosternal chest pain', 'rash (left leg)')
    """
    part = f" of the {site.rpartition(' ')[2]}"
    if name.endswith(part):
        return f"{name.removesuffix(part)} of the {site}"
    is_kind = name.endswith(" pain") and re.fullmatch(r"[a-z]+(?:al|ar|ic)", site)
    return f"{site} {name}" if is_kind else f"{name} ({site})"


def by_site(rows: list) -> list[list]:
    """Findings of which several sites are told in the same words, together."""
    groups: dict[tuple, list] = {}
    for row in rows:
        values = [str(row[name]) for name in ("PARAMCD", "value", "method", "note")]
        groups.setdefault((*values, "" if row["LOC"] else row.name), []).append(row)
    return [*groups.values()]


def at_all_sites(sites: Sequence[pd.Series]) -> pd.Series:
    """The first record of a finding, with the sites of all of them.

    Examples
    --------
    >>> at_all_sites([pd.Series({"LOC": site}) for site in ("face", "arms", "legs")])["LOC"]
    'face, arms and legs'
    """
    row = sites[0].copy()
    row["LOC"] = joined([each["LOC"] for each in sites]) if len(sites) > 1 else row["LOC"]
    return row
