import { InputError } from '../../common/errors.js';

/** Which Hub is asked, as whom, and by which way. */
export interface Endpoint {
  /** Without a slash at the end. */
  readonly base: string;
  /** Scheme, host and port: where the token may go. */
  readonly origin: string;
  readonly token: string | undefined;
  /** As undici's EnvHttpProxyAgent takes them; empty for none. */
  readonly proxies: { readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string };
}

/** From `HF_ENDPOINT`, `HF_TOKEN` and the proxies that the environment names, in small letters first. Throws InputError, which shows no secret. */
export function endpointOf(environment: NodeJS.ProcessEnv): Endpoint {
  const given = environment.HF_ENDPOINT || 'https://huggingface.co';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new InputError('HF_ENDPOINT must be a URL such as https://huggingface.co, without user, password or query');
  }
  const token = environment.HF_TOKEN?.trim() || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new InputError('HF_TOKEN holds a character that no token has');
  }
  const either = (name: string) => environment[name] || environment[name.toUpperCase()] || '';
  const proxies = { httpProxy: either('http_proxy'), httpsProxy: either('https_proxy'), noProxy: either('no_proxy') };
  for (const name of ['httpProxy', 'httpsProxy'] as const) {
    if (proxies[name] !== '' && !(/^(https?|socks5?):/.test(proxies[name]) && URL.canParse(proxies[name]))) {
      throw new InputError(`${name === 'httpProxy' ? 'HTTP' : 'HTTPS'}_PROXY must be a URL such as http://proxy:3128`);
    }
  }
  return { base: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), origin: url.origin, token, proxies };
}

/** Whether the Hub's own variable forbids the network. */
export function isOfflineByEnvironment(environment: NodeJS.ProcessEnv): boolean {
  return /^(1|on|yes|true)$/i.test(environment.HF_HUB_OFFLINE ?? '');
}
