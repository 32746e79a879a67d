from .anchors import (
    Anchor as Anchor,
    count_timed as count_timed,
    format_anchor as format_anchor,
    parse_anchor as parse_anchor,
    parse_count as parse_count,
    parse_severity as parse_severity,
    phase_of_end as phase_of_end,
    timed_end as timed_end,
)
from .bounds import (
    LONGEST as LONGEST,
    NOTHING as NOTHING,
    Bounds as Bounds,
    Intervals as Intervals,
    are_one_rounded as are_one_rounded,
    canonical_number as canonical_number,
    half_of_last_digit as half_of_last_digit,
    is_normal as is_normal,
    number as number,
    parse_column as parse_column,
    parse_reading as parse_reading,
    parse_texts as parse_texts,
    parse_threshold as parse_threshold,
    parse_value as parse_value,
)
from .column import (
    Distinct as Distinct,
    booleans as booleans,
    compact as compact,
    distinct as distinct,
    factorized as factorized,
    floats as floats,
    pairs as pairs,
    rows_of as rows_of,
    which as which,
)
from .dates import (
    MONTHS as MONTHS,
    date_expected as date_expected,
    day_of_spreadsheet as day_of_spreadsheet,
    is_date as is_date,
    parse_date as parse_date,
)
from .grades import (
    bounded_grade as bounded_grade,
    is_absent_grade as is_absent_grade,
    is_denied_grade as is_denied_grade,
    list_grades as list_grades,
    parse_grade as parse_grade,
)
from .interval import (
    all_of as all_of,
    answer as answer,
    bounds_of as bounds_of,
    closed as closed,
    divide as divide,
    exceeds as exceeds,
    inside as inside,
    negate as negate,
    percent_change as percent_change,
    scale as scale,
    size_of as size_of,
    subtract as subtract,
)
from .spans import span_expected as span_expected
from .spellings import (
    ONES as ONES,
    ORDINALS as ORDINALS,
    TENS as TENS,
    canonical as canonical,
    plain as plain,
    spelling as spelling,
)
from .times import (
    ONGOING as ONGOING,
    are_dates as are_dates,
    canonical_length as canonical_length,
    canonical_time as canonical_time,
    days_from_zero as days_from_zero,
    from_zero as from_zero,
    is_point as is_point,
    length_words as length_words,
    parse_duration as parse_duration,
    parse_time as parse_time,
    same_times as same_times,
    spelled as spelled,
)
from .units import (
    dimension as dimension,
    find_unit as find_unit,
    spelt as spelt,
    unit_factor as unit_factor,
    written as written,
)
