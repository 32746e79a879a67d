"""One reader's session: what a page asks, and what it is answered. Nothing of it is written to disk."""

import base64
import functools
import itertools
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from ..case import (
    FILES,
    Case,
    Parsed,
    Recorded,
    axes_of,
    interpret_case,
    parse_case,
    read_bytes,
    store_case,
    whole_vocabulary,
)
from ..faults import Fault, TimelineError
from ..figures import Derived
from ..files import list_cases, zip_bytes
from ..vocabulary import BASELINE_RULES, COLUMNS, KINDS, STATES, check_case_id
from .choice import MEASURE, Choice, check_measure, choice_from, command_of, figure_name, gallery_of, options_of
from .draft import (
    GRID,
    Draft,
    at_rows,
    check_begun,
    draft_from,
    draft_of,
    draft_workbook,
    left_out,
    new_draft,
    read_files,
    recorded_of,
)
from .quotas import MOST_BYTES, MOST_MEMORY_MB
from .view import drawn_files, parameter_files, view_of, with_measure, with_preset, without_baseline

_RULING = ("baseline", "reference", "axis", "rules")
# How many choices are kept, derived and drawn: to go back to what was just seen costs nothing.
_KEPT = 48


class Session:
    """What one reader sees: the cases of a folder, and those that the reader writes or brings along.

    Parameters
    ----------
    data_dir : path
        The folder of the cases; it is only read.
    first : str
        The case that is shown first; blank: the first of the folder.
    stores : bool
        Whether what the reader writes can be saved into the folder: only where the reader could do so without a page.
    """

    def __init__(self, data_dir: str | Path, first: str = "", stores: bool = False) -> None:
        self.data = Path(data_dir)
        self.stores = stores
        self.vocabulary = whole_vocabulary(self.data)
        self.listed = list_cases(self.data)
        self.first = first or next(iter(self.listed), "")
        self.own: dict[str, Recorded] = {}
        # Kept by all that they are made of: a case that was typed anew, or changed on disk, is another.
        self._parse = functools.lru_cache(_KEPT)(self._parsed)
        self._interpret = functools.lru_cache(_KEPT)(self._interpreted)
        self._derive = functools.lru_cache(_KEPT)(self._derived)
        self._view = functools.lru_cache(_KEPT)(self._viewed)

    def answers(self, told: dict) -> Iterator[dict]:
        """What a page is answered, one part after the other.

        Parameters
        ----------
        told : dict
            `do`, one of `ASKED`, and what it needs.

        Yields
        ------
        dict
            `is`: "start", "view", "look", "draft", "checked", "progress", "file", "stored" or "faults", and "end" at
            last; `do` and `n` as asked. Bad input is told as faults, never raised.
        """
        mark = {name: told.get(name) for name in ("do", "n")} if isinstance(told, dict) else {}
        try:
            asked = ASKED.get(mark["do"]) if isinstance(mark.get("do"), str) else None
            if asked is None:
                raise TimelineError([Fault("page", None, "do", "something else", f"one of {', '.join(ASKED)}")])
            for answer in asked(self, told):
                yield {**answer, **mark}
        except TimelineError as error:
            yield {**faults_told(error), **mark}
        except MemoryError:
            expected = f"a case and files that fit into the {MOST_MEMORY_MB} MB of a session"
            error = TimelineError([Fault("page", None, None, "more than a session can hold", expected)])
            yield {**faults_told(error), **mark}
        except Exception as error:
            # Of this program, not of the input: for whoever runs it, while the reader goes on.
            traceback.print_exc()
            text = f"The program failed ({type(error).__name__}); this is not a fault of what you entered."
            yield {"is": "faults", "text": text, "faults": [], **mark}
        yield {"is": "end", **mark}

    def start(self, told: dict) -> Iterator[dict]:
        """What a page needs once: the cases, and the words of the grid."""
        measures = self.vocabulary.measures
        codes = [[row.Index, row.label, row.kind] for row in measures.itertuples()]
        units = {code: [unit for unit in table if unit] for code, table in measures["units"].items() if table}
        yield {
            "is": "start",
            "first": self.first,
            "name": self._free_name(),
            "cases": [*self.listed, *(own for own in self.own if own not in self.listed)],
            "codes": codes,
            "units": units,
            "kinds": list(KINDS),
            "states": list(STATES),
            "baselines": [list(rule) for rule in BASELINE_RULES.items()],
            "meanings": [[column.name, column.meaning.replace("`", "'")] for column in COLUMNS if column.name in GRID],
            "stores": self.data.resolve().name if self.stores else "",
            "most_bytes": MOST_BYTES,
        }

    def show(self, told: dict) -> Iterator[dict]:
        """The figure of a choice, and what can be chosen beside it."""
        asked = choice_from(told.get("choice"))
        recorded = self._recorded(asked.case)
        choice = with_measure(asked, self._derive(recorded, _ruled(asked)))
        view = self._view(recorded, _drawn(choice))
        own = choice.case in self.own and not self._stands_in_folder(choice.case)
        yield {"is": "view", "own": own, "choice": choice._asdict(), **view}

    def look(self, told: dict) -> Iterator[dict]:
        """One figure of many, without what can be chosen and what stands behind its marks."""
        choice = choice_from(told.get("choice"))
        if choice.figure == MEASURE:
            check_measure(choice.measure, self.vocabulary)
        figure = self._view(self._recorded(choice.case), _drawn(choice))["figure"]
        place = {"figure": choice.figure, "measure": choice.measure}
        yield {"is": "look", "place": place, "figure": {name: figure[name] for name in ("name", "title", "alt", "svg")}}

    def draft(self, told: dict) -> Iterator[dict]:
        """A case as a form and a grid hold it."""
        case_id = choice_from(told.get("choice")).case
        yield _as_draft(draft_of(self._recorded(case_id), case_id))

    def new(self, told: dict) -> Iterator[dict]:
        """An empty case under a name of its own."""
        case_id = str(told.get("case", ""))
        if case_id in (*self.listed, *self.own):
            raise TimelineError([Fault("the name", None, None, case_id, "a name that no case has yet")])
        yield _as_draft(new_draft(case_id))

    def check(self, told: dict) -> Iterator[dict]:
        """What is wrong with a draft, cell by cell; if nothing is, the figure of it."""
        draft = draft_from(told)
        asked = told.get("choice")
        choice = choice_from({**asked, "case": draft.case_id} if isinstance(asked, dict) else asked)
        try:
            check_begun(draft)
            recorded = recorded_of(draft)
            interpret_case(self._parse(draft.case_id, recorded), self.vocabulary)
        except TimelineError as error:
            yield {"is": "faults", "text": str(error), "faults": at_rows(error.faults, draft)}
            return
        self.own[draft.case_id] = recorded
        yield {"is": "checked", "left_out": left_out(draft)}
        try:
            yield from self.show({"choice": choice._asdict()})
        except TimelineError:
            # What was chosen went with a row, as a phase does with its last one; the case itself is right.
            yield from self.show({"choice": choice._replace(**dict.fromkeys(_RULING, ""))._asdict()})

    def read(self, told: dict) -> Iterator[dict]:
        """A workbook, or a timeline.csv with or without its case.yaml, that a reader brings along, as a draft."""
        yield _as_draft(read_files(told.get("files")))

    def save(self, told: dict) -> Iterator[dict]:
        """The draft as a file to keep: a workbook, or the folder of a case as a zip; or stored among the cases."""
        draft = draft_from(told)
        case_id = draft.case_id
        check_case_id(case_id, at="case_id")
        recorded = recorded_of(draft)
        form = told.get("form")
        if form == "store" and self.stores:
            lines = store_case(self.data, case_id, recorded)
            # The last state without a fault stays to be seen, where what was stored has one.
            if self.own.get(case_id) == recorded:
                del self.own[case_id]
            self.listed = list_cases(self.data)
            yield {"is": "stored", "text": "; ".join(" ".join(line.split()) for line in lines)}
        elif form == "xlsx":
            yield _as_file(f"{case_id}.xlsx", draft_workbook(draft, self.vocabulary), saves=True)
        elif form != "zip":
            raise TimelineError([Fault("page", None, "form", str(form), "xlsx or zip")])
        else:
            contents = dict(zip((f"{case_id}/{name}" for name in FILES), recorded, strict=True))
            yield _as_file(f"{case_id}.zip", zip_bytes(contents), saves=True)

    def export(self, told: dict) -> Iterator[dict]:
        """Every figure of a choice in the files of its preset, and the parameters that make its report."""
        choice = with_preset(choice_from(told.get("choice")))
        # Read once: the figures, the data and the digest are of one state, whatever happens to the file meanwhile.
        recorded = self._recorded(choice.case)
        derived = self._derive(recorded, _ruled(choice))
        contents = parameter_files(choice, derived.case, recorded)
        for name, files in drawn_files(choice, derived.case):
            yield {"is": "progress", "text": f"Drawn: {name}"}
            contents |= files
        yield _as_file(f"{choice.case}-{figure_name(choice)}.zip", zip_bytes(contents))

    def _free_name(self) -> str:
        """A name for a new case that no case has."""
        names = itertools.chain(["my-case"], (f"my-case-{n}" for n in itertools.count(2)))
        return next(name for name in names if name not in (*self.listed, *self.own))

    def _recorded(self, case_id: str) -> Recorded:
        return self.own[case_id] if case_id in self.own else self._in_folder(case_id)

    def _in_folder(self, case_id: str) -> Recorded:
        if case_id not in self.listed:
            raise TimelineError([Fault("case", None, None, case_id, f"one of {', '.join(self.listed)}")])
        folder = self.data / case_id
        return Recorded(*(read_bytes(folder / name, f"{case_id}/{name}") for name in FILES))

    def _stands_in_folder(self, case_id: str) -> bool:
        """Whether the folder says the same as the reader: a case that was opened, and not changed."""
        if case_id not in self.listed:
            return False
        mine = draft_of(self.own[case_id], case_id)
        try:
            return mine == draft_of(self._in_folder(case_id), case_id)
        except TimelineError:
            # What stands there cannot be read.
            return False

    def derived(self, choice: Choice) -> Derived:
        """The case by the rules of a choice."""
        return self._derive(self._recorded(choice.case), _ruled(choice))

    def _parsed(self, case_id: str, recorded: Recorded) -> Parsed:
        return parse_case(case_id, recorded, self.vocabulary)

    def _interpreted(self, recorded: Recorded, ruled: Choice) -> Case:
        parsed = self._parse(ruled.case, recorded)
        return interpret_case(parsed, self.vocabulary, ruled.baseline, ruled.reference, ruled.axis, ruled.rules)

    def _derived(self, recorded: Recorded, ruled: Choice) -> Derived:
        return Derived(self._interpret(recorded, ruled))

    def _viewed(self, recorded: Recorded, choice: Choice) -> dict:
        derived = self._derive(recorded, _ruled(choice))
        # What can be chosen does not depend on which rules were asked for.
        whole = self._interpret(recorded, _ruled(choice)._replace(rules=""))
        options = options_of(whole, choice, axes_of(whole))
        return {
            "options": {name: [option._asdict() for option in entries] for name, entries in options.items()},
            "gallery": gallery_of(whole),
            "title": derived.case.about.get("title", ""),
            "notes": [*derived.case.notes, *without_baseline(derived, choice)],
            "command": command_of(choice),
            **view_of(derived, choice),
        }


