import { fileURLToPath } from 'node:url';
import { OURS, Part } from '../common/part.mjs';
import { progress } from '../common/progress.mjs';
import { runTrial } from '../common/trial.mjs';
import { tasksFolder } from './tasks.mjs';

/** As results name them, and as `tenbin evaluate` does. */
const PROFILES = { bm25: 'bm25', dense: 'dense', reranking_hybrid: 'hybrid' };
/** In the order of the work. */
const STAGES = ['start', 'open', 'read', 'analyze', 'encode', 'index', 'search', 'measure', 'rest'];
const ROUNDS = 3;

const script = fileURLToPath(new URL('trial.mjs', import.meta.url));

/**
 * Each profile over the 18 tasks of NanoMMTEB-v2's shape, as `tenbin evaluate` does it, from the start of a process to
 * its end; the profiles take turns in every round.
 */
export async function benchEndToEnd({ size, threads }) {
  progress('end-to-end: making the tasks, if they are not there');
  const folder = await tasksFolder(size);
  const part = new Part('end-to-end');
  const scores = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [profile, name] of Object.entries(PROFILES)) {
      progress(`end-to-end, ${profile}, round ${round + 1} of ${ROUNDS}`);
      const trial = runTrial([process.execPath, script, name, folder], threads);
      add(part, profile, trial);
      scores.set(profile, `${profile} ${trial.ndcg.toFixed(4)}`);
      part.note(
        `${trial.tasks} tasks of the shape of NanoMMTEB-v2, ${trial.queries} queries, ${trial.documents} documents`,
      );
    }
  }
  for (const note of NOTES) part.note(note);
  part.note(
    `nDCG@10, which says that all of it was found and not how good a system is: ${[...scores.values()].join(', ')}`,
  );
  return part;
}

const NOTES = [
  "texts are WordNet's glosses; analyzers are those of the real tasks, though all texts are English",
  'embeddings are drawn and lie ready as .npy files: how fast an encoder is, is not in these figures',
  'stages are waited for one after the other: "read" is what reading takes of the main thread, while the core analyzes what was read before; "index" is what is left once the last document is in; "start" is up to the first task',
];

function add(part, profile, { milliseconds, cpuMilliseconds, peakBytes, stages }) {
  const whole = `${profile}: parquet to metrics`;
  part.add(whole, OURS, [milliseconds]);
  part.describe(whole, OURS, { peakBytes });
  part.add(`${profile}: time of the processors`, OURS, [cpuMilliseconds]);
  for (const stage of STAGES.filter((name) => stages[name] > 0)) {
    part.add(`${profile}: of it ${stage}`, OURS, [stages[stage]]);
  }
}
