"""Faults of the form that files tell at no field: names on several lines, and characters that act."""

from collections import Counter
from collections.abc import Iterator

from ..characters import acting_character
from ..faults import Fault

# Deeper than any key of case.yaml that is read.
_DEPTH = 4


def field_faults(about: dict, file: str) -> list[Fault]:
    """What is wrong with a field, beside what the files of the case say.

    Parameters
    ----------
    about : dict
        The content of case.yaml as the page sends it: a field with a name on several lines as a list, and a line of
        the sources with more parts than a source has as the text that it is, so that nothing typed is lost.
    file : str
        The name of the file for the messages.

    Examples
    --------
    >>> about = {"phases": [{"1": "Before"}, {"1": "After"}], "sources": ["chart | | notes | 2020"], "title": "a\\x00"}
    >>> [(fault.column, fault.found) for fault in field_faults(about, "case.yaml")]
    [('phases', '1'), ('sources: 1', 'chart | | notes | 2020'), ('title', 'the control character 0x00')]
    """
    misfits = (*_repeated_names(about), *_long_sources(about), *_acting_characters(about))
    return [Fault(file, None, *misfit) for misfit in misfits]


def _repeated_names(about: dict) -> Iterator[tuple[str, str, str]]:
    patient = about.get("patient")
    antibodies = patient.get("antibodies") if isinstance(patient, dict) else None
    for key, parts in (("phases", about.get("phases")), ("patient: antibodies", antibodies)):
        named = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        counts = Counter(name for part in named for name in part)
        for name in (name for name, count in counts.items() if count > 1):
            yield key, name, "each name on one line alone"


def _long_sources(about: dict) -> Iterator[tuple[str, str, str]]:
    sources = about.get("sources")
    for position, source in enumerate(sources if isinstance(sources, list) else [], 1):
        if isinstance(source, str) and source.count("|") > 2:
            yield f"sources: {position}", source, "at most three parts: name | DOI or address | what was read"


def _acting_characters(about: dict) -> Iterator[tuple[str, str, str]]:
    for key, text in texts_of(about):
        if odd := acting_character(text):
            yield key, odd, "text without it"


def texts_of(content: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every text of a case.yaml, names included, with the key that a fault of it is told at.

    Examples
    --------
    >>> [*texts_of({"phases": {"1": "Before"}, "sources": ["chart"]})][1:]
    [('phases: 1', '1'), ('phases: 1', 'Before'), ('sources', 'sources'), ('sources: 1', 'chart')]
    """
    if isinstance(content, str):
        yield ": ".join(path[:2]), content
    elif isinstance(content, dict | list) and len(path) < _DEPTH:
        named = isinstance(content, dict)
        for name, part in content.items() if named else enumerate(content, 1):
            inner = (*path, str(name))
            yield from texts_of(str(name), inner) if named else ()
            yield from texts_of(part, inner)