ASKED: dict[str, Callable[[Session, dict], Iterator[dict]]] = {
    "start": Session.start,
    "show": Session.show,
    "look": Session.look,
    "draft": Session.draft,
    "new": Session.new,
    "check": Session.check,
    "read": Session.read,
    "save": Session.save,
    "export": Session.export,
}


def faults_told(error: TimelineError) -> dict:
    """What a page is told of faults."""
    faults = [{**fault._asdict(), "text": str(fault)} for fault in error.faults]
    return {"is": "faults", "text": str(error), "faults": faults}


def _ruled(choice: Choice) -> Choice:
    """What a case is interpreted by: the choice without what is only of the figure."""
    return Choice(choice.case)._replace(**{name: getattr(choice, name) for name in _RULING})


def _drawn(choice: Choice) -> Choice:
    """What a figure is drawn by: the choice without a measure, where the figure is not of one."""
    return choice if choice.figure == MEASURE else choice._replace(measure="")


def _as_draft(draft: Draft) -> dict:
    return {"is": "draft", "about": draft.about, "rows": draft.rows, "columns": list(draft.columns)}


def _as_file(name: str, content: bytes, saves: bool = False) -> dict:
    """A file to download; `saves`: what was typed stands in it."""
    return {"is": "file", "name": name, "content": base64.b64encode(content).decode(), "saves": saves}
