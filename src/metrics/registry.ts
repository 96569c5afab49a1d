import { InputError } from '../common/errors.js';
import type { CutoffFamily, TrecFamily } from './family.js';
import type { Measure } from './measure.js';
import { gmMap, map, mapAt, mapCut } from './measures/average-precision.js';
import { numNonrelJudgedRet, numQ, numRel, numRelRet, numRet, unj } from './measures/counts.js';
import { hitAt, mrrAt, recipRank, success } from './measures/first-relevant.js';
import { binG, G } from './measures/gain.js';
import { elevenPointAverage, iprecAtRecall } from './measures/interpolated-precision.js';
import { ndcgAt, ndcgCut, ndcgExpAt } from './measures/ndcg.js';
import { ndcg, ndcgRel, Rndcg } from './measures/ndcg-full.js';
import { P, precisionAt, Rprec, RprecMult, relativeP } from './measures/precision.js';
import { bpref, gmBpref, infAP } from './measures/preference.js';
import { rbp, rbpResidual } from './measures/rank-biased.js';
import { recallAt, recallCut, recallMicroAt } from './measures/recall.js';
import { setF, setMap, setP, setRecall, setRelativeP, utility } from './measures/set.js';

/** The families written `family@k`. */
const cutoffFamilies: readonly CutoffFamily[] = [
  ndcgAt,
  ndcgExpAt,
  hitAt,
  precisionAt,
  recallAt,
  recallMicroAt,
  mrrAt,
  mapAt,
];

/** HAKARI-Bench's other names for hit@k. */
const aliases: Readonly<Record<string, string>> = { acc: 'hit', accuracy: 'hit' };

/** trec_eval's `-m official`, its default. */
const official = [numQ, numRet, numRel, numRelRet, map, gmMap, Rprec, bpref, recipRank, iprecAtRecall, P];

/** trec_eval's families in the order in which it prints them. */
const trecFamilies: readonly TrecFamily[] = [
  ...official,
  recallCut,
  infAP,
  gmBpref,
  RprecMult,
  utility,
  elevenPointAverage,
  binG,
  G,
  ndcg,
  ndcgRel,
  Rndcg,
  ndcgCut,
  mapCut,
  relativeP,
  success,
  setP,
  setRelativeP,
  setRecall,
  setMap,
  setF,
  numNonrelJudgedRet,
  rbp,
  rbpResidual,
  unj,
];

/** trec_eval's nicknames for sets of measures. */
const nicknames: Readonly<Record<string, readonly TrecFamily[]>> = {
  official,
  all_trec: trecFamilies,
  set: [numQ, numRet, numRel, numRelRet, utility, setP, setRecall, setRelativeP, setMap, setF],
};

/**
 * The measures that names stand for, in the order given, each once. A name is `family@k` (`ndcg@10`, in any case), one
 * of trec_eval's with or without parameters (`map`, `P_5,10`, `ndcg_cut.10`), or its nickname for a set (`official`,
 * `all_trec`, `set`); `runid`, which has no value, is passed over. Throws InputError naming the measure that is not known.
 */
export function parseMeasures(names: readonly string[]): Measure[] {
  const measures = new Map<string, Measure>();
  for (const name of names) {
    if (name === 'runid') continue;
    for (const measure of parseMeasure(name)) measures.set(measure.name, measure);
  }
  if (measures.size === 0) throw new InputError('measures: none is given');
  return [...measures.values()];
}

/** Whether names ask for trec_eval's `runid` line: by that name, or by a nickname that includes it. */
export function includesRunId(names: readonly string[]): boolean {
  return names.some((name) => name === 'runid' || Object.hasOwn(nicknames, name));
}

/** Splits `P_5,10,ndcg@10` into names: a piece that is a number, or `key=number`, belongs to the name before it. */
export function splitMeasureList(text: string): string[] {
  const names: string[] = [];
  for (const piece of text.split(',').map((part) => part.trim())) {
    const last = names.length - 1;
    if (last >= 0 && /^((\d+|p)=)?[-+.\d]+$/.test(piece)) names[last] += `,${piece}`;
    else if (piece !== '') names.push(piece);
  }
  return names;
}

/** Orders measures as trec_eval prints them; the `family@k` ones, which it does not know, come last. */
export function inTrecOrder(measures: readonly Measure[]): Measure[] {
  const position = new Map(trecFamilies.map((family, i) => [family.name, i]));
  const place = (measure: Measure) => position.get(measure.family) ?? trecFamilies.length;
  return measures.toSorted((a, b) => place(a) - place(b) || (place(a) < trecFamilies.length ? a.cutoff - b.cutoff : 0));
}

function parseMeasure(name: string): Measure[] {
  const set = Object.hasOwn(nicknames, name) ? nicknames[name] : undefined;
  if (set !== undefined) return set.flatMap((family) => family.measures());
  return name.includes('@') ? [parseAtCutoff(name)] : parseTrec(name);
}

function parseAtCutoff(name: string): Measure {
  const [, written = '', cutoff = '', suffix = ''] = /^(\w+)@([^_]*)(_\w+)?$/.exec(name.toLowerCase()) ?? [];
  const prefix = Object.hasOwn(aliases, written) ? aliases[written] : written;
  const family = cutoffFamilies.find((one) => one.prefix === prefix && one.suffix === suffix);
  if (family === undefined) unknown(name);
  const k = Number(cutoff);
  if (!/^\d+$/.test(cutoff) || k < 1 || k > 0xffffffff) {
    throw new InputError(`measure "${name}": k must be a positive integer, got "${cutoff}"`);
  }
  return family.measure(k);
}

/** The longest family name wins, so that `ndcg_cut_10` is not `ndcg` with parameters. */
function parseTrec(name: string): Measure[] {
  let best: TrecFamily | undefined;
  for (const family of trecFamilies) {
    const fits = name === family.name || name.startsWith(`${family.name}_`) || name.startsWith(`${family.name}.`);
    if (fits && family.name.length > (best?.name.length ?? 0)) best = family;
  }
  if (best === undefined) unknown(name);
  return best.measures(name === best.name ? undefined : name.slice(best.name.length + 1));
}

function unknown(name: string): never {
  const known = [
    ...cutoffFamilies.map((family) => `${family.prefix}@k${family.suffix}`),
    ...trecFamilies.map((family) => family.name),
    ...Object.keys(nicknames),
  ];
  throw new InputError(`measure "${name}": not known; known are ${known.join(', ')}`);
}
