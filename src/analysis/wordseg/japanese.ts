import { installedVersion } from '../../common/installed-version.js';
import { tryPeer } from '../../common/peer.js';
import { intlInsteadOf } from './intl.js';
import type { WordEngine } from './segmentation.js';

const PACKAGE = 'lindera-wasm-nodejs-ipadic';

/** Surface forms by Lindera with the dictionary IPADIC, or by ICU where Lindera is not installed. */
export async function japaneseEngine(): Promise<WordEngine> {
  const lindera = await tryPeer(() => import('lindera-wasm-nodejs-ipadic'));
  if (lindera === undefined) return intlInsteadOf(PACKAGE, 'ja');
  const builder = new lindera.TokenizerBuilder();
  builder.setDictionary('embedded://ipadic');
  builder.setMode('normal');
  const tokenizer = builder.build();
  return {
    cut: (piece) => (tokenizer.tokenize(piece) as readonly { surface: string }[]).map(({ surface }) => surface),
    engines: { [PACKAGE]: installedVersion(PACKAGE) },
  };
}
