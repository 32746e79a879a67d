from .collect import (
    FIGURES as FIGURES,
    UNNAMED as UNNAMED,
    Series as Series,
    read_series as read_series,
)
from .compare import (
    compare_series as compare_series,
    derive_answers as derive_answers,
    derive_series as derive_series,
)
from .overview import (
    LIMITS as LIMITS,
    summarise_compared as summarise_compared,
    summarise_patients as summarise_patients,
    summarise_read as summarise_read,
    summarise_series as summarise_series,
)
from .waterfall import draw_waterfall as draw_waterfall
