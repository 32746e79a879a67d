"""case.yaml: who, which source, what time zero is, the phases, and what the source leaves open."""

from collections.abc import Iterator

import pandas as pd
import yaml

from .faults import Fault, TimelineError
from .times import parse_date

_TEXTS = ("case_id", "title", "diagnosis")
_MAPPINGS = ("patient", "time_zero", "phases", "analysis", "caveats")


class _Loader(yaml.BaseLoader):
    """Every scalar is text (`NO`, `0012` and `12:30` stay what they are), and a key stands once."""

    def construct_mapping(self, node, deep=False):
        """The mapping, or an error that names the line of a key that is there twice."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_about(text: str, file: str, case_id: str, measures: pd.DataFrame) -> dict:
    """The content of a case.yaml, of the shape that data/README.md describes; every scalar is text.

    Parameters
    ----------
    text, file : str
        The content, and the name of the file for the messages.
    case_id : str
        The name of the case's folder.
    measures : DataFrame
        The vocabulary, indexed by code.

    Raises
    ------
    TimelineError
        With every fault of the file.
    """
    try:
        about = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise TimelineError([Fault(file, line, None, getattr(error, "problem", "") or "", "valid YAML")]) from None
    if not isinstance(about, dict):
        raise TimelineError([Fault(file, 1, None, str(about or ""), "a mapping that begins with case_id")])
    about = {key: value for key, value in about.items() if value != ""}
    faults = [Fault(file, None, *found) for found in _check(about, case_id, measures)]
    if faults:
        raise TimelineError(faults)
    return about


def _check(about: dict, case_id: str, measures: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    if about.get("case_id") != case_id:
        yield "case_id", str(about.get("case_id", "")), f"'{case_id}', the name of the folder"
    for key in _TEXTS:
        if not isinstance(about.get(key, ""), str):
            yield key, str(about[key]), "text"
    for key in _MAPPINGS:
        content = about.get(key, {})
        if not isinstance(content, dict):
            yield key, str(content), "names with a value each, as in `name: value`"
        elif key != "caveats":
            for name, value in content.items():
                if not isinstance(value, str):
                    yield f"{key}: {name}", str(value), "text"
    yield from _check_sources(about.get("sources", []))
    if isinstance(about.get("time_zero", ""), dict) and isinstance(about["time_zero"].get("date", ""), str):
        try:
            parse_date(about["time_zero"].get("date") or "2000")
        except ValueError as error:
            yield "time_zero: date", about["time_zero"]["date"], str(error)
    if isinstance(about.get("phases", ""), dict):
        for number in about["phases"]:
            if not (number.isascii() and number.isdigit()):
                yield "phases", number, "the number of a phase"
    if isinstance(about.get("caveats", ""), dict):
        for code, texts in about["caveats"].items():
            if code not in measures.index and code != "treatments":
                yield "caveats", code, "a code of measures.csv, or 'treatments'"
            if not (isinstance(texts, list) and all(isinstance(text, str) for text in texts)):
                yield f"caveats: {code}", str(texts), "a list of sentences, each behind '- '"


def _check_sources(sources) -> Iterator[tuple[str, str, str]]:
    if not isinstance(sources, list):
        yield "sources", str(sources), "a list, each source behind '- '"
        return
    for source in sources:
        if not (isinstance(source, dict) and all(isinstance(value, str) for value in source.values())):
            yield "sources", str(source), "names with a text each, as in `id: Author 2020`"
        elif not source.get("id"):
            yield "sources", str(source), "an 'id', which the rows name as their source"
