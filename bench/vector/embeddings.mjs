/*
 * The embeddings that every peer reads, as .npy files of float32 rows of length 1. Made once, into a folder named by the
 * hash of what makes them.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddings, writeNpy } from '../../dist/index.js';
import { seeded } from '../common/sample.mjs';
import { clustered, gaussian } from './synthetic.mjs';
import { MOST_QUERIES } from './work.mjs';

const SCIFACT = fileURLToPath(new URL('../../../shared/data/beir/scifact', import.meta.url));

export const documentsPath = (folder, size) => join(folder, `documents-${size}.npy`);
export const queriesPath = (folder) => join(folder, 'queries.npy');

/** The folder of a set, made if it is not there: in $TENBIN_BENCH_CACHE, or in the system's for temporary files. */
export async function embeddingsFolder(set) {
  if (set.name === 'SciFact') return scifactFolder(set);
  const draw = { Gaussian: gaussian, clustered }[set.name];
  const hash = hashOf(set, 'embeddings.mjs', 'synthetic.mjs', '../common/sample.mjs');
  return cached(`${set.name.toLowerCase()}-${hash}`, async (folder) => {
    const random = seeded(3);
    const rows = draw(random, Math.max(...set.sizes) + MOST_QUERIES, set.dimension);
    await write(folder, set, (start, end) => rows.subarray(start * set.dimension, end * set.dimension));
  });
}

/** Abstracts and claims of SciFact by the encoder that comes with the package. */
async function scifactFolder(set) {
  if (!existsSync(SCIFACT)) throw new Error(`${SCIFACT} is not there`);
  const provider = await openEmbeddings('use-lite');
  try {
    const source = await provider.forTask({ group: 'beir', name: 'scifact' });
    const hash = createHash('sha256').update(source.fingerprint).update(hashOf(set, 'embeddings.mjs'));
    return await cached(`scifact-${hash.digest('hex').slice(0, 12)}`, async (folder) => {
      const abstracts = readJsonLines('corpus.jsonl').map(({ title, text }) => `${title} ${text}`);
      const claims = readJsonLines('queries.jsonl').map(({ text }) => text);
      const embed = (texts, role) =>
        source.embed(
          texts.map((text, row) => ({ text, row })),
          role,
        );
      const documents = await embed(abstracts, 'document');
      const queries = await embed(claims.slice(0, MOST_QUERIES), 'query');
      await writeNpy(queriesPath(folder), queries);
      for (const size of set.sizes) await writeNpy(documentsPath(folder, size), documents);
    });
  } finally {
    provider[Symbol.dispose]();
  }
}

function readJsonLines(name) {
  return readFileSync(join(SCIFACT, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Documents first, then queries, as drawn. */
async function write(folder, { sizes, dimension }, rows) {
  const most = Math.max(...sizes);
  for (const count of sizes) await writeNpy(documentsPath(folder, count), { data: rows(0, count), count, dimension });
  const data = rows(most, most + MOST_QUERIES);
  await writeNpy(queriesPath(folder), { data, count: MOST_QUERIES, dimension });
}

function hashOf(set, ...files) {
  const hash = createHash('sha256').update(JSON.stringify([set, MOST_QUERIES]));
  for (const file of files) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex').slice(0, 12);
}

async function cached(name, make) {
  const folder = join(process.env.TENBIN_BENCH_CACHE ?? join(tmpdir(), 'tenbin-bench'), name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
