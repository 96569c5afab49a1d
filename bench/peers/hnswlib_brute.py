"""The brute-force index of hnswlib."""

from importlib.metadata import version

import hnswlib
import vector_trial


def open_index(documents, job):
    index = hnswlib.BFIndex(space="ip", dim=documents.shape[1])
    index.init_index(max_elements=len(documents))
    index.add_items(documents)

    def search(queries):
        found, distances = index.knn_query(queries, k=job["k"], num_threads=job["threads"])
        return found, 1 - distances

    return search, True


vector_trial.run(version("hnswlib"), open_index)
