import { fileURLToPath } from 'node:url';
import { OURS, Part } from '../common/part.mjs';
import { ask } from '../common/peers.mjs';
import { progress } from '../common/progress.mjs';
import { exponentOf, median, threeDigits } from '../common/statistics.mjs';
import * as lexical from '../lexical/texts.mjs';
import * as lexicalWork from '../lexical/work.mjs';
import * as vectors from '../vector/embeddings.mjs';
import * as vectorWork from '../vector/work.mjs';
import { logLogChart } from './chart.mjs';

const trial = {
  command: [
    process.execPath,
    ...['--expose-gc', '--max-old-space-size=16384'],
    fileURLToPath(new URL('trial.mjs', import.meta.url)),
  ],
};
const ROUNDS = 3;
/** Smaller corpora measure what a call costs, and no growth. */
const SMALLEST = 1_000;
const STEPS_A_DECADE = 2;

/** Time and memory of this package against the number of documents, with the power of it that they grow by. */
export async function benchGrowth({ size, threads }) {
  const part = new Part('growth');
  const curves = { index: [], search: [], bytes: [] };
  for (const { name, documents, queries, most } of await corpora(size)) {
    const points = [];
    for (const count of sizesTo(most)) {
      const found = [];
      for (let round = 0; round < ROUNDS; round++) {
        progress(`growth, ${name}, ${count} documents, round ${round + 1} of ${ROUNDS}`);
        found.push(ask(trial, name, { documents, queries, size: count }, threads));
      }
      points.push({ count, found });
      for (const { index, search, bytes } of found) {
        const label = `${name}, ${count.toLocaleString('en')} documents`;
        part.add(`${label}: index`, OURS, [index]);
        part.describe(`${label}: index`, OURS, { peakBytes: bytes });
        part.add(`${label}: 200 queries`, OURS, search);
      }
    }
    const curve = (values) => ({
      name,
      points: points.map(({ count, found }) => [count, median(found.flatMap(values))]),
    });
    curves.index.push(curve(({ index }) => index));
    curves.search.push(curve(({ search }) => search));
    if (points.every(({ found }) => found.every(({ bytes }) => bytes > 0))) {
      curves.bytes.push(curve(({ bytes }) => bytes / 2 ** 20));
    }
  }
  draw(part, curves);
  return part;
}

function draw(part, curves) {
  const charts = [
    { key: 'index', title: 'Making an index', unit: 'ms' },
    { key: 'search', title: 'Searching for 200 queries at once', unit: 'ms' },
    { key: 'bytes', title: 'Memory at the peak of making an index', unit: 'MiB' },
  ];
  for (const { key, title, unit } of charts.filter((chart) => curves[chart.key].length > 0)) {
    const series = curves[key].map(({ name, points }) => ({ name, points, exponent: exponentOf(points) }));
    part.chart(`growth-${key}.svg`, logLogChart({ title, xLabel: 'documents', yLabel: unit, series }));
    for (const { name, exponent } of series) {
      part.note(`${title}, ${name}: grows as the number of documents to the power of ${threeDigits(exponent)}`);
    }
  }
}

async function corpora(size) {
  const texts = lexicalWork.WORK[size].at(-1);
  const embeddings = vectorWork.WORK[size].find(({ name }) => name === 'Gaussian');
  const textFolder = await lexical.textsFolder(texts);
  const vectorFolder = await vectors.embeddingsFolder(embeddings);
  const mostTexts = Math.max(...texts.sizes);
  const mostVectors = Math.max(...embeddings.sizes);
  return [
    {
      name: 'bm25',
      documents: lexical.documentsPath(textFolder, mostTexts),
      queries: lexical.queriesPath(textFolder, texts.kinds[0]),
      most: mostTexts,
    },
    {
      name: 'vector',
      documents: vectors.documentsPath(vectorFolder, mostVectors),
      queries: vectors.queriesPath(vectorFolder),
      most: mostVectors,
    },
  ];
}

/** Round numbers, evenly spaced in logarithms: 1,000, 3,000, 10,000, ... */
function sizesTo(most) {
  const sizes = [];
  for (let step = 0; ; step++) {
    const exact = SMALLEST * 10 ** (step / STEPS_A_DECADE);
    const digit = 10 ** Math.floor(Math.log10(exact) + 1e-9);
    const size = Math.round(exact / digit) * digit;
    if (size > most) return sizes;
    sizes.push(size);
  }
}
