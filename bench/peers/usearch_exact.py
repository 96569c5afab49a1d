"""The exact search of usearch, without its graph."""

import numpy as np
import usearch
import vector_trial
from usearch.index import MetricKind, search as search_exactly


def open_index(documents, job):
    def search(queries):
        found = search_exactly(
            documents, queries, job["k"], MetricKind.IP, exact=True, threads=job["threads"]
        )
        shape = (len(queries), job["k"])
        return np.reshape(found.keys, shape), 1 - np.reshape(found.distances, shape)

    return search, False


vector_trial.run(usearch.__version__, open_index)
