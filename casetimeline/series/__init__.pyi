from .collect import (
    UNNAMED as UNNAMED,
    Series as Series,
    case_ids as case_ids,
    read_series as read_series,
    words_in as words_in,
)
from .compare import (
    derive_answers as derive_answers,
    derive_series as derive_series,
)
from .tables import (
    summarise_compared as summarise_compared,
    summarise_patients as summarise_patients,
    summarise_series as summarise_series,
)
from .waterfall import draw_waterfall as draw_waterfall
