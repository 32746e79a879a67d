from .case import Case as Case, derive_path as derive_path, read_case as read_case
from .derive import (
    derive_ablfl as derive_ablfl,
    derive_ady as derive_ady,
    derive_anrind as derive_anrind,
    derive_auc as derive_auc,
    derive_base as derive_base,
    derive_calendar as derive_calendar,
    derive_changes as derive_changes,
    derive_chg as derive_chg,
    derive_chgprev as derive_chgprev,
    derive_doses as derive_doses,
    derive_exposure as derive_exposure,
    derive_extremes as derive_extremes,
    derive_gaps as derive_gaps,
    derive_improvement as derive_improvement,
    derive_ontrtfl as derive_ontrtfl,
    derive_pchg as derive_pchg,
    derive_peak as derive_peak,
    derive_r2base as derive_r2base,
    derive_reference as derive_reference,
    derive_shift as derive_shift,
    derived_table as derived_table,
)
from .explore.widget import Explorer as Explorer
from .faults import TimelineError as TimelineError
from .figures.change import draw_change as draw_change
from .figures.claims import draw_claims as draw_claims
from .figures.context import draw_context as draw_context
from .figures.gallery import draw_figures as draw_figures
from .figures.profile import draw_profile as draw_profile
from .figures.regimen import draw_regimen as draw_regimen
from .figures.reported import draw_reported as draw_reported
from .figures.timeline import draw_timeline as draw_timeline
from .figures.trajectory import draw_trajectory as draw_trajectory
from .figures.values import (
    alt_text as alt_text,
    describe as describe,
    drawn_values as drawn_values,
    summarise_drawn as summarise_drawn,
)
from .files import list_cases as list_cases
from .prose import (
    summarise_arms as summarise_arms,
    summarise_calendar as summarise_calendar,
    summarise_case as summarise_case,
    summarise_cases as summarise_cases,
    summarise_changes as summarise_changes,
    summarise_choices as summarise_choices,
    summarise_claims as summarise_claims,
    summarise_context as summarise_context,
    summarise_expected as summarise_expected,
    summarise_exposure as summarise_exposure,
    summarise_gaps as summarise_gaps,
    summarise_judged as summarise_judged,
    summarise_muscle as summarise_muscle,
    summarise_pericardium as summarise_pericardium,
    summarise_profile as summarise_profile,
    summarise_recorded as summarise_recorded,
    summarise_regimen as summarise_regimen,
    summarise_regression as summarise_regression,
    summarise_reported as summarise_reported,
    summarise_rules as summarise_rules,
    summarise_skin as summarise_skin,
    summarise_support as summarise_support,
    summarise_timeline as summarise_timeline,
    summarise_verdicts as summarise_verdicts,
)
from .publish import colophon as colophon, publish as publish
from .rules import (
    compare_rules as compare_rules,
    derive_context as derive_context,
    derive_required as derive_required,
    evaluate_claims as evaluate_claims,
    evaluate_rules as evaluate_rules,
    limits_of as limits_of,
)

__version__: str
