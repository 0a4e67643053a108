"""Answers the bench's questions with SmartNoise SQL and OpenDP: one JSON request a line, one JSON answer a line.

Both get a Parquet file (sid, limit_bal, education, age; one row per person), a question and a budget rho of zero-concentrated
differential privacy for the whole question, which is dealt in equal parts to what the question releases.
"""

import json
import logging
import math
import sys
import time
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import duckdb
import opendp.prelude as dp
import polars as pl
from snsql import Privacy, from_connection

dp.enable_features("contrib")

EDUCATION, BANDS, MOST = range(7), range(4), 1_000_000
BAND = "CASE WHEN age < 30 THEN 0 WHEN age < 40 THEN 1 WHEN age < 50 THEN 2 ELSE 3 END"


class OpenDP:
    """OpenDP's Polars plans: its compositor in zCDP, its discrete Gaussian, the cells given as public keys."""

    def load(self, path):
        self.path = path

    def answer(self, question, rho):
        # The Polars inside OpenDP has no lazy Parquet reader: only the columns that count are read, each time anew.
        wanted = ["education", "age"] + ([] if question == "counts" else ["limit_bal"])
        age = pl.col("age")
        band = pl.when(age < 30).then(0).when(age < 40).then(1).when(age < 50).then(2).otherwise(3).cast(pl.Int64)
        rows = pl.read_parquet(self.path, columns=wanted).with_columns(band.alias("band")).drop("age")
        context = dp.Context.compositor(
            data=rows.lazy(), privacy_unit=dp.unit_of(contributions=1), privacy_loss=dp.loss_of(rho=rho), split_evenly_over=1,
            margins=[dp.polars.Margin(by=(), max_length=10_000_000)])  # any public bound that keeps sums from overflowing
        keys = pl.LazyFrame([(e, b) for e in EDUCATION for b in BANDS], schema={"education": pl.Int64, "band": pl.Int64}, orient="row")
        released = 2 if question == "averages" else 1
        sigma = math.sqrt(released / (2 * rho)) * (1 + 1e-9)
        n = dp.len(scale=sigma).alias("n")
        s = pl.col("limit_bal").fill_null(0).dp.sum((0, MOST), scale=MOST * sigma).alias("s")
        plan = (context.query().group_by("education", "band")
                .agg(*{"counts": [n], "sums": [s], "averages": [s, n]}[question]).with_keys(keys))
        # release() would search for the scale, which takes seconds and never looks at the data. The scale is given above, and
        # the compositor refuses what would cost more than rho.
        query, frame = (object.__getattribute__(plan, name) for name in ("_query", "polars_plan"))
        measurement = dp.m.make_private_lazyframe(*query._chain, query._output_measure, frame, 1.0)
        out = query._context(measurement).collect()
        for row in out.iter_rows(named=True):
            if question != "averages":
                value = row["n" if question == "counts" else "s"]
            elif row["n"] <= 0:
                value = None
            else:  # OpenDP means need a known size, so this is the quotient, within the public bounds
                value = min(max(row["s"] / row["n"], 0), MOST)
            yield row["education"], row["band"], value


class SmartNoise:
    """SmartNoise SQL over a data frame, which it keeps in SQLite, with its own mechanism (Laplace).

    What is epsilon-DP is epsilon^2/2-zCDP, so each released column gets epsilon = sqrt(2 * its part of rho). It refuses noise
    of a scale beyond 10^7, so it gets the limits in thousands, which all but one of them are, and its answers are brought back.
    """

    VALUES = {"counts": ("COUNT(*)", 1, 1), "sums": ("SUM(thousands)", 1, 1000), "averages": ("AVG(thousands)", 2, 1000)}
    TABLE = {"row_privacy": True, "censor_dims": False, "clamp_counts": False, "clamp_columns": True,
             "education": {"type": "int"}, "band": {"type": "int"}, "thousands": {"type": "int", "lower": 0, "upper": MOST // 1000}}

    def load(self, path):
        frame = duckdb.sql(f"SELECT education, {BAND} AS band, limit_bal // 1000 AS thousands FROM '{path}'").df()
        meta = {"": {"main": {"accounts": dict(self.TABLE)}}}
        self.reader = from_connection(frame, privacy=Privacy(epsilon=1.0, delta=0.0), metadata=meta)

    def answer(self, question, rho):
        value, columns, unit = self.VALUES[question]
        self.reader.privacy.epsilon = math.sqrt(2 * rho / columns)
        sql = f"SELECT education, band, {value} AS v FROM main.accounts GROUP BY education, band"
        for education, band, v in self.reader.execute(sql)[1:]:
            yield education, band, v * unit


PEERS = {"OpenDP": OpenDP(), "SmartNoise SQL": SmartNoise()}


def do(ask):
    if "peer" not in ask:
        return {"versions": {"OpenDP": version("opendp"), "SmartNoise SQL": version("smartnoise-sql")}}
    peer, began = PEERS[ask["peer"]], time.perf_counter()
    if "question" not in ask:
        peer.load(ask["file"])
        return {"seconds": time.perf_counter() - began}
    cells = [[e, b, v] for e, b, v in peer.answer(ask["question"], ask["rho"])]
    return {"seconds": time.perf_counter() - began, "cells": cells}


answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
for line in sys.stdin:
    print(json.dumps(do(json.loads(line))), file=answers, flush=True)
