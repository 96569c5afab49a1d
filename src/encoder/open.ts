import { fail } from '../common/check.js';
import { type EmbeddingProvider, encoderProvider } from './encoder.js';
import { openPrecomputed } from './precomputed.js';
import { openUseLite } from './use-lite/use-lite.js';

/** A spec is `name` or `name:argument`, as `usage` shows. */
interface Opener {
  readonly name: string;
  readonly usage: string;
  readonly takesArgument: boolean;
  open(argument: string): Promise<EmbeddingProvider>;
}

const openers: readonly Opener[] = [
  {
    name: 'use-lite',
    usage: 'use-lite',
    takesArgument: false,
    open: async () => encoderProvider(await openUseLite()),
  },
  { name: 'precomputed', usage: 'precomputed:DIR', takesArgument: true, open: openPrecomputed },
];

/**
 * Opens what `--encoder` names:
 * - `use-lite`: Universal Sentence Encoder lite on TensorFlow.js, offline, 512 dimensions, English;
 * - `precomputed:DIR`: `queries.npy` and `corpus.npy` in table order.
 *
 * An unknown spec is an InputError that lists these.
 */
export async function openEmbeddings(spec: string): Promise<EmbeddingProvider> {
  if (typeof spec !== 'string') refuse(spec);
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const argument = colon < 0 ? '' : spec.slice(colon + 1);
  const opener = openers.find((one) => one.name === name && one.takesArgument === argument.length > 0);
  if (opener === undefined || (colon >= 0 && !opener.takesArgument)) refuse(spec);
  return opener.open(argument);
}

function refuse(spec: unknown): never {
  fail('encoder', `one of ${openers.map((one) => one.usage).join(', ')}`, spec);
}
