from .bounds import (
    NOTHING as NOTHING,
    Bounds as Bounds,
    number as number,
    parse_column as parse_column,
    parse_grade as parse_grade,
    parse_value as parse_value,
)
from .interval import (
    all_of as all_of,
    answer as answer,
    bounds_of as bounds_of,
    divide as divide,
    exceeds as exceeds,
    inside as inside,
    negate as negate,
    relative_change as relative_change,
    scale as scale,
    size_of as size_of,
    subtract as subtract,
)
from .times import (
    ONGOING as ONGOING,
    are_dates as are_dates,
    days_from_zero as days_from_zero,
    parse_date as parse_date,
    parse_duration as parse_duration,
    parse_time as parse_time,
)
