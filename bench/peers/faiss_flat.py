"""Faiss' IndexFlatIP, as the package faiss-cpu brings it."""

import time

import faiss
import vector_trial

# Below so many queries it multiplies them one by one, on one thread each, else by BLAS; 20 is its default.
THRESHOLDS = [20, 1]


class Search:
    def __init__(self, documents, k):
        self.k = k
        self.index = faiss.IndexFlatIP(documents.shape[1])
        self.index.add(documents)

    def tune(self, queries):
        """Leaves the faster threshold set."""

        def seconds(threshold):
            faiss.cvar.distance_compute_blas_threshold = threshold
            self(queries)
            start = time.perf_counter()
            self(queries)
            return time.perf_counter() - start

        within = [threshold for threshold in THRESHOLDS if len(queries) < max(THRESHOLDS)]
        if within:
            faiss.cvar.distance_compute_blas_threshold = min(within, key=seconds)

    def __call__(self, queries):
        scores, documents = self.index.search(queries, self.k)
        return documents, scores


def open_index(documents, job):
    faiss.omp_set_num_threads(job["threads"])
    return Search(documents, job["k"]), True


vector_trial.run(f"{faiss.__version__} ({faiss.get_compile_options().strip()})", open_index)
