from .leaks import (
    find_leaks as find_leaks,
    told_leaks as told_leaks,
)
from .pdf import (
    rasterise as rasterise,
)
from .texts import (
    texts_of as texts_of,
)
from .write import (
    table_bytes as table_bytes,
    write_report as write_report,
)
