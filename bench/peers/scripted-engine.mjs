import { readTexts } from '../lexical/corpus.mjs';
import { measureBuild, runTask, writeLists } from './node-trial.mjs';

/** Engines in JavaScript take up to a second a query: they get as many of the queries as fit in this time. */
const SECONDS_A_KIND = 5;
const WARM_UP_QUERIES = 5;

/**
 * The trials of an engine that answers one query at a time: `build` makes it of texts, `search` returns the numbers of a
 * query's documents, best first.
 */
export function runScriptedEngine({ version, build, search }) {
  return runTask({
    version: () => `${version} (Node ${process.version})`,

    search(job) {
      const engine = build(readTexts(job.documents), job);
      const times = {};
      for (const [kind, path] of Object.entries(job.queries)) {
        const queries = readTexts(path);
        for (const query of queries.slice(0, WARM_UP_QUERIES)) search(engine, query, job);
        const lists = [];
        const start = performance.now();
        while (lists.length < queries.length && performance.now() - start < 1000 * SECONDS_A_KIND) {
          lists.push(search(engine, queries[lists.length], job));
        }
        times[kind] = { single: [(performance.now() - start) / lists.length] };
        writeLists(job, kind, lists);
      }
      return times;
    },

    'index-text': (job) => measureBuild(readTexts(job.documents), (texts) => build(texts, job)),
  });
}
