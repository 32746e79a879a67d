"""Derived tables as the bytes of a file: the same table gives the same bytes, and nothing in it runs as a formula."""

import io
import re

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.csv

# What a spreadsheet may run as a formula, and the plain numbers and times that it may not.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?[0-9.]+(\.\.[0-9.]+)?( ?[a-z]{1,2})?")


def table_bytes(table: pd.DataFrame, suffix: str) -> bytes:
    """A derived table as `.csv` or `.parquet`.

    In CSV, texts stand in quotation marks, numbers have as many digits as tell them apart, missing is blank, and a
    text that a spreadsheet would run as a formula begins with an apostrophe.

    Examples
    --------
    >>> table_bytes(pd.DataFrame({"note": ["=1+1", "-2 mo"], "CHG": [-14.0, None]}), ".csv")
    b'"note","CHG"\\n"\\'=1+1",-14\\n"-2 mo",\\n'
    """
    buffer = io.BytesIO()
    if suffix == ".parquet":
        table.to_parquet(buffer, index=False)
    else:
        texts = table.select_dtypes(["object", "string"])
        guarded = {name: _guarded(column) for name, column in texts.items()}
        plain = pyarrow.Table.from_pandas(table.assign(**guarded), preserve_index=False)
        pyarrow.csv.write_csv(plain, buffer)
    return buffer.getvalue()


def _guarded(texts: pd.Series) -> pd.Series:
    codes, different = pd.factorize(texts, use_na_sentinel=True)
    safe = [f"'{t}" if _FORMULA.match(t) and not _HARMLESS.fullmatch(t) else t or None for t in different]
    return pd.Series(np.array([*safe, None], dtype=object)[codes], index=texts.index, dtype="str")
