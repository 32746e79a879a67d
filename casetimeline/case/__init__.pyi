from .anew import without_rows as without_rows
from .author import (
    Offered as Offered,
    accept_rows as accept_rows,
    check_workbook as check_workbook,
    import_case as import_case,
    new_case as new_case,
    offer_rows as offer_rows,
    store_case as store_case,
    workbook_note as workbook_note,
)
from .cells.alike import (
    Alike as Alike,
    alike_of as alike_of,
    joined as joined,
    note_words as note_words,
)
from .cells.causes import faults_of_cases as faults_of_cases
from .checks.kinds import BELONGS as BELONGS
from .checks.notes import (
    case_twins as case_twins,
    unused_columns as unused_columns,
)
from .checks.repeats import restated as restated
from .choose import (
    check_measures as check_measures,
    check_texts as check_texts,
    codes_of as codes_of,
    known_measure as known_measure,
    measure_of as measure_of,
    missing_days as missing_days,
    recorded_measure as recorded_measure,
    without_day as without_day,
)
from .form.about import (
    caveats_of as caveats_of,
    parse_about as parse_about,
)
from .form.patient import (
    patient_details as patient_details,
    subset_told as subset_told,
    unreported_details as unreported_details,
)
from .frame import read_facts as read_facts
from .model import (
    Case as Case,
    Parsed as Parsed,
    Recorded as Recorded,
    Vocabulary as Vocabulary,
    axes_of as axes_of,
    interpret_case as interpret_case,
    parse_case as parse_case,
)
from .named import (
    case_ids as case_ids,
    case_within as case_within,
    words_in as words_in,
)
from .plain import (
    columns_to_write as columns_to_write,
    csv_line as csv_line,
    lines_of as lines_of,
    starter_about as starter_about,
    yaml_bytes as yaml_bytes,
)
from .proof.extract import read_source as read_source
from .proof.proposals import (
    Proposal as Proposal,
    Proposed as Proposed,
    beside_text as beside_text,
    judge_rows as judge_rows,
    read_proposal as read_proposal,
    source_for as source_for,
    words_to_accept as words_to_accept,
)
from .proof.proving import check_numbers as check_numbers
from .proof.sources import (
    names_of_texts as names_of_texts,
    prove as prove,
    prove_source as prove_source,
    sentences_of as sentences_of,
    texts_named_in as texts_named_in,
    with_proof as with_proof,
)
from .read import (
    derive_path as derive_path,
    read_case as read_case,
    read_path as read_path,
    read_recorded as read_recorded,
    read_titles as read_titles,
    whole_vocabulary as whole_vocabulary,
)
from .registry.many import (
    Whole as Whole,
    plan_of_shards as plan_of_shards,
    reading_lines as reading_lines,
    reference_note as reference_note,
    whole_of as whole_of,
)
from .registry.shards import (
    Asked as Asked,
    Cause as Cause,
    Findings as Findings,
    cause_lines as cause_lines,
    combine as combine,
    derive_shard as derive_shard,
    finding_notes as finding_notes,
    has_reference as has_reference,
    rows_of_shard as rows_of_shard,
)
from .simulated import (
    SIMULATED_COLUMNS as SIMULATED_COLUMNS,
    Simulation as Simulation,
    is_simulated as is_simulated,
    refuse_mixture as refuse_mixture,
    simulated_rows as simulated_rows,
)
from .tables.cited import RULE_EXAMINERS as RULE_EXAMINERS
from .tables.dialect import (
    delimiter_of as delimiter_of,
    has_no_row as has_no_row,
    header_cells as header_cells,
    quoted_or_comment as quoted_or_comment,
    read_rows as read_rows,
)
from .tables.dictionary import with_dictionary as with_dictionary
from .tables.header import column_name as column_name
from .tables.measures import touching as touching
from .tables.names import (
    listed_events as listed_events,
    names_of as names_of,
)
from .tables.separated import (
    decode as decode,
)
from .tables.table import (
    columns_as_rows as columns_as_rows,
    table_bytes as table_bytes,
)
from .workbook.read import (
    read_workbook as read_workbook,
)
from .workbook.write import (
    workbook_bytes as workbook_bytes,
)
from .zipped import read_folder as read_folder
