from .analysis import (
    Analysis as Analysis,
    analyse as analyse,
    once as once,
)
from .by_site import (
    after_reference as after_reference,
    before_reference as before_reference,
    worded_before as worded_before,
)
from .claims import (
    evaluate_claims as evaluate_claims,
)
from .compared import (
    compare_rules as compare_rules,
    is_counted as is_counted,
    is_needless as is_needless,
)
from .deduced import (
    BASIS as BASIS,
    LIMITED_SITES as LIMITED_SITES,
    MOST_LIMITED as MOST_LIMITED,
    RESTATED as RESTATED,
    Deduction as Deduction,
    deduce_subset as deduce_subset,
)
from .difference import (
    OutputChange as OutputChange,
    RowChange as RowChange,
    RowsCompared as RowsCompared,
    compare_outputs as compare_outputs,
    compare_rows as compare_rows,
    parts_that_differ as parts_that_differ,
)
from .left_out import (
    sensitivity as sensitivity,
)
from .limits import (
    derive_required as derive_required,
    largest_analytical_cv as largest_analytical_cv,
    limits_of as limits_of,
    smallest_detectable_change as smallest_detectable_change,
)
from .outcome import (
    is_unscored as is_unscored,
)
from .outputs import (
    CLAIM as CLAIM,
    DERIVED as DERIVED,
    OF_A_RECORD as OF_A_RECORD,
    VERDICT as VERDICT,
    outputs_of as outputs_of,
    table_of as table_of,
)
from .populations import (
    BY_EXAMINERS as BY_EXAMINERS,
    OF_PATIENT as OF_PATIENT,
    derive_applicable as derive_applicable,
    derive_context as derive_context,
    derive_examined as derive_examined,
    derive_regression as derive_regression,
    is_missed as is_missed,
)
from .reasons import (
    span_words as span_words,
)
from .rules import (
    FOR_ANY_CV as FOR_ANY_CV,
    LARGER as LARGER,
    OF_A_VALUE as OF_A_VALUE,
    UNREAD as UNREAD,
    WITHIN_BIOLOGICAL as WITHIN_BIOLOGICAL,
    evaluate_rules as evaluate_rules,
)
from .stretches import (
    evaluate_stretches as evaluate_stretches,
)
from .tipping import (
    ANALYTICAL_CV as ANALYTICAL_CV,
    BASELINE as BASELINE,
    DRAINAGES as DRAINAGES,
    INTERVAL as INTERVAL,
    MEASURES as MEASURES,
    THRESHOLD as THRESHOLD,
    UPPER_LIMIT as UPPER_LIMIT,
    VALUE as VALUE,
    derive_tipping as derive_tipping,
    derive_turns as derive_turns,
)
