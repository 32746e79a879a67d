from .align import (
    check_align as check_align,
    derive_aligned as derive_aligned,
)
from .collect import (
    FIGURES as FIGURES,
    UNNAMED as UNNAMED,
    Series as Series,
    identifier_of as identifier_of,
    read_series as read_series,
)
from .compare import (
    compare_series as compare_series,
    derive_series as derive_series,
)
from .matrix import (
    derive_reported as derive_reported,
    draw_matrix as draw_matrix,
)
from .multiples import draw_multiples as draw_multiples
from .overview import (
    limits_of as limits_of,
    summarise_compared as summarise_compared,
    summarise_patients as summarise_patients,
    summarise_read as summarise_read,
    summarise_series as summarise_series,
)
from .questions import derive_answers as derive_answers
from .spaghetti import draw_spaghetti as draw_spaghetti
from .swimmer import draw_swimmer as draw_swimmer
from .waterfall import draw_waterfall as draw_waterfall
