from .document import (
    read_words as read_words,
)
from .leaks import (
    find_leaks as find_leaks,
    leaks_message as leaks_message,
    read_deny as read_deny,
)
from .pdf import (
    rasterise as rasterise,
)
from .series import (
    write_series as write_series,
)
from .texts import (
    texts_of as texts_of,
)
from .write import (
    write_report as write_report,
)
