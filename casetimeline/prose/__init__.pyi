from .course.aged import (
    in_years as in_years,
    patient_told as patient_told,
    patient_words as patient_words,
)
from .course.annotated import (
    printed_length as printed_length,
    related_words as related_words,
)
from .course.opening import open_age as open_age
from .course.results import (
    last_verdicts as last_verdicts,
    results_passages as results_passages,
)
from .display import (
    Prose as Prose,
    RowText as RowText,
    Table as Table,
    without_empty as without_empty,
)
from .judged.answers import (
    summarise_answers as summarise_answers,
)
from .judged.arms import (
    position_words as position_words,
    summarise_arms as summarise_arms,
    summarise_context as summarise_context,
    summarise_expected as summarise_expected,
    summarise_regression as summarise_regression,
)
from .judged.tested import (
    tested_words as tested_words,
)
from .judged.verdicts import (
    UNJUDGED as UNJUDGED,
    summarise_choices as summarise_choices,
    summarise_claims as summarise_claims,
    summarise_judged as summarise_judged,
    summarise_rules as summarise_rules,
    summarise_support as summarise_support,
    summarise_verdicts as summarise_verdicts,
)
from .measured.baselines import (
    baseline_words as baseline_words,
    reference_kind as reference_kind,
    reference_name as reference_name,
    unread_after as unread_after,
    unread_measures as unread_measures,
    unread_sentence as unread_sentence,
)
from .measured.between import (
    EXCEEDED as EXCEEDED,
    OF_PARTS as OF_PARTS,
    TURNS as TURNS,
    Turn as Turn,
    compared_rules as compared_rules,
    is_exceeded as is_exceeded,
    turn_of as turn_of,
)
from .measured.candidates import (
    open_last_sentences as open_last_sentences,
)
from .measured.changes import (
    change_of_series as change_of_series,
    joint_row as joint_row,
    path_of_series as path_of_series,
    summarise_case as summarise_case,
    summarise_changes as summarise_changes,
    turns_of as turns_of,
    why_no_change as why_no_change,
)
from .measured.coursed import LAST_OPEN as LAST_OPEN
from .measured.tense import (
    claims_sentence as claims_sentence,
    no_change as no_change,
    series_of as series_of,
)
from .numbers.differences import (
    change_words as change_words,
    named_change as named_change,
    signed as signed,
)
from .numbers.digits import (
    are_one_rounded_in_two_units as are_one_rounded_in_two_units,
    decimals_above_zero as decimals_above_zero,
    in_unit_of_measure as in_unit_of_measure,
    shown_decimals as shown_decimals,
)
from .numbers.qualifiers import (
    over_scale as over_scale,
    printed_bounds as printed_bounds,
    qualified as qualified,
    titre_words as titre_words,
    unit_unknown_words as unit_unknown_words,
    value_as_shown as value_as_shown,
)
from .numbers.shares import (
    TITRE as TITRE,
    asked_words as asked_words,
    change_unit as change_unit,
    gives_share as gives_share,
    multiple_of as multiple_of,
)
from .tables.carriers import (
    summarise_carriers as summarise_carriers,
)
from .tables.clauses import (
    how_long as how_long,
)
from .tables.grounded import (
    told_of as told_of,
)
from .tables.recorded import (
    summarise_calendar as summarise_calendar,
    summarise_cases as summarise_cases,
    summarise_exposure as summarise_exposure,
    summarise_gaps as summarise_gaps,
    summarise_recorded as summarise_recorded,
    summarise_regimen as summarise_regimen,
    summarise_reported as summarise_reported,
    with_subject as with_subject,
)
from .tables.story import (
    summarise_muscle as summarise_muscle,
    summarise_pericardium as summarise_pericardium,
    summarise_profile as summarise_profile,
    summarise_skin as summarise_skin,
    summarise_timeline as summarise_timeline,
)
from .tables.therapies import (
    count_lasting as count_lasting,
    count_missing as count_missing,
    missing_words as missing_words,
    summarise_given as summarise_given,
    with_told_ends as with_told_ends,
)
from .tables.visits import (
    summarise_visits as summarise_visits,
)
from .wording.abbreviations import (
    SHORT_FORMS as SHORT_FORMS,
    abbreviations_in as abbreviations_in,
    explained as explained,
    short_forms_in as short_forms_in,
    short_forms_of_head as short_forms_of_head,
)
from .wording.ended import (
    end_phrase as end_phrase,
    lasting_words as lasting_words,
    stopped_words as stopped_words,
)
from .wording.labels import (
    above_scale as above_scale,
    joined as joined,
    label_in_cell as label_in_cell,
    label_in_sentence as label_in_sentence,
    printed_reason as printed_reason,
    printed_words as printed_words,
    told_site as told_site,
)
from .wording.laboratory import (
    reference_words as reference_words,
)
from .wording.passage import (
    Passage as Passage,
    Said as Said,
    of_course as of_course,
    phase_phrase as phase_phrase,
    text_of as text_of,
    typeset as typeset,
    unbroken as unbroken,
)
from .wording.remarks import (
    state_of_test as state_of_test,
)
from .wording.schedules import (
    is_pulse as is_pulse,
    often_words as often_words,
    route_words as route_words,
    schedule_words as schedule_words,
)
from .wording.stopped import (
    stop_of as stop_of,
    with_stops as with_stops,
)
from .wording.subset import subset_reason as subset_reason
from .wording.when import (
    OPEN_ORDER as OPEN_ORDER,
    clock_words as clock_words,
    moment_words as moment_words,
    open_positions as open_positions,
    open_start as open_start,
    own_time as own_time,
    start_words as start_words,
    time_words as time_words,
    visit_words as visit_words,
    when_words as when_words,
)
from .wording.words import (
    NOT_MENTIONED as NOT_MENTIONED,
    capital as capital,
    cite as cite,
    count_words as count_words,
    dose_words as dose_words,
    elapsed_words as elapsed_words,
    finding_words as finding_words,
    in_a_sentence as in_a_sentence,
    is_plural as is_plural,
    limit_words as limit_words,
    origin_words as origin_words,
    printed_cycles as printed_cycles,
    shift_words as shift_words,
    times_words as times_words,
    value_words as value_words,
)
