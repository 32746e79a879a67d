"""Reproducible analysis of a clinical case: from a typed timeline to figures and a report.

The names below are what a notebook needs; each is imported when it is first used.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "appraisal": (
        "summarise_choices",
        "summarise_claims",
        "summarise_expected",
        "summarise_regression",
        "summarise_rules",
        "summarise_support",
        "summarise_verdicts",
    ),
    "baseline": ("derive_ablfl", "derive_base"),
    "course": ("derive_auc", "derive_improvement"),
    "category": ("derive_anrind", "derive_shift"),
    "change": ("derive_chg", "derive_chgprev", "derive_pchg", "derive_r2base"),
    "claims": ("evaluate_claims",),
    "dataset": ("derive_path",),
    "derivation": ("derive_changes", "derived_table"),
    "exposure": ("derive_exposure", "derive_gaps"),
    "extremes": ("derive_extremes", "derive_peak"),
    "comparison": ("derive_context",),
    "doses": ("derive_calendar", "derive_doses"),
    "explore.widget": ("Explorer",),
    "files": ("list_cases",),
    "figures": (
        "alt_text",
        "describe",
        "draw_change",
        "draw_claims",
        "draw_context",
        "draw_figures",
        "draw_profile",
        "draw_regimen",
        "draw_reported",
        "draw_timeline",
        "draw_trajectory",
        "drawn_values",
        "summarise_drawn",
    ),
    "narrative": (
        "summarise_muscle",
        "summarise_pericardium",
        "summarise_profile",
        "summarise_skin",
        "summarise_timeline",
    ),
    "publish": ("colophon",),
    "readings": (
        "summarise_arms",
        "summarise_calendar",
        "summarise_context",
        "summarise_gaps",
        "summarise_judged",
        "summarise_regimen",
    ),
    "required": ("derive_required", "limits_of"),
    "rules": ("compare_rules", "evaluate_rules"),
    "studyday": ("derive_ady", "derive_ontrtfl", "derive_reference"),
    "summary": (
        "summarise_case",
        "summarise_cases",
        "summarise_changes",
        "summarise_exposure",
        "summarise_recorded",
        "summarise_reported",
    ),
    "timeline": ("read_case",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'casetimeline' has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
