import { readTexts } from '../lexical/texts.mjs';
import { allocatedBy, measureBuild, runTask, writeLists } from './node-trial.mjs';

/** Engines in JavaScript take up to seconds a query: they get as many of the queries as fit in this time, at least one. */
const SECONDS_A_KIND = 1;
const WARM_UP = { queries: 5, seconds: 0.3 };

/**
 * The trials of an engine that answers one query at a time: `build` makes it of texts, `search` returns the numbers of a
 * query's documents, best first.
 */
export function runScriptedEngine({ version, build, search }) {
  return runTask({
    version: () => `${version} (Node ${process.version})`.trimStart(),

    async search(job) {
      const engine = build(readTexts(job.documents), job);
      const times = {};
      for (const [kind, path] of Object.entries(job.queries)) {
        const queries = readTexts(path);
        const answer = (query) => search(engine, query, job);
        answerWithin(WARM_UP.seconds, queries.slice(0, WARM_UP.queries), answer);
        const { lists, ms } = answerWithin(SECONDS_A_KIND, queries, answer);
        const allocated = await allocatedBy(() => answer(queries[0]));
        times[kind] = [{ queries: 1, ms: [ms / lists.length], allocated }];
        writeLists(job, kind, lists);
      }
      return times;
    },

    'index-text': (job) => measureBuild(readTexts(job.documents), (texts) => build(texts, job)),
  });
}

/** Answers queries one after the other until there are no more or the time is over. */
function answerWithin(seconds, queries, answer) {
  const lists = [];
  const start = performance.now();
  while (lists.length < queries.length && performance.now() - start < 1000 * seconds) {
    lists.push(answer(queries[lists.length]));
  }
  return { lists, ms: performance.now() - start };
}
