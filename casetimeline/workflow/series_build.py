"""From some cases to the report of their series: nothing made twice, and published whole or not at all."""

from pathlib import Path

from ..faults import NotebookError, TimelineError, fault
from ..files import MANIFEST, list_cases, make_unlinked, remove
from ..vocabulary import check_case_id
from .build import alone, check_deny, clear_left, refuse_leaks, replace_whole
from .engine import Limits
from .execute import Published, execute_with, given_parameters, scratch, warm_up
from .notebook import check_parameters, defaults_of, read_notebook
from .plan import NO_LOCK, SeriesPlan, Truth, digest_outputs, is_current, manifest_text, truth_of
from .runs import progress


def make_series(plan: SeriesPlan) -> bool:
    """Make the report of a series, if it is not there already.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    TimelineError
        If an option or a case is at fault: nothing that was there is touched. If an input changed during the run.
    NotebookError
        If the notebook fails, or an artefact holds an identifier; what was made of it is under `failed/`.
    OSError
        If a folder cannot be written, or the disk is full. Nothing of the new report is there then.
    """
    _check(plan)
    with alone(plan):
        clear_left(plan)
        truth = truth_of(plan)
        current = is_current(plan, truth)
        if current and not plan.deny:
            return False
        warm_up()
        series = _read(plan)
        cases = [each.case for each in series.analyses]
        if current:
            refuse_leaks(plan, plan.home, cases)
            return False
        replace_whole(plan, truth, lambda: _make(plan, truth, series), cases)
    return True


def _check(plan: SeriesPlan) -> None:
    """Refuse what no report can be made from."""
    check_case_id(plan.name, "name")
    faults = []
    if plan.name in list_cases(plan.data):
        faults.append(fault(plan.name, "a name that no case of the folder has", at="name"))
    if not plan.lock.is_file():
        faults.append(NO_LOCK._replace(file=plan.lock.name))
    if faults:
        raise TimelineError(faults)
    for source in plan.notebooks:
        check_parameters(defaults_of(source), plan.given, source.name)


def _read(plan: SeriesPlan):
    """The series, once every fault that can be told before a kernel starts is known to be none."""
    from ..series import check_align, read_series

    series = read_series(
        plan.data, plan.asked, plan.name, plan.diagnosis, plan.records, baseline_rule=plan.baseline, rules=plan.rules
    )
    series.measure(plan.measure)
    check_align(series, plan.align)
    check_deny(plan)
    return series


def _make(plan: SeriesPlan, truth: Truth, series) -> Path:
    """Run the notebook and write the report; the folder in which it is whole."""
    from ..report import write_series
    from ..series import FIGURES, UNNAMED

    new, (source,) = plan.work / "new", plan.notebooks
    made = plan.work / "made"
    remove(made)
    wanted = Published(UNNAMED, plan.whose, FIGURES)
    with scratch(plan.work, plan.data) as place, progress(plan.whose, 1, "notebooks") as advance:
        try:
            execute_with(source, given_parameters(source, plan.given), wanted, made, place, Limits())
        except NotebookError as error:
            make_unlinked(plan.failed, plan.build)
            if (made / source.name).exists():
                (made / source.name).replace(plan.failed / source.name)
            raise NotebookError(f"{error}\nThe half-run notebook is {plan.failed / source.name}") from None
        advance(source.stem)
    for path in sorted(made.iterdir()):
        target = new / ("notebooks" if path.suffix == ".ipynb" else "figures") / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    remove(made)
    ran = read_notebook(new / "notebooks" / source.name)
    write_series(series, plan.measure, new, ran, truth.inputs, truth.versions)
    text = manifest_text(plan.name, truth.parameters, truth.inputs, truth.versions, digest_outputs(new))
    (new / MANIFEST).write_text(text, encoding="utf-8")
    return new
