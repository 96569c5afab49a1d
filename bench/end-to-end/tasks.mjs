/*
 * The group that every trial reads: a Nano dataset with the tasks of NanoMMTEB-v2 as the registry describes them (their
 * numbers of queries, documents and positives, their lengths of text), whose texts are strung together from the glosses
 * of WordNet. Beside it lie embeddings for the profiles that rank by them: drawn, because not an encoder is measured.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSynsets } from '../../dist/dataset/wordnet.js';
import { findGroup, writeNanoTask, writeNpy } from '../../dist/index.js';
import { cachedFolder, hashOf } from '../common/cache.mjs';
import { seeded } from '../common/sample.mjs';
import { wordNetVersion } from '../common/wordnet.mjs';
import { datasetPath, embeddingsPath, GROUP } from './paths.mjs';

/** The share of the documents that a size has; lengths and queries are the same. */
export const SIZES = { small: 0.1, full: 1 };

/** As many as the encoder that comes with the package gives. */
const DIMENSION = 512;
const DEPTHS = { bm25: 500, reranking_hybrid: 100 };

const SOURCES = ['tasks.mjs', 'paths.mjs', '../common/sample.mjs', `../../config/groups/${GROUP}.yaml`];

/** The folder of a size, made if it is not there. */
export function tasksFolder(size) {
  const files = SOURCES.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const name = `tasks-${size}-${hashOf(wordNetVersion(), files)}`;
  return cachedFolder(name, (folder) => makeTasks(folder, SIZES[size]));
}

/** Makes dataset and embeddings in `folder`, with so large a share of the documents. The same share gives the same bytes. */
export async function makeTasks(folder, share) {
  const glosses = await readGlosses();
  const { tasks } = await findGroup(GROUP);
  for (const [i, task] of tasks.entries()) {
    const random = seeded(i + 1);
    const made = makeTask(random, glosses, task, share);
    await writeNanoTask(datasetPath(folder), task.name, made);
    await writeEmbeddings(random, join(embeddingsPath(folder), task.name), made);
  }
}

/** What WordNet says of each meaning, as words: its lemmas, the definition, and often examples. */
async function readGlosses() {
  return (await readSynsets()).map(({ text, examples }) => [text, ...examples].join(' ').split(/ +/));
}

/** What `writeNanoTask` takes. */
function makeTask(random, glosses, { name, queries, documents, positives, characters }, share) {
  const count = Math.max(1, Math.round(documents * share));
  const corpus = drawLengths(random, count, characters.documents).map((length, i) => {
    return { id: `${name}::d::${i}`, text: drawText(random, length, () => tailOf(random, pick(random, glosses))) };
  });
  const qrels = new Map();
  const queryRows = drawLengths(random, queries, characters.queries).map((length, i) => {
    const id = `${name}::q::${i}`;
    const wanted = Math.floor(((i + 1) * positives) / queries) - Math.floor((i * positives) / queries);
    const relevant = drawDistinct(random, Math.min(wanted, count), corpus);
    qrels.set(id, new Map(relevant.map((document) => [document.id, 1])));
    // Half of its phrases are a relevant document's, so that there is something to find.
    const source = () => (random() < 0.5 ? pick(random, relevant).text.split(' ') : pick(random, glosses));
    return { id, text: drawText(random, length, () => tailOf(random, source()).slice(0, 4)) };
  });
  const candidates = Object.fromEntries(
    Object.entries(DEPTHS).map(([config, depth]) => [config, drawCandidates(random, qrels, corpus, depth)]),
  );
  return { corpus, queries: queryRows, qrels, candidates };
}

/**
 * Lengths of texts in characters, log-normal with the mean and median of the real ones and within their bounds. Where
 * the registry has only the mean, the median is that of the other tasks' middle.
 */
function drawLengths(random, count, { mean, median = mean / 1.2, min = 1, max = Number.POSITIVE_INFINITY }) {
  const deviation = Math.sqrt(2 * Math.log(Math.max(mean / median, 1.05)));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drawn = Array.from({ length: count }, () => {
    return Math.min(max, Math.max(min, median * Math.exp(deviation * normal())));
  });
  const scale = (mean * count) / drawn.reduce((sum, length) => sum + length, 0);
  return drawn.map((length) => Math.max(1, Math.round(scale * length)));
}

/** Phrases one behind the other, ended at the word that comes closest to so many characters. */
function drawText(random, characters, phrase) {
  let text = '';
  while (text.length <= characters) text += `${text === '' ? '' : ' '}${phrase(random).join(' ')}`;
  const after = text.indexOf(' ', characters);
  const before = text.lastIndexOf(' ', characters);
  const end = before > 0 && (after < 0 || characters - before < after - characters) ? before : after;
  return end < 0 ? text : text.slice(0, end);
}

/** From a word drawn at random to the end. */
function tailOf(random, words) {
  return words.slice(Math.floor(random() * words.length));
}

function pick(random, array) {
  return array[Math.floor(random() * array.length)];
}

function drawDistinct(random, count, array) {
  const drawn = new Set();
  while (drawn.size < count) drawn.add(pick(random, array));
  return [...drawn];
}

/** Rankings as a dataset ships them: the relevant documents, and then the corpus from somewhere on. */
function drawCandidates(random, qrels, corpus, depth) {
  return [...qrels].map(([queryId, judged]) => {
    const start = Math.floor(random() * corpus.length);
    const others = [...corpus.slice(start), ...corpus.slice(0, start)].slice(0, depth).map(({ id }) => id);
    return { queryId, documentIds: [...new Set([...judged.keys(), ...others])].slice(0, depth) };
  });
}

/** Documents lie anywhere in a cube, and a query near the middle of its relevant documents. */
async function writeEmbeddings(random, folder, { corpus, queries, qrels }) {
  const documents = Float32Array.from({ length: corpus.length * DIMENSION }, () => random() - 0.5);
  const rowOf = new Map(corpus.map(({ id }, row) => [id, row]));
  const data = Float32Array.from({ length: queries.length * DIMENSION }, () => 2 * random() - 1);
  for (const [i, { id }] of queries.entries()) {
    for (const documentId of qrels.get(id).keys()) {
      const start = rowOf.get(documentId) * DIMENSION;
      for (let d = 0; d < DIMENSION; d++) data[i * DIMENSION + d] += documents[start + d];
    }
  }
  await writeNpy(join(folder, 'corpus.npy'), { data: documents, count: corpus.length, dimension: DIMENSION });
  await writeNpy(join(folder, 'queries.npy'), { data, count: queries.length, dimension: DIMENSION });
}
