"""case.yaml as YAML: every scalar is text, and every key has its line."""

import functools
from collections.abc import Iterator

import yaml

from ...characters import acting_character
from ...faults import Fault


class Loader(yaml.BaseLoader):
    """Every scalar is text (`NO`, `0012` and `12:30` stay what they are), a key stands once, nothing is an alias."""

    def compose_node(self, parent, index):
        """The node, or an error where it has an alias, anchor or tag.

        A few aliases can stand for a text without end, and a text would lose its first word as an anchor or tag.
        """
        event = self.peek_event()
        marked = {"an anchor (&name)": getattr(event, "anchor", ""), "a tag (!name)": getattr(event, "tag", "")}
        if isinstance(event, yaml.events.AliasEvent):
            marked = {"an alias (*name)": event.anchor}
        for problem, name in marked.items():
            if name:
                raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)

    def construct_scalar(self, node):
        """The text, with the halves of a character that was escaped as two joined; or an error where one acts."""
        text = super().construct_scalar(node).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        # In quotation marks an escape stands for any character.
        odd = acting_character(text)
        if odd:
            raise yaml.constructor.ConstructorError(None, None, odd, node.start_mark)
        return text

    def construct_mapping(self, node, deep=False):
        """The mapping, or an error that names the line of a key that is there twice."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key.value, str):
                raise yaml.constructor.ConstructorError(None, None, "a list or mapping as a key", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# The same file is read for its mapping, for the texts that it names and for its keys, and again for another choice of
# rules; to compose it takes longer than all of these.
@functools.lru_cache(maxsize=32)
def composed(text: str) -> yaml.Node | None:
    """The nodes of a case.yaml, each with its line; a yaml.YAMLError where it cannot be read."""
    loader = Loader(text)
    try:
        return loader.get_single_node()
    except (ValueError, OverflowError):
        # Python makes a character of any number, or fails.
        mark = loader.get_mark()
        raise yaml.scanner.ScannerError(None, None, "an escape that stands for no character", mark) from None


def at_lines(faults: list[Fault], text: str | None, file: str) -> list[Fault]:
    """The faults, those of a case.yaml at the lines of their keys; of a key that is missing at that which holds it.

    Parameters
    ----------
    faults : list of Fault
        Of any file.
    text, file : str
        The content of the case.yaml as far as it is known, and its name.

    Examples
    --------
    >>> misfit = Fault("a/case.yaml", None, "patient: sex", "f", "a word")
    >>> at_lines([misfit], "case_id: a\\npatient:\\n  age: 7\\n  sex: f\\n", "a/case.yaml")[0].line
    4
    """
    if not any(each.file == file and each.column and each.line is None for each in faults):
        return faults
    try:
        lines = dict(_lines_of(composed(text or ""), ""))
    except (yaml.YAMLError, RecursionError):
        return faults
    return [
        each._replace(line=_line_of_key(each, lines)) if each.file == file and each.line is None else each
        for each in faults
    ]


def _lines_of(node: yaml.Node | None, place: str) -> Iterator[tuple[str, int]]:
    """Each key, and each item by its number, with all keys that it stands under; and its line."""
    parts = []
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(str(number), item, item) for number, item in enumerate(node.value, 1)]
    for name, key, value in parts:
        path = f"{place}: {name}" if place else name
        yield path, key.start_mark.line + 1
        yield from _lines_of(value, path)


def _line_of_key(misfit: Fault, lines: dict[str, int]) -> int | None:
    path = misfit.column or ""
    if f"{path}: {misfit.found}" in lines:
        return lines[f"{path}: {misfit.found}"]
    while path and path not in lines:
        path = path.rpartition(": ")[0]
    return lines.get(path)
