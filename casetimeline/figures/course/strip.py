"""The strip above the course: who the patient is, and what of that is not reported."""

from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...case import Case, unreported_details
from ...prose import capital, in_years, open_age, origin_words, patient_told, patient_words
from ..drawn import WHO
from ..style import SMALL, add_text, millimetres, text_height, wrap


class PatientStrip(NamedTuple):
    """The lines of the strip, and its height and width in millimetres."""

    title: list[str]
    lines: list[str]
    width: float
    height: float


def patient_line(patient: dict, diagnosis: str, zero: str = "") -> str:
    """Whom the figure is about: age, sex, then subset, antibodies, duration of disease and what else is told.

    Parameters
    ----------
    patient : dict
        As in case.yaml.
    diagnosis : str
        Of a disease of connective tissue antibodies and duration are asked for, of systemic sclerosis the subset: they
        are then said to be not reported.
    zero : str
        Day 0 in a sentence, from which an onset counts.

    Examples
    --------
    >>> patient_line({"age": "25", "sex": "female"}, "systemic sclerosis")
    '25 years, female. Not reported: subset, antibodies, disease duration.'
    >>> patient_line({"age": "44", "sex": "male", "subset": "diffuse cutaneous"}, "systemic sclerosis")
    '44 years, male; diffuse cutaneous subset. Not reported: antibodies, disease duration.'
    >>> patient_line({"age": "0.5", "sex": "female"}, "malignant melanoma")
    '0.5 years, female.'
    >>> patient_line({"age": "51", "sex": "female", "note": "whether it is the age at report or at onset"}, "gout")
    '51 years (whether at onset or at report is not stated), female.'
    """
    age, sex = (str(patient.get(name, "not_reported")).replace("_", " ") for name in ("age", "sex"))
    known = "not reported"
    aged = f"{in_years(age)} {open_age(patient)}".rstrip()
    who = ", ".join([*([aged] if age != known else []), *([sex] if sex != known else [])])
    details = [who, *patient_words(patient, zero, diagnosis)]
    missing = [name for name in ("age", "sex") if str(patient.get(name, known)).replace("_", " ") == known]
    missing += unreported_details(patient, diagnosis)
    words = f"{capital('; '.join(filter(None, details)))}." if any(details) else ""
    return " ".join(filter(None, [words, f"Not reported: {', '.join(missing)}." if missing else ""]))


def lay_patient(case: Case, width: float) -> PatientStrip:
    """Wrap the words of the strip to a width in millimetres."""
    diagnosis = capital(case.about.get("diagnosis", "diagnosis not reported"))
    # Bold letters are wider than those that are measured.
    title = wrap(diagnosis, 0.88 * (width - 3), 8)
    zero = origin_words(case.about.get("time_zero", {}).get("label", ""))
    lines = wrap(patient_line(patient_told(case), diagnosis, zero), width - 3, SMALL)
    return PatientStrip(title, lines, width, text_height(len(title), 8) + text_height(len(lines), SMALL) + 3.2)


def title_alone(strip: PatientStrip) -> PatientStrip:
    """The strip of a further part of a figure: the diagnosis alone."""
    return strip._replace(lines=[], height=strip.height - text_height(len(strip.lines), SMALL))


def draw_patient(figure: Figure, strip: PatientStrip, left: float, top: float) -> None:
    """Draw the strip, from an upper left corner in millimetres."""
    look = {"facecolor": "#f2f2f2", "edgecolor": "none", "zorder": -2}
    figure.add_artist(
        Rectangle((0, 0), strip.width, strip.height - 1.2, transform=millimetres(figure, left, top), **look)
    )
    add_text(figure, left + 1.5, top + 0.6, "\n".join(strip.title), fontsize=8, fontweight="bold", gid=WHO)
    under = top + 0.6 + text_height(len(strip.title), 8)
    if strip.lines:
        add_text(figure, left + 1.5, under, "\n".join(strip.lines), fontsize=SMALL, gid=f"{WHO}.more")
