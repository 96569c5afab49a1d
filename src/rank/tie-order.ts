import { checkChoice } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';

/** Which of two documents with the same score comes first: `hakari` ascends by id, `trec` descends. */
const TIE_RULES = ['id-ascending', 'id-descending'] as const;
export type TieRule = (typeof TIE_RULES)[number];

/**
 * The place of each id in the tie order, aligned with `ids`: a permutation of 0 .. n-1, lower is better. Throws
 * InputError naming an id that occurs twice.
 */
export function tieRanks(ids: readonly string[], rule: TieRule): Uint32Array {
  checkChoice('tieRule', rule, TIE_RULES);
  const order = ascendingPositions(ids);
  const ranks = new Uint32Array(ids.length);
  const last = ids.length - 1;
  for (let place = 0; place <= last; place++) {
    const position = order[place]!;
    if (place > 0) refuseRepeated(ids, order[place - 1]!, position);
    ranks[position] = rule === 'id-ascending' ? place : last - place;
  }
  return ranks;
}

function refuseRepeated(ids: readonly string[], earlier: number, later: number): void {
  if (ids[earlier] !== ids[later]) return;
  throw new InputError(`document id ${JSON.stringify(ids[later])}: occurs twice, as documents ${earlier} and ${later}`);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Positions in the order of `compareIds`. The sort is stable, so equal ids stay in the order of their positions. */
function ascendingPositions(ids: readonly string[]): Uint32Array {
  const positions = Uint32Array.from(ids.keys());
  if (ids.some((id) => SURROGATE.test(id))) return positions.sort((a, b) => compareIds(ids[a]!, ids[b]!));
  // Without surrogates the order of UTF-16 units is that of code points, and `<` is several times faster.
  return positions.sort((a, b) => (ids[a]! < ids[b]! ? -1 : ids[a]! > ids[b]! ? 1 : 0));
}
