"""Trials of bm25s with its numba backend; bench/lexical/peers.mjs says what a trial is asked and prints."""

import bm25s
import lexical_trial
import numba
import numpy as np
import Stemmer
from lexical_trial import PASSES, measure_build, python_version, read_texts, sample, words_of


def build(corpus, job):
    retriever = bm25s.BM25(method="lucene", k1=job["k1"], b=job["b"], backend="numba")
    retriever.index(corpus, show_progress=False)
    return retriever


def version(_job):
    return f"{bm25s.__version__} (numba {numba.__version__}, numpy {np.__version__}, {python_version()})"


def search(job):
    retriever = build([words_of(text) for text in read_texts(job["documents"])], job)

    def retrieve(queries):
        options = {"k": job["k"], "n_threads": 0, "backend_selection": "numba", "show_progress": False}
        return retriever.retrieve(queries, **options).documents

    times = {}
    for kind, path in job["queries"].items():
        queries = [retriever.get_tokens_ids(words_of(text)) for text in read_texts(path)]
        times[kind] = []
        for size in job["batches"]:
            calls = [queries[start : start + size] for start in range(0, len(queries), size)]
            ms = sample(PASSES, lambda calls=calls: [retrieve(call) for call in calls])
            times[kind].append({"queries": size, "ms": [time / len(queries) for time in ms]})
        retrieve(queries).astype("<u4").tofile(f"{job['lists']}/{kind}.u32")
    return times


def index_tokens(job):
    tokens = [words_of(text) for text in read_texts(job["documents"])]
    return measure_build(tokens, lambda corpus: build(corpus, job))


def index_text(job):
    stemmer = Stemmer.Stemmer("english")

    def make(texts):
        return build(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), job)

    return measure_build(read_texts(job["documents"]), make)


if __name__ == "__main__":
    lexical_trial.run({"version": version, "search": search, "index-tokens": index_tokens, "index-text": index_text})
