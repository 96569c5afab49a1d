import { installedVersion } from '../../common/installed-version.js';
import { tryPeer } from '../../common/peer.js';
import { intlInsteadOf } from './intl.js';
import type { WordEngine } from './segmentation.js';

const PACKAGE = '@node-rs/jieba';

/**
 * `COVID-19`, which Python's jieba cuts in three. jieba-rs, which is behind the package, takes any character for the
 * decimal point of its pattern for numbers.
 */
const NUMBERED = /^([A-Za-z0-9]+)([-+#&_%])(\d+%?)$/;
/** Without this a text has no such word, and its words need not be looked at. */
const NUMBER_BEHIND_MARK = /[-+#&_%]\d/;

/** Jieba in accurate mode with its HMM for unknown words, or ICU where Jieba is not installed. */
export async function chineseEngine(): Promise<WordEngine> {
  const jieba = await tryPeer(async () => {
    const [{ Jieba }, { dict }] = await Promise.all([import('@node-rs/jieba'), import('@node-rs/jieba/dict.js')]);
    return Jieba.withDict(dict);
  });
  if (jieba === undefined) return intlInsteadOf(PACKAGE, 'zh');
  const cut = (piece: string) => {
    const words = jieba.cut(piece, true);
    if (!NUMBER_BEHIND_MARK.test(piece)) return words;
    return words.flatMap((word) => NUMBERED.exec(word)?.slice(1) ?? word);
  };
  return { cut, engines: { [PACKAGE]: installedVersion(PACKAGE) } };
}
