import { InputError, messageOf } from '../../common/errors.js';

/** Long enough for tens of megabytes on a slow line. */
const TIMEOUT_MS = 300_000;

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

/**
 * A file of a model on the Hugging Face Hub, given as `owner/name` or `owner/name@revision`. `HF_ENDPOINT` names
 * another host; `HF_TOKEN` goes to that host alone, and only by https. Throws InputError when it cannot be had.
 */
export async function fetchFromHub(model: string, file: string): Promise<Uint8Array> {
  const [repository = '', revision = 'main', ...rest] = model.split('@');
  if (!REPOSITORY.test(repository) || revision === '' || rest.length > 0) {
    throw new InputError(`${model}: no such file or folder, and not the name of a model (owner/name)`);
  }
  const url = `${endpoint()}/${repository}/resolve/${encodeURIComponent(revision)}/${file}`;
  const known = fetched.get(url);
  if (known !== undefined) return known;
  const bytes = fetchBytes(new URL(url), file);
  fetched.set(url, bytes);
  // What failed may be mended, so it is asked for again.
  bytes.catch(() => fetched.delete(url));
  return bytes;
}

/** Files by address: the tasks of a group share one. */
const fetched = new Map<string, Promise<Uint8Array>>();

async function fetchBytes(url: URL, file: string): Promise<Uint8Array> {
  try {
    // fetch drops the authorization itself when it is sent on to another host.
    const response = await fetch(url, { headers: authorization(url), signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new InputError(`${url}: cannot be fetched (${messageOf(cause)}); a path to a ${file} needs no network`, {
      cause: error,
    });
  }
}

function endpoint(): string {
  const given = process.env.HF_ENDPOINT || 'https://huggingface.co';
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new InputError(`HF_ENDPOINT: must be an address that begins with http, got ${JSON.stringify(given)}`);
  }
  return given.replace(/\/+$/, '');
}

function authorization(url: URL): Record<string, string> {
  const token = process.env.HF_TOKEN;
  return token && url.protocol === 'https:' ? { authorization: `Bearer ${token}` } : {};
}
