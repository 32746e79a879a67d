"""One reader's session: it answers the requests of a page. Nothing is written to disk unless the reader may store."""

import contextlib
import functools
import itertools
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from ..case import (
    BELONGS,
    Case,
    Parsed,
    Recorded,
    axes_of,
    interpret_case,
    names_of_texts,
    parse_case,
    prove,
    sentences_of,
    store_case,
)
from ..characters import say
from ..faults import TimelineError, fault
from ..files import list_cases, sha256, zip_bytes
from ..rules import Analysis
from ..vocabulary import BASELINE_RULES, COLUMNS, KINDS, STATES, check_case_id
from .changed import changes_of, resting_on
from .choice import (
    MEASURE,
    Choice,
    check_measure,
    choice_from,
    command_of,
    data_variable,
    figure_name,
    gallery_of,
    options_of,
)
from .draft import (
    GRID,
    Draft,
    all_faults,
    check_begun,
    draft_from,
    draft_of,
    draft_workbook,
    left_out,
    new_draft,
    read_files,
    recorded_of,
    refused_draft,
)
from .folder import CaseFolder, digest_of
from .proposed import offer, saved_files
from .quotas import MOST_BYTES, MOST_MEMORY_MB
from .replies import as_draft, as_file, digest_in, echo_of, faults_answer
from .view import drawn_files, parameter_files, view_of, with_measure, with_preset, without_baseline

Encoded = TypeVar("Encoded")
# The fields of a choice by which a case is interpreted.
_RULING = ("baseline", "reference", "axis", "rules")
# How many choices stay derived and drawn, so that going back to one costs nothing.
_KEPT = 48


