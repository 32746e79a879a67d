"""What an export holds: the figures of a choice, the case, and the command that makes the report of the same choice."""

from collections.abc import Iterator

from ..case import FILES, Case, Recorded
from ..figures import draw_figures, drawn_width, figure_files
from ..presets import PRESETS
from .choice import Choice, command_of, extra_measures, parameters_of

# What figures are written for where the reader names no preset.
_PRESET = "screen"


def with_preset(choice: Choice) -> Choice:
    """The choice with a preset: figure files are written for one.

    Examples
    --------
    >>> with_preset(Choice("a")).preset, with_preset(Choice("a", preset="wiley")).preset
    ('screen', 'wiley')
    """
    return choice._replace(preset=choice.preset or _PRESET)


def drawn_files(choice: Choice, case: Case) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each figure of the report in the files of the preset: its name, and contents by their place in the archive."""
    preset = PRESETS[choice.preset]
    for name, figure in draw_figures(case, drawn_width(preset), extra_measures(choice)):
        files = figure_files(figure, name, preset)
        home = f"{choice.case}/figures/{choice.preset}"
        yield name, {f"{home}/{name}.{suffix}": content for suffix, content in files.items()}


def parameter_files(choice: Choice, case: Case, recorded: Recorded) -> dict[str, bytes]:
    """The case as a folder of `data`, and parameters.txt: what was chosen, of which data, and how to make it again."""
    lines = [
        f"case {case.case_id}; data, sha256 {case.sha256}",
        *(f"{name}={value}" for name, value in parameters_of(choice).items()),
        "",
        "In the folder of the project, with the folder data/ of this archive copied over its own:",
        command_of(choice),
    ]
    home = f"{choice.case}/data/{choice.case}"
    files = {f"{home}/{name}": content for name, content in zip(FILES, recorded, strict=True)}
    return {**files, f"{choice.case}/parameters.txt": ("\n".join(lines) + "\n").encode()}
