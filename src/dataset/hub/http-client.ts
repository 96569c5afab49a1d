import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { errorCode, InputError, messageOf } from '../../common/errors.js';
import { packageVersion } from '../../common/version.js';
import type { Endpoint } from './endpoint.js';
import { PassingTrouble, type Patience, retryAfterOf } from './retry.js';

/*
 * GET requests to a Hub and to where it redirects. undici's `request` rather than Node's fetch, which knows no proxy in
 * Node 20, follows redirects unasked, and unpacks encodings, so that ranges would not mean what they say.
 *
 * Messages name hosts, never a whole URL: the signature in a CDN's URL is as good as a password.
 */

const REDIRECTS_AT_MOST = 5;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
/** A page of a listing has about 300 kB. */
const JSON_BYTES_AT_MOST = 32 << 20;

export interface GetOptions {
  readonly signal: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Of a header, the first where it is repeated. Names in lower case. */
  header(name: string): string | undefined;
  /** `X-Repo-Commit` of the Hub's own answer, which may have been the redirect. */
  readonly commit: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer that asking again does not change. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** The Hub's word for the reason, such as RepoNotFound. */
  readonly code: string | undefined;

  constructor(host: string, status: number, code: string | undefined) {
    super(`${host} answers ${status}${code === undefined ? '' : ` ${code}`}`);
    this.status = status;
    this.code = code;
  }
}

export class HttpClient implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly #agent: EnvHttpProxyAgent;
  readonly #patience: Patience;

  constructor(endpoint: Endpoint, patience: Patience) {
    this.endpoint = endpoint;
    this.#patience = patience;
    const connect = { timeout: patience.silence };
    // Plain HTTP needs no tunnel, and many a proxy opens none to other ports than 443.
    this.#agent = new EnvHttpProxyAgent({ ...endpoint.proxies, connect, proxyTunnel: false });
  }

  /**
   * The answer with status 200, 206 or 416, after redirects. Throws PassingTrouble for what may pass, Refusal for what
   * does not, InputError for redirects that lead nowhere, and the signal's reason.
   */
  async get(url: string, options: GetOptions): Promise<Answer> {
    let at = new URL(url);
    let commit: string | undefined;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(at, options);
      const { statusCode: status, body } = response;
      const header = (name: string) => [response.headers[name]].flat()[0];
      if (at.origin === this.endpoint.origin) commit ??= header('x-repo-commit');
      if ([200, 206, 416].includes(status))
        return { status, header, commit, body: this.#guarded(at.host, body, options.signal) };
      await body.dump({ limit: 1 << 16 }).catch(() => undefined);
      const location = header('location');
      if (!REDIRECT_STATUSES.includes(status) || location === undefined) throw this.#failure(at, status, header);
      if (redirects === REDIRECTS_AT_MOST) throw new InputError(`more than ${REDIRECTS_AT_MOST} redirects`);
      at = follow(at, location);
    }
  }

  /** The answer's value, and the next page's URL from its Link header. */
  async getJson(url: string, signal: AbortSignal | undefined): Promise<{ value: unknown; next: string | undefined }> {
    const { header, body } = await this.get(url, { signal, headers: { accept: 'application/json' } });
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of body) {
      parts.push(part);
      bytes += part.length;
      if (bytes > JSON_BYTES_AT_MOST) throw new InputError(`an answer of more than ${JSON_BYTES_AT_MOST} bytes`);
    }
    try {
      const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      return { value, next: /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(header('link') ?? '')?.[1] };
    } catch (error) {
      throw new PassingTrouble('an answer that is not JSON', { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(url: URL, { signal, headers }: GetOptions): Promise<Dispatcher.ResponseData> {
    const { origin, token } = this.endpoint;
    try {
      return await request(url, {
        dispatcher: this.#agent,
        signal: signal ?? null,
        headersTimeout: this.#patience.silence,
        bodyTimeout: this.#patience.silence,
        headers: {
          'user-agent': `tenbin/${packageVersion()}`,
          'accept-encoding': 'identity',
          ...headers,
          // Whoever is redirected to must not learn it.
          ...(token !== undefined && url.origin === origin && { authorization: `Bearer ${token}` }),
        },
      });
    } catch (error) {
      throw this.#trouble(url.host, error, signal);
    }
  }

  async *#guarded(
    host: string,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* body;
    } catch (error) {
      throw this.#trouble(host, error, signal);
    }
  }

  #trouble(host: string, error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const code = errorCode(error) ?? '';
    if (/CERT|LEAF_SIGNATURE|_SSL_|_TLS_/.test(code)) {
      return new InputError(`no secure connection to ${host} (${code})`, { cause: error });
    }
    const silent = /TIMEOUT$/.test(code) ? `no answer for ${this.#patience.silence / 1000} s` : undefined;
    return new PassingTrouble(`${host}: ${silent ?? (messageOf(error) || code)}`, { cause: error });
  }

  #failure(url: URL, status: number, header: Answer['header']): Error {
    // A signed URL may have run out; the next attempt is given a new one.
    const passes = status === 408 || status === 429 || status >= 500 || url.origin !== this.endpoint.origin;
    if (!passes) return new Refusal(url.host, status, /^\w+$/.exec(header('x-error-code') ?? '')?.[0]);
    return new PassingTrouble(`${url.host} answers ${status}`, { retryAfter: retryAfterOf(header('retry-after')) });
  }
}

function follow(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (to === undefined || !allowed.includes(to.protocol)) {
    throw new InputError(`${from.host} redirects to what is not ${allowed.join(' or ').replaceAll(':', '')}`);
  }
  return to;
}