class Session:
    """What one reader sees: the cases of a folder, and those that the reader writes or uploads.

    Parameters
    ----------
    data_dir : path
        The folder of the cases.
    first : str
        The case that is shown first; blank: the first of the folder.
    stores : bool
        Whether the reader may save a case into the folder: only in a notebook, whose reader can write there anyway.
    """

    def __init__(self, data_dir: str | Path, first: str = "", stores: bool = False) -> None:
        self.folder = CaseFolder(Path(data_dir))
        self.stores = stores
        self.first = first or next(iter(self.listed), "")
        # The digest of the files of the folder that each draft of a case was opened from.
        self.opened: dict[str, str] = {}
        # The cases that this reader has written or uploaded, each in its last state without a fault.
        self.edited: dict[str, Recorded] = {}
        # What the rows of the cases that this reader has uploaded are proved against.
        self.texts: dict[str, tuple[tuple[str, bytes], ...]] = {}
        # The files themselves are part of the key, so that a case that has changed is computed anew.
        self._parse = functools.lru_cache(_KEPT)(self._parsed)
        self._interpret = functools.lru_cache(_KEPT)(self._interpreted)
        self._analyse = functools.lru_cache(_KEPT)(self._analysed)
        self._view = functools.lru_cache(_KEPT)(self._viewed)

    @property
    def listed(self) -> list[str]:
        """The ids of the cases of the folder."""
        return self.folder.listed

    def answers(self, message: object, encode: Callable[[dict], Encoded] = dict) -> Iterator[Encoded]:
        """Answer a message of the page, part by part.

        Parameters
        ----------
        message : dict
            `do`, one of `HANDLERS`, `n`, and what that request needs. Anything else is answered as a fault.
        encode : function
            What is made of each answer before it is sent; what goes wrong there is a fault of the answer as well.

        Yields
        ------
        dict, or what `encode` makes of it
            `is`: "start", "view", "look", "draft", "checked", "proposed", "compared", "depends", "progress", "file",
            "stored" or "faults", and last "end"; `do` and `n` as in the message. Bad input gives faults.
        """
        echo = echo_of(message, HANDLERS)
        try:
            handler = HANDLERS.get(echo.get("do"))
            if handler is None:
                expected = f"one of {', '.join(HANDLERS)}"
                raise TimelineError([fault("something else", expected, at="page", column="do")])
            for answer in handler(self, message):
                yield encode({**answer, **echo})
        except TimelineError as error:
            yield encode({**faults_answer(error), **echo})
        except MemoryError:
            expected = f"a case and files that fit into the {MOST_MEMORY_MB} MB of a session"
            error = TimelineError([fault("more than a session can hold", expected, at="page")])
            yield encode({**faults_answer(error), **echo})
        except Exception as error:
            # A fault of this program: its trace is for whoever runs it, and the reader goes on.
            say(traceback.format_exc(), sys.stderr)
            text = f"The program failed ({type(error).__name__}); this is not a fault of what you entered."
            yield encode({"is": "faults", "text": text, "faults": [], **echo})
        yield encode({"is": "end", **echo})

    def start(self, message: dict) -> Iterator[dict]:
        """What a page needs once: the cases, and the words of the grid, as they are in the folder now."""
        if self.folder.read_again():
            # What was computed by other tables is forgotten.
            for computed in (self._parse, self._interpret, self._analyse, self._view):
                computed.cache_clear()
        measures = self.folder.vocabulary.measures
        codes = [[row.Index, row.label, row.kind] for row in measures.itertuples()]
        units = {code: [unit for unit in table if unit] for code, table in measures["units"].items() if table}
        yield {
            "is": "start",
            "first": self.first if self.first in self.listed else next(iter(self.listed), ""),
            "name": self._free_name(),
            "cases": list(dict.fromkeys([*self.listed, *self.edited])),
            "codes": codes,
            "units": units,
            "kinds": list(KINDS),
            "states": list(STATES),
            "belongs": {column: list(kinds) for column, (kinds, _) in BELONGS.items()},
            "baselines": [list(rule) for rule in BASELINE_RULES.items()],
            "meanings": [[column.name, column.meaning.replace("`", "'")] for column in COLUMNS if column.name in GRID],
            "stores": self.folder.path.resolve().name if self.stores else "",
            "most_bytes": MOST_BYTES,
            "data": data_variable(self.folder.path),
        }

    def show(self, message: dict) -> Iterator[dict]:
        """The figure of a choice, and the entries of every control."""
        requested = choice_from(message.get("choice"))
        recorded = self._recorded(requested.case)
        choice = with_measure(requested, self._analyse(recorded, _ruled(requested)))
        view = self._view(recorded, _drawn(choice))
        unsaved = choice.case in self.edited and not self.folder.says_the_same(choice.case, recorded)
        passages = sentences_of(self._interpret(recorded, _ruled(choice)), recorded)
        shown = {row[0]: passages[int(row[0])] for row in view["rows"]["cells"] if int(row[0]) in passages}
        digest = "" if choice.case in self.edited else digest_of(recorded)
        whole = {"own": unsaved, "choice": choice._asdict(), "passages": shown, "digest": digest, **view}
        yield {"is": "view", **whole}

    def look(self, message: dict) -> Iterator[dict]:
        """One figure of the gallery: the drawing alone, without controls and without what is behind its marks."""
        choice = choice_from(message.get("choice"))
        recorded = self._recorded(choice.case)
        if choice.figure == MEASURE:
            check_measure(choice.measure, self._parse(choice.case, recorded).measures)
        figure = self._view(recorded, _drawn(choice))["figure"]
        place = {"figure": choice.figure, "measure": choice.measure}
        yield {"is": "look", "place": place, "figure": {name: figure[name] for name in ("name", "title", "alt", "svg")}}

    def draft(self, message: dict) -> Iterator[dict]:
        """A case as the form and the grid hold it."""
        case_id = choice_from(message.get("choice")).case
        digest = self.opened.get(case_id, "") if case_id in self.edited else self.folder.digest(case_id)
        yield as_draft(draft_of(self._recorded(case_id), case_id), digest)

    def new(self, message: dict) -> Iterator[dict]:
        """An empty case under a new name."""
        case_id = str(message.get("case", ""))
        if case_id in (*self.listed, *self.edited):
            raise TimelineError([fault(case_id, "a name that no case has yet", at="the name")])
        yield as_draft(new_draft(case_id))

    def check(self, message: dict) -> Iterator[dict]:
        """The faults of a draft, cell by cell; if it has none, its figure. And whether its files are others by now."""
        draft = self._drafted(message)
        fields, case_id = message.get("choice"), draft.case_id
        choice = choice_from({**fields, "case": case_id} if isinstance(fields, dict) else fields)
        self.opened[case_id] = digest_in(message)
        outdated = {"outdated": self._is_outdated(draft)}
        try:
            recorded = self._without_fault(draft)
        except TimelineError as error:
            yield {**refused_draft(error, draft), **outdated}
            return
        # What says the same as the files of the folder goes on being read from there.
        self.edited.pop(case_id, None)
        if self.folder.says_the_same(case_id, recorded):
            self.opened[case_id] = self.folder.digest(case_id)
        else:
            self.edited[case_id] = recorded
        yield {"is": "checked", "left_out": left_out(draft), "digest": self.opened[case_id], **outdated}
        # The case is right, but what was chosen may have left it with a row, as a phase does with its last row.
        for left in ((), ("measure",), _RULING):
            with contextlib.suppress(TimelineError):
                yield from self.show({"choice": choice._replace(**dict.fromkeys(left, ""))._asdict()})
                return
        yield from self.show({"choice": Choice(case_id, choice.figure, preset=choice.preset)._asdict()})

    def read(self, message: dict) -> Iterator[dict]:
        """The case in uploaded files, as a draft."""
        draft = read_files(message.get("files"), self.folder.vocabulary)
        self.texts[draft.case_id] = draft.texts
        yield as_draft(draft)

    def propose(self, message: dict) -> Iterator[dict]:
        """Proposed rows beside the text of their source, for the case that is typed; none of them enters it here.

        The text comes with the proposal, or stands beside the case.
        """
        draft = self._drafted(message)
        offered, lent = offer(draft, message.get("files"), self.folder.vocabulary)
        # For as long as this session lasts, so that accepted rows are proved; it is written to no file.
        self.texts[draft.case_id] = (*draft.texts, *lent)
        yield {"is": "proposed", **offered}

    def compare(self, message: dict) -> Iterator[dict]:
        """What a draft without a fault changes in the report of the case as it is stored."""
        draft = self._drafted(message)
        if draft.case_id not in self.listed:
            # A new case is no fault.
            yield {"is": "progress", "text": "This case is not stored yet: there is nothing to compare it with."}
            return
        recorded = self.folder.recorded(draft.case_id)
        try:
            typed = self._without_fault(draft)
            stored, typed = (self._analyse(files, Choice(draft.case_id)) for files in (recorded, typed))
        except TimelineError as error:
            yield refused_draft(error, draft)
            return
        yield {"is": "compared", "case": draft.case_id, **changes_of(draft, stored, typed)}

    def depends(self, message: dict) -> Iterator[dict]:
        """Everything that rests on a row of the case that is shown, by the rules of the choice."""
        choice = choice_from(message.get("choice"))
        line = message.get("line")
        yield {"is": "depends", "line": line, "outputs": resting_on(self.analysis(choice), line)}

    def save(self, message: dict) -> Iterator[dict]:
        """The draft as a file to download, a workbook or a case folder as a zip; or stored in the folder of the cases.

        What is stored may have faults; the figure then stays that of the last state without one.
        """
        draft = self._drafted(message)
        case_id = draft.case_id
        check_case_id(case_id, at="case_id")
        recorded = saved_files(draft, self._parse)
        form = message.get("form")
        if form == "store" and self.stores:
            lines = store_case(self.folder.path, case_id, recorded)
            if self.edited.get(case_id) == recorded:
                del self.edited[case_id]
            self.folder.listed = list_cases(self.folder.path)
            self.opened[case_id] = self.folder.digest(case_id)
            text = "; ".join(" ".join(line.split()) for line in lines)
            yield {"is": "stored", "text": text, "digest": self.opened[case_id]}
        elif form == "xlsx":
            yield as_file(f"{case_id}.xlsx", draft_workbook(draft, self.folder.vocabulary), saves=True)
        elif form != "zip":
            raise TimelineError([fault(str(form), "xlsx or zip", at="page", column="form")])
        else:
            contents = {f"{case_id}/{name}": content for name, content in recorded.folder().items()}
            yield as_file(f"{case_id}.zip", zip_bytes(contents), saves=True)

    def export(self, message: dict) -> Iterator[dict]:
        """Every figure of the report by the rules of a choice, in the files of its preset, and the parameters."""
        choice = with_preset(choice_from(message.get("choice")))
        # Read once, so that figures, data and digest are of one state even if the files change meanwhile.
        recorded = self._recorded(choice.case)
        analysis = self._analyse(recorded, _ruled(choice))
        contents = parameter_files(choice, analysis.case, recorded)
        for name, files in drawn_files(choice, analysis):
            yield {"is": "progress", "text": f"Drawn: {name}"}
            contents |= files
        yield as_file(f"{choice.case}-{figure_name(choice)}.zip", zip_bytes(contents))

    def _free_name(self) -> str:
        """A name for a new case that no case has."""
        names = itertools.chain(["my-case"], (f"my-case-{n}" for n in itertools.count(2)))
        return next(name for name in names if name not in (*self.listed, *self.edited))

    def _recorded(self, case_id: str) -> Recorded:
        """The two files of a case, as this reader has written them or as they are in the folder."""
        return self.edited[case_id] if case_id in self.edited else self.folder.recorded(case_id)

    def _drafted(self, message: dict) -> Draft:
        """The draft in a message, with the texts that its rows are proved against: of the upload, or of the folder."""
        draft = draft_from(message)
        texts = self.texts.get(draft.case_id, ()) or self.folder.texts_of(draft.case_id)
        digests = {one.get("sha256") for one in draft.about.get("sources", []) if isinstance(one, dict)}
        named = names_of_texts(draft.about)
        kept = (text for text in texts if text[0] in named or sha256(text[1]) in digests)
        return draft._replace(texts=tuple(kept))

    def _is_outdated(self, draft: Draft) -> bool:
        """Whether the files in the folder are no longer those that a draft was opened from, nor say what it says."""
        case_id = draft.case_id
        if self.opened[case_id] in ("", self.folder.digest(case_id)):
            return False
        return not self.folder.says_the_same(case_id, recorded_of(draft))

    def _without_fault(self, draft: Draft) -> Recorded:
        """The files of a draft.

        Raises
        ------
        TimelineError
            With every fault of its fields and of its files; or if it has no fact yet.
        """
        check_begun(draft)
        recorded, faults = recorded_of(draft), ()
        try:
            self._interpret(recorded, Choice(draft.case_id))
        except TimelineError as error:
            faults = error.faults
        if faults := all_faults(faults, draft):
            raise TimelineError(faults)
        return recorded

    def analysis(self, choice: Choice) -> Analysis:
        """The case by the rules of a choice."""
        return self._analyse(self._recorded(choice.case), _ruled(choice))

    def _parsed(self, case_id: str, recorded: Recorded) -> Parsed:
        return prove(parse_case(case_id, recorded, self.folder.vocabulary), recorded)

    def _interpreted(self, recorded: Recorded, ruled: Choice) -> Case:
        parsed = self._parse(ruled.case, recorded)
        return interpret_case(parsed, self.folder.vocabulary, ruled.baseline, ruled.reference, ruled.axis, ruled.rules)

    def _analysed(self, recorded: Recorded, ruled: Choice) -> Analysis:
        return Analysis(self._interpret(recorded, ruled))

    def _viewed(self, recorded: Recorded, choice: Choice) -> dict:
        analysis = self._analyse(recorded, _ruled(choice))
        # What can be chosen does not depend on which rules were chosen.
        whole = self._interpret(recorded, _ruled(choice)._replace(rules=""))
        options = options_of(whole, choice, axes_of(whole))
        return {
            "options": {name: [option._asdict() for option in entries] for name, entries in options.items()},
            "gallery": gallery_of(whole),
            "title": analysis.case.about.get("title", ""),
            "notes": [*analysis.case.notes, *without_baseline(analysis, choice)],
            "command": command_of(choice, self.folder.path),
            **view_of(analysis, choice),
        }


HANDLERS: dict[str, Callable[[Session, dict], Iterator[dict]]] = {
    "start": Session.start,
    "show": Session.show,
    "look": Session.look,
    "draft": Session.draft,
    "new": Session.new,
    "check": Session.check,
    "read": Session.read,
    "propose": Session.propose,
    "compare": Session.compare,
    "depends": Session.depends,
    "save": Session.save,
    "export": Session.export,
}


def _ruled(choice: Choice) -> Choice:
    """What a case is interpreted by: the choice without the fields that concern the figure alone."""
    return Choice(choice.case, **{name: getattr(choice, name) for name in _RULING})


def _drawn(choice: Choice) -> Choice:
    """What a figure is drawn by: the choice without its measure, unless the figure is of one measure."""
    return choice if choice.figure == MEASURE else choice._replace(measure="")
