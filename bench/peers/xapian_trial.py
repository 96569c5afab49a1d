"""Xapian's BM25Weight over a compacted database in a temporary folder.

Its weight of a word is ln((N - n + 0.5) / (n + 0.5)), bent where that is small, where ours adds 1 before the logarithm;
each word of a query is scaled by what lies between the two, which costs it nothing a document.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from math import log

import lexical_trial
from lexical_trial import measure_build, python_version, read_texts, search_one_by_one, words_of

# Debian's python3-xapian belongs to this one, which need not be the first of the path.
SYSTEM_PYTHON = "/usr/bin/python3"

try:
    import xapian
except ModuleNotFoundError:
    if sys.executable == SYSTEM_PYTHON or not os.path.exists(SYSTEM_PYTHON):
        raise
    os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])

UNSAFE = xapian.DB_CREATE | xapian.DB_NO_SYNC | xapian.DB_DANGEROUS


class Index:
    """A database whose folder goes with it; `add` takes a xapian.Document and what one of `documents` is."""

    def __init__(self, documents, add):
        self.folder = tempfile.mkdtemp(prefix="tenbin-bench-xapian-")
        try:
            self.database = self._fill(documents, add)
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def __del__(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _fill(self, documents, add):
        written, compacted = (os.path.join(self.folder, name) for name in ("written", "compacted"))
        database = xapian.WritableDatabase(written, UNSAFE)
        for content in documents:
            document = xapian.Document()
            add(document, content)
            database.add_document(document)
        database.commit()
        database.compact(compacted, xapian.DBCOMPACT_SINGLE_FILE | xapian.Compactor.FULLER)
        database.close()
        shutil.rmtree(written)
        return xapian.Database(compacted)


def add_words(document, words):
    for word, count in Counter(words).items():
        document.add_term(word, count)


def index_of_words(texts):
    return Index(map(words_of, texts), add_words)


def index_of_texts(texts):
    generator = xapian.TermGenerator()
    generator.set_stemmer(xapian.Stem("english"))
    generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)

    def add(document, text):
        generator.set_document(document)
        generator.index_text_without_positions(text)

    return Index(texts, add)


def our_weight(size, frequency):
    return log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def its_weight(size, frequency):
    odds = (size - frequency + 0.5) / (frequency + 0.5)
    return log(odds if odds >= 2 else 0.5 * odds + 1)


def version(_job):
    return f"{xapian.version_string()} ({python_version()})"


def search(job):
    index = index_of_words(read_texts(job["documents"]))
    size = index.database.get_doccount()
    enquire = xapian.Enquire(index.database)
    # No weight of the query's length, none of how often it has a word, and none that lifts short documents.
    enquire.set_weighting_scheme(xapian.BM25Weight(job["k1"], 0, 0, job["b"], 0))

    def scaled(word):
        frequency = index.database.get_termfreq(word)
        factor = our_weight(size, frequency) / its_weight(size, frequency)
        return xapian.Query(xapian.Query.OP_SCALE_WEIGHT, xapian.Query(word), factor)

    def best(words):
        enquire.set_query(xapian.Query(xapian.Query.OP_OR, [scaled(word) for word in words]))
        return [match.docid - 1 for match in enquire.get_mset(0, job["k"])]

    return search_one_by_one(best, job)


def index_tokens(job):
    tokens = [words_of(text) for text in read_texts(job["documents"])]
    return measure_build(tokens, lambda corpus: Index(corpus, add_words))


def index_text(job):
    return measure_build(read_texts(job["documents"]), index_of_texts)


if __name__ == "__main__":
    lexical_trial.run({"version": version, "search": search, "index-tokens": index_tokens, "index-text": index_text})
