import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { z } from 'zod';
import { errorCode, InputError, messageOf } from './errors.js';
import { compareIds } from './id-order.js';

/*
 * The package's config/ folder: facts about groups and tasks as YAML. It lies beside dist/, so it is found from this
 * module's own place, whatever the working directory.
 */
const folder = fileURLToPath(new URL('../../config/', import.meta.url));

/**
 * Reads `config/<name>` and checks it against `schema`. Gives undefined when there is no such file. Throws InputError
 * naming the file, and the field when the schema refuses it.
 */
export async function readConfig<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfPresent(join(folder, name));
  if (text === undefined) return undefined;
  const path = `config/${name}`;
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new InputError(`${path}: not YAML (${messageOf(error).split('\n')[0]})`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(`${path}: ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'not valid'}`);
}

/** The names (without `.yaml`) of the files in `config/<kind>/`, sorted. */
export async function listConfig(kind: string): Promise<string[]> {
  const names = await readdir(join(folder, kind)).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw new InputError(`config/${kind}: cannot be read (${messageOf(error)})`, { cause: error });
  });
  const suffix = '.yaml';
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .sort(compareIds);
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
