from .accept import (
    accept as accept,
    compare as compare,
    normalise_files as normalise_files,
)
from .build import (
    make_report as make_report,
    what_is_left as what_is_left,
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
    SeriesPlan as SeriesPlan,
    notebooks_in as notebooks_in,
    what_stands as what_stands,
)
from .registry import (
    causes_csv as causes_csv,
    check_registry as check_registry,
    derive_registry as derive_registry,
    open_registry as open_registry,
    parts_of as parts_of,
    write_whole as write_whole,
)
from .selection import (
    extract_cases as extract_cases,
    write_simulated as write_simulated,
)
from .series_build import (
    make_series as make_series,
)
from .sharding import (
    MANIFEST as MANIFEST,
    cut as cut,
)
from .verify import (
    say_proofs as say_proofs,
    verify_report as verify_report,
)
from .workers import (
    Cluster as Cluster,
    workers as workers,
)
