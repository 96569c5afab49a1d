/*
 * The embeddings that every peer reads, as .npy files of float32 rows of length 1. Made once, into a folder named by the
 * hash of what makes them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddings, writeNpy } from '../../dist/index.js';
import { cachedFolder, hashOf } from '../common/cache.mjs';
import { seeded } from '../common/sample.mjs';
import { readWordNet, WORDNET, wordNetVersion } from '../common/wordnet.mjs';
import { clustered, gaussian } from './synthetic.mjs';
import { MOST_QUERIES } from './work.mjs';

const SCIFACT = fileURLToPath(new URL('../../../shared/data/beir/scifact', import.meta.url));

const SOURCES = ['embeddings.mjs', 'synthetic.mjs'];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export const documentsPath = (folder, size) => join(folder, `documents-${size}.npy`);
export const queriesPath = (folder) => join(folder, 'queries.npy');

/** The folder of a set, made if it is not there. Throws an Error when what it is made of is missing. */
export function embeddingsFolder(set) {
  const { name, dimension, sizes } = set;
  if (name === WORDNET) return encodedFolder(set, [wordNetVersion()], (size) => readWordNet(size, MOST_QUERIES));
  if (name === 'SciFact') return encodedFolder(set, [], readSciFact);
  const draw = { Gaussian: gaussian, clustered }[name];
  const hash = hashOf([name, dimension, sizes, MOST_QUERIES], [...SOURCES, '../common/sample.mjs'].map(here));
  return cachedFolder(`${name.toLowerCase()}-${hash}`, async (folder) => {
    const random = seeded(3);
    const rows = draw(random, Math.max(...sizes) + MOST_QUERIES, dimension);
    await write(folder, set, (start, end) => rows.subarray(start * dimension, end * dimension));
  });
}

/** Texts by the encoder that comes with the package; `read` gives { documents, queries } for a number of documents. */
async function encodedFolder({ name, sizes }, versions, read) {
  const texts = await Promise.all(sizes.map(read));
  const provider = await openEmbeddings('use-lite');
  try {
    const source = await provider.forTask({ group: 'bench', name: name.toLowerCase() });
    const hash = hashOf([source.fingerprint, versions, sizes, MOST_QUERIES], SOURCES.map(here));
    return await cachedFolder(`${name.toLowerCase()}-embeddings-${hash}`, async (folder) => {
      const embed = (list, role) => {
        const rows = list.map((text, row) => ({ text, row }));
        return source.embed(rows, role);
      };
      for (const [i, size] of sizes.entries()) {
        await writeNpy(documentsPath(folder, size), await embed(texts[i].documents, 'document'));
      }
      await writeNpy(queriesPath(folder), await embed(texts.at(-1).queries, 'query'));
    });
  } finally {
    provider[Symbol.dispose]();
  }
}

/** Its abstracts and the first of its claims, from the shared collections. */
function readSciFact() {
  if (!existsSync(SCIFACT)) throw new Error(`${SCIFACT} is not there`);
  const documents = readJsonLines('corpus.jsonl').map(({ title, text }) => `${title} ${text}`);
  const queries = readJsonLines('queries.jsonl').map(({ text }) => text);
  return { documents, queries: queries.slice(0, MOST_QUERIES) };
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
