from .accept import (
    accept as accept,
    compare as compare,
    normalise_files as normalise_files,
)
from .build import (
    make_report as make_report,
)
from .cases import (
    LEDGER as LEDGER,
    Bulk as Bulk,
    plans_of as plans_of,
    run_cases as run_cases,
)
from .execute import (
    Limits as Limits,
)
from .plan import (
    Plan as Plan,
    notebooks_in as notebooks_in,
)
from .verify import (
    verify_report as verify_report,
)
