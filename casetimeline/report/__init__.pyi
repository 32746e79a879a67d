from .contents import (
    analyse as analyse,
)
from .leaks import (
    find_leaks as find_leaks,
    told_leaks as told_leaks,
)
from .pdf import (
    rasterise as rasterise,
)
from .report import (
    write_report as write_report,
)
from .sheets import (
    table_bytes as table_bytes,
)
from .texts import (
    texts_of as texts_of,
)
