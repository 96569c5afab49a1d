import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { z } from 'zod';
import { errorCode, InputError, messageOf } from './errors.js';
import { compareIds } from './id-order.js';

/*
 * Facts about groups and tasks as YAML, in two folders: the user's own and the package's, which lies beside dist/ and is
 * found from this module's own place. A file of the user's own takes the place of the package's of the same name.
 */

const suffix = '.yaml';
const packaged = fileURLToPath(new URL('../../config/', import.meta.url));

export interface ConfigFile {
  /** As messages name it. */
  readonly path: string;
  /** Whether it is the user's own. */
  readonly own: boolean;
  readonly text: string;
}

/**
 * Reads `<name>` of the user's own config folder, else of the package's. Gives undefined when neither has it. Throws
 * InputError when it cannot be read.
 */
export async function openConfig(name: string): Promise<ConfigFile | undefined> {
  const own = await ownFolder();
  if (own !== undefined) {
    const path = join(own, name);
    const text = await readIfPresent(path, path);
    if (text !== undefined) return { path, own: true, text };
  }
  const path = `config/${name}`;
  const text = await readIfPresent(join(packaged, name), path);
  return text === undefined ? undefined : { path, own: false, text };
}

/** What a config file says, checked against `schema`. Throws InputError naming the file and the key. */
export function parseConfig<T>({ path, text }: ConfigFile, schema: z.ZodType<T>): T {
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

/** `openConfig` and `parseConfig` in one. The file that was asked for last is parsed again only when it was changed. */
export async function readConfig<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const file = await openConfig(name);
  if (file === undefined) return undefined;
  const { path, text } = file;
  if (last?.path !== path || last.text !== text || last.schema !== schema) {
    last = { path, text, schema, value: parseConfig(file, schema) };
  }
  return last.value as T;
}

let last:
  | { readonly path: string; readonly text: string; readonly schema: unknown; readonly value: unknown }
  | undefined;

/**
 * The names (without `.yaml`) of the files in `<kind>/` of both folders, sorted. Names that differ only by case stand
 * for the same thing: the user's own is given.
 */
export async function listConfig(kind: string): Promise<string[]> {
  const own = await ownFolder();
  const folders = own === undefined ? [] : [await namesIn(join(own, kind), join(own, kind))];
  folders.push(await namesIn(join(packaged, kind), `config/${kind}`));
  const names = new Map<string, string>();
  for (const name of folders.flat()) {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, name);
  }
  return [...names.values()].sort(compareIds);
}

/** The folder in TENBIN_CONFIG, else `config` in the working directory where there is one that is not the package's. */
async function ownFolder(): Promise<string | undefined> {
  const asked = process.env.TENBIN_CONFIG || undefined;
  const folder = asked ?? 'config';
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return join(await realpath(folder), '/') === packaged ? undefined : folder;
  if (asked !== undefined) throw new InputError(`TENBIN_CONFIG: ${asked} is not a folder`);
  return undefined;
}

async function namesIn(folder: string, shown: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw new InputError(`${shown}: cannot be read (${messageOf(error)})`, { cause: error });
  });
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

async function readIfPresent(path: string, shown: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new InputError(`${shown}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}
