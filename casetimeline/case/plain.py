"""The plain form of the two files of a case: rows between commas, and YAML in blocks."""

import re

import yaml

_BREAK = re.compile(r"\r\n|\r|\n")
# YAML takes these for the end of a line, and then for a blank.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")


def csv_line(cells: list[str]) -> str:
    """A row of timeline.csv. A first cell that begins with # stands in quotation marks, and is no comment.

    Examples
    --------
    >>> csv_line(["#1", "46", "a, b"])
    '"#1",46,"a, b"\\n'
    """
    quoted = ['"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]|\A#', cell) else cell for cell in cells]
    return ",".join(quoted) + "\n"


def lines_of(row: str) -> int:
    """How many lines of a file a row takes: more than one where a cell has line breaks.

    Examples
    --------
    >>> lines_of("a,b\\n"), lines_of('a,"b\\r\\nc"\\n')
    (1, 2)
    """
    return len(_BREAK.findall(row))


class _Dumper(
    yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.Representer, yaml.resolver.BaseResolver
):
    """Block style in which `75` and `NO` stand as they are: every scalar of a case.yaml is read as text."""

    def __init__(self, stream, default_style=None, default_flow_style=False, **options):
        emitter = {name: options[name] for name in ("canonical", "indent", "width", "allow_unicode", "line_break")}
        yaml.emitter.Emitter.__init__(self, stream, **emitter)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.Representer.__init__(self, default_style, default_flow_style, options["sort_keys"])
        yaml.resolver.BaseResolver.__init__(self)

    def increase_indent(self, flow=False, indentless=False):
        """Lists stand deeper than their key."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        """Each text stands in full: an alias is refused when it is read."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if _OTHER_BREAKS.search(text) else None)


_Dumper.add_representer(str, _represent_text)


def yaml_bytes(about: dict) -> bytes:
    """The content of a case.yaml as text.

    Examples
    --------
    >>> print(yaml_bytes({"case_id": "0012", "sources": [{"id": "chart"}]}).decode(), end="")
    case_id: 0012
    sources:
      - id: chart
    """
    options = {"allow_unicode": True, "sort_keys": False, "default_flow_style": False, "width": 110}
    return yaml.dump(about, Dumper=_Dumper, **options).encode()
