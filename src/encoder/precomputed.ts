import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkFileName } from '../common/check.js';
import type { Embeddings } from '../common/embeddings.js';
import { InputError } from '../common/errors.js';
import type { EmbeddingProvider, EmbeddingSource, EncodeOptions, Role, TextRow } from './encoder.js';
import { readNpy } from './npy.js';

/**
 * Embeddings computed elsewhere: `queries.npy` and `corpus.npy` in the folder, one row per row of the table as stored.
 * For several tasks each has a folder of its name with its own pair.
 */
export async function openPrecomputed(folder: string): Promise<EmbeddingProvider> {
  if (!(await isFolder(folder))) throw new InputError(`${folder}: is not a folder (encoder precomputed:DIR)`);
  let last: { readonly folder: string; readonly source: Promise<EmbeddingSource> } | undefined;
  return {
    id: `precomputed:${folder}`,
    async forTask({ name }) {
      const own = join(folder, checkFileName(`${folder}: the task's name`, name));
      const chosen = (await isFolder(own)) ? own : folder;
      if (last?.folder !== chosen) last = { folder: chosen, source: readSource(`precomputed:${folder}`, chosen) };
      return last.source;
    },
    [Symbol.dispose]() {
      last = undefined;
    },
  };
}

async function readSource(id: string, folder: string): Promise<EmbeddingSource> {
  const queries = await readTable(join(folder, 'queries.npy'));
  const corpus = await readTable(join(folder, 'corpus.npy'));
  if (queries.embeddings.dimension !== corpus.embeddings.dimension) {
    const dimensions = `${queries.embeddings.dimension} components, ${corpus.path} has ${corpus.embeddings.dimension}`;
    throw new InputError(`${queries.path}: its vectors have ${dimensions}`);
  }
  return {
    id,
    fingerprint: `precomputed queries=${fingerprint(queries.embeddings)} corpus=${fingerprint(corpus.embeddings)}`,
    async embed(rows, role: Role, { signal, onProgress }: EncodeOptions = {}) {
      signal?.throwIfAborted();
      const embeddings = pick(role === 'query' ? queries : corpus, rows);
      onProgress?.(rows.length, rows.length);
      return embeddings;
    },
    checkTable(role, rows) {
      const { path, embeddings } = role === 'query' ? queries : corpus;
      if (embeddings.count !== rows)
        throw new InputError(`${path}: has ${embeddings.count} rows, the table has ${rows}`);
    },
  };
}

interface Table {
  readonly path: string;
  readonly embeddings: Embeddings;
}

/** Throws InputError naming the row of the table when a component is not finite. */
async function readTable(path: string): Promise<Table> {
  const embeddings = await readNpy(path);
  const { data, dimension } = embeddings;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new InputError(`${path}: row ${Math.floor(bad / dimension)}, dimension ${bad % dimension} is ${data[bad]}`);
  }
  return { path, embeddings };
}

/** The vectors of the rows asked for; the table itself when these are all of its rows in order. */
function pick({ path, embeddings }: Table, rows: readonly TextRow[]): Embeddings {
  const { data, count, dimension } = embeddings;
  const last = rows.reduce((row, each) => Math.max(row, each.row), -1);
  if (last >= count) throw new InputError(`${path}: has ${count} rows, the table has at least ${last + 1}`);
  if (rows.length === count && rows.every(({ row }, i) => row === i)) return embeddings;
  const picked = new Float32Array(rows.length * dimension);
  rows.forEach(({ row }, i) => {
    picked.set(data.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  });
  return { data: picked, count: rows.length, dimension };
}

/** The same float32 vectors have the same fingerprint, whatever type they were stored in. */
function fingerprint({ data, count, dimension }: Embeddings): string {
  const hash = createHash('sha256').update(`${count} ${dimension} `);
  const step = 2 ** 24;
  for (let start = 0; start < data.length; start += step) hash.update(data.subarray(start, start + step));
  return `sha256:${hash.digest('hex')}`;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
