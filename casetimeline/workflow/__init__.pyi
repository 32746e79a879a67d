from .accept import (
    accept as accept,
    compare as compare,
    normalise_files as normalise_files,
)
from .build import (
    make_report as make_report,
    say_proofs as say_proofs,
    what_is_left as what_is_left,
)
from .cases import (
    LEDGER as LEDGER,
    Bulk as Bulk,
    plans_of as plans_of,
    run_cases as run_cases,
    run_words as run_words,
)
from .endings import refused_words as refused_words
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
    check_apart as check_apart,
    check_one_file as check_one_file,
    check_registry as check_registry,
    derive_into as derive_into,
    open_registry as open_registry,
    part_suffix as part_suffix,
)
from .registry_words import (
    derived_words as derived_words,
    finding_lines as finding_lines,
    findings_as_data as findings_as_data,
    size_words as size_words,
    standing_words as standing_words,
)
from .revisions import (
    compare_states as compare_states,
    dependence_lines as dependence_lines,
    depends_on as depends_on,
    difference_lines as difference_lines,
)
from .selection import (
    extract_cases as extract_cases,
    write_simulated as write_simulated,
)
from .series_build import (
    make_series as make_series,
)
from .sharding import (
    cut as cut,
)
from .tabled import (
    cases_of as cases_of,
)
from .verify import (
    verify_report as verify_report,
)
from .workers import (
    Cluster as Cluster,
    workers as workers,
)
