"""Trials of an engine for vectors in Python; bench/vector/peers.mjs says what a trial is asked and prints."""

import json
import platform
import sys
import time

import numpy as np
from peak import memory, reset_peak


def run(version, open_index):
    """Does the task that the command line names; `version` is the engine's, empty for numpy itself.

    open_index(documents, job) returns (search, has_index): `search` takes float32 [n, d] and returns documents and scores,
    [n, k] each, best first; `has_index` is False when there is nothing to make. A search may have an attribute `tune`,
    which is called with each batch before it is timed.
    """
    task, job = sys.argv[1], json.loads(sys.argv[2])
    if task == "version":
        result = f"{version} (numpy {np.__version__}, Python {platform.python_version()})".lstrip()
    else:
        result = search_trial(open_index, job)
    json.dump(result, sys.stdout)


def search_trial(open_index, job):
    documents = np.load(job["documents"])
    queries = np.load(job["queries"])
    before = reset_peak()
    start = time.perf_counter()
    search, has_index = open_index(documents, job)
    index = milliseconds_since(start) if has_index else None

    largest = max(batch["queries"] for batch in job["batches"])
    batches = []
    for batch in job["batches"]:
        count = batch["queries"]
        getattr(search, "tune", lambda _queries: None)(queries[:count])
        times = []
        for i in range(batch["repetitions"] + 1):
            first = i if count == 1 else 0
            start = time.perf_counter()
            last = search(queries[first : first + count])
            times.append(milliseconds_since(start))
        batches.append({"queries": count, "ms": times[1:]})  # the first warms up
        if count == largest:
            found, scores = last
    found.astype("<u4").tofile(f"{job['lists']}/documents.u32")
    scores.astype("<f4").tofile(f"{job['lists']}/scores.f32")
    grown = None if before is None else memory("VmHWM") - before
    return {"index": index, "batches": batches, "bytes": grown}


def milliseconds_since(start):
    return 1000 * (time.perf_counter() - start)
