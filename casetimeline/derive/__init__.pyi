from .baseline import (
    BaselineError as BaselineError,
    derive_ablfl as derive_ablfl,
    derive_base as derive_base,
    doubtful_baselines as doubtful_baselines,
    flag_baseline as flag_baseline,
)
from .change import (
    derive_anrind as derive_anrind,
    derive_chg as derive_chg,
    derive_chgprev as derive_chgprev,
    derive_examiners as derive_examiners,
    derive_pchg as derive_pchg,
    derive_r2base as derive_r2base,
    derive_shift as derive_shift,
    step_of as step_of,
)
from .chosen import (
    check_baseline_rule as check_baseline_rule,
    check_words as check_words,
)
from .columns import (
    ACRONYMS as ACRONYMS,
    DERIVED_NAMES as DERIVED_NAMES,
    OF_TREATMENT as OF_TREATMENT,
    MissingColumnError as MissingColumnError,
    label_of as label_of,
    may_be_baseline as may_be_baseline,
    require as require,
)
from .course import (
    derive_auc as derive_auc,
    derive_extremes as derive_extremes,
    derive_peak as derive_peak,
    each_once as each_once,
    last_candidates as last_candidates,
)
from .direction import derive_direction as derive_direction
from .dose_units import (
    MILLIGRAMS as MILLIGRAMS,
    PER_BODY as PER_BODY,
    in_one_spelling as in_one_spelling,
)
from .doses import (
    derive_calendar as derive_calendar,
    derive_doses as derive_doses,
)
from .elapsed import tells_death as tells_death
from .exposure import (
    OF_EXPOSURE as OF_EXPOSURE,
    derive_exposure as derive_exposure,
    derive_gaps as derive_gaps,
)
from .facts import (
    baseline_of as baseline_of,
    convert as convert,
    derive_analysis as derive_analysis,
    parse_grades as parse_grades,
    readings_of as readings_of,
    records_of as records_of,
    site_of as site_of,
    sites as sites,
    with_scales as with_scales,
    with_unit as with_unit,
    within_limits as within_limits,
)
from .frequency import (
    DoseUnit as DoseUnit,
    dose_unit as dose_unit,
    is_per_time as is_per_time,
    parse_frequency as parse_frequency,
    rate_of as rate_of,
    turns_in_words as turns_in_words,
)
from .glucocorticoids import (
    NO_EQUIVALENT as NO_EQUIVALENT,
    derive_prednisone as derive_prednisone,
)
from .groups import (
    groups_of as groups_of,
)
from .improvement import derive_improvement as derive_improvement
from .order import (
    contradicted_phases as contradicted_phases,
    derive_order as derive_order,
    disordered as disordered,
)
from .pipeline import (
    derive_changes as derive_changes,
    derive_part as derive_part,
    derived_rows as derived_rows,
    derived_table as derived_table,
)
from .precedence import (
    PLACE as PLACE,
    RELATIVE as RELATIVE,
    Places as Places,
    may_be_first as may_be_first,
    may_be_last as may_be_last,
    places_of as places_of,
    surely_after as surely_after,
    surely_before as surely_before,
)
from .resolve import (
    UNCLEAR as UNCLEAR,
    UNKNOWN as UNKNOWN,
    Days as Days,
    anchor_rows as anchor_rows,
    counted_from as counted_from,
    since_origins as since_origins,
)
from .stretch import (
    derive_stretches as derive_stretches,
)
from .studyday import (
    derive_ady as derive_ady,
    derive_ontrtfl as derive_ontrtfl,
    derive_reference as derive_reference,
    given_places as given_places,
    on_or_before as on_or_before,
    reference_courses as reference_courses,
    reference_starts as reference_starts,
)
from .tapers import (
    Varied as Varied,
    is_tapered as is_tapered,
    varied_in as varied_in,
    vary as vary,
    vary_in_quote as vary_in_quote,
)
from .worded import (
    INSTEAD as INSTEAD,
    LENGTH as LENGTH,
    SCHEME as SCHEME,
    count_untold as count_untold,
    count_worded as count_worded,
    derive_told as derive_told,
    derive_untold as derive_untold,
    derive_worded as derive_worded,
    dose_in_words as dose_in_words,
    length_in_words as length_in_words,
    named_route as named_route,
    printed_time as printed_time,
    replaced_by as replaced_by,
)
