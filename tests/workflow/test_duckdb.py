"""A derivation written afresh in SQL agrees with this package: a second oracle, beside the one in numpy."""

import pytest
from test_registry import assert_agree, derived_by_chance

duckdb = pytest.importorskip(
    "duckdb", reason="duckdb is not installed here; make test-cluster has an environment with it"
)
DERIVATION = """
    select *, value - BASE as CHG,
        if(line = first_value(line) over (series order by value, day), 'Y', '') as NADIRFL,
        if(line = first_value(line) over (series order by value desc, day), 'Y', '') as PEAKFL,
        if(line = max_by(line, day) over series, 'Y', '') as LASTFL
    from (select *, max_by(value, day) filter (day <= 0) over (partition by case_id, code) as BASE from given)
    window series as (partition by case_id, code)
"""


def test_a_derivation_written_afresh_in_sql_agrees(tmp_path):
    ours, table = derived_by_chance(tmp_path)
    with duckdb.connect() as connection:
        connection.register("given", table)
        assert_agree(ours, connection.execute(DERIVATION).df())
