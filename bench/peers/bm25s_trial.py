"""Trials of bm25s with its numba backend; bench/lexical/peers.mjs says what a trial is asked and prints."""

import gc
import json
import os
import platform
import re
import sys
import time
from pathlib import Path

import bm25s
import numba
import numpy as np
import Stemmer

PASSES = 5
WARM_UP_DOCUMENTS = 500


def read_texts(path):
    return Path(path).read_text(encoding="latin-1").rstrip("\n").split("\n")


def words_of(text):
    return re.findall("[a-z]+", text.lower())


def build(corpus, job):
    retriever = bm25s.BM25(method="lucene", k1=job["k1"], b=job["b"], backend="numba")
    retriever.index(corpus, show_progress=False)
    return retriever


def sample(repetitions, call):
    """Milliseconds of each call, after one that compiles and warms up."""
    call()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return times


def version(_job):
    return f"{bm25s.__version__} (numba {numba.__version__}, numpy {np.__version__}, Python {platform.python_version()})"


def search(job):
    retriever = build([words_of(text) for text in read_texts(job["documents"])], job)

    def retrieve(queries):
        options = {"k": job["k"], "n_threads": 0, "backend_selection": "numba", "show_progress": False}
        return retriever.retrieve(queries, **options).documents

    times = {}
    for kind, path in job["queries"].items():
        queries = [retriever.get_tokens_ids(words_of(text)) for text in read_texts(path)]
        batch = sample(PASSES, lambda: retrieve(queries))
        single = sample(PASSES, lambda: [retrieve([query]) for query in queries])
        times[kind] = {
            "batch": [ms / len(queries) for ms in batch],
            "single": [ms / len(queries) for ms in single],
        }
        retrieve(queries).astype("<u4").tofile(f"{job['lists']}/{kind}.u32")
    return times


def measure_build(documents, make):
    """Milliseconds of one build, and by how many bytes the process grew at the most; None where there is no /proc."""
    make(documents[:WARM_UP_DOCUMENTS])
    gc.collect()
    before = reset_peak()
    start = time.perf_counter()
    retriever = make(documents)
    ms = 1000 * (time.perf_counter() - start)
    grown = None if before is None else memory("VmHWM") - before
    del retriever
    return {"ms": ms, "bytes": grown}


def reset_peak():
    """Lets the kernel count the peak anew from here on (proc(5), clear_refs); returns the memory in use."""
    if not os.path.exists("/proc/self/clear_refs"):
        return None
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def memory(field):
    return 1024 * int(re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


def index_tokens(job):
    tokens = [words_of(text) for text in read_texts(job["documents"])]
    return measure_build(tokens, lambda corpus: build(corpus, job))


def index_text(job):
    stemmer = Stemmer.Stemmer("english")

    def make(texts):
        return build(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), job)

    return measure_build(read_texts(job["documents"]), make)


TASKS = {"version": version, "search": search, "index-tokens": index_tokens, "index-text": index_text}

if __name__ == "__main__":
    json.dump(TASKS[sys.argv[1]](json.loads(sys.argv[2])), sys.stdout)
