"""Trials of an engine for texts in Python; bench/lexical/peers.mjs says what a trial is asked and prints.

Only of Python's own library, since some engines belong to an interpreter that has nothing else.
"""

import array
import gc
import json
import platform
import re
import sys
import time
from pathlib import Path

from peak import memory, reset_peak

PASSES = 5
WARM_UP_DOCUMENTS = 500
WARM_UP_QUERIES = 5
# Engines that take one query at a time get as many of the queries as fit in this time.
SECONDS_A_KIND = 1
# Fills the list of a query that finds fewer than k documents.
NONE = 0xFFFFFFFF


def run(tasks):
    """Does the task that the command line names, and prints what comes of it."""
    json.dump(tasks[sys.argv[1]](json.loads(sys.argv[2])), sys.stdout)


def python_version():
    return f"Python {platform.python_version()}"


def read_texts(path):
    return Path(path).read_text(encoding="latin-1").rstrip("\n").split("\n")


def words_of(text):
    return re.findall("[a-z]+", text.lower())


def sample(repetitions, call):
    """Milliseconds of each call, after one that compiles and warms up."""
    call()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        times.append(milliseconds_since(start))
    return times


def search_one_by_one(search, job):
    """The times of `search`, which takes a query's words and returns at most k documents, best first; writes the lists."""
    times = {}
    for kind, path in job["queries"].items():
        queries = [words_of(text) for text in read_texts(path)]
        for query in queries[:WARM_UP_QUERIES]:
            search(query)
        lists = []
        start = time.perf_counter()
        while len(lists) < len(queries) and milliseconds_since(start) < 1000 * SECONDS_A_KIND:
            lists.append(search(queries[len(lists)]))
        times[kind] = [{"queries": 1, "ms": [milliseconds_since(start) / len(lists)]}]
        filled = [document for found in lists for document in [*found, *[NONE] * (job["k"] - len(found))]]
        Path(job["lists"], f"{kind}.u32").write_bytes(array.array("I", filled).tobytes())
    return times


def measure_build(documents, make):
    """Milliseconds of one build, and by how many bytes the process grew at the most; None where there is no /proc."""
    make(documents[:WARM_UP_DOCUMENTS])
    gc.collect()
    before = reset_peak()
    start = time.perf_counter()
    index = make(documents)
    ms = milliseconds_since(start)
    grown = None if before is None else memory("VmHWM") - before
    del index
    return {"ms": ms, "bytes": grown}


def milliseconds_since(start):
    return 1000 * (time.perf_counter() - start)
