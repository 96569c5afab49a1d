"""FTS5 of SQLite, as Python's sqlite3 brings it, in memory and without the texts.

Its k1 and b are ours and fixed. Its weight of a word is ln((N - n + 0.5) / (n + 0.5)), at least 1e-6, where ours adds 1
before the logarithm; so it ranks otherwise where words are frequent.
"""

import sqlite3

import lexical_trial
from lexical_trial import measure_build, python_version, read_texts, search_one_by_one


def build(texts, tokenizer):
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='{tokenizer}')")
    connection.executemany("INSERT INTO texts(rowid, text) VALUES (?, ?)", enumerate(texts))
    connection.commit()
    connection.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    return connection


def version(_job):
    build([""], "ascii").close()
    return f"{sqlite3.sqlite_version} ({python_version()})"


def search(job):
    connection = build(read_texts(job["documents"]), "ascii")
    statement = f"SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT {job['k']}"

    def best(words):
        any_of = " OR ".join(f'"{word}"' for word in words)
        return [document for (document,) in connection.execute(statement, (any_of,))]

    return search_one_by_one(best, job)


def index_text(job):
    return measure_build(read_texts(job["documents"]), lambda texts: build(texts, "porter ascii"))


if __name__ == "__main__":
    lexical_trial.run({"version": version, "search": search, "index-text": index_text})
