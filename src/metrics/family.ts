import { InputError } from '../common/errors.js';
import { toFixedHalfEven } from './format.js';
import { type Average, type Measure, mean } from './measure.js';

/*
 * Families of measures: a name and what its parameters mean. trec_eval's families write parameters after the name
 * (`P_5,10`, `ndcg_1=3,2=9`, in its own command line `P.5,10`) and have defaults; the others write `family@k`.
 */

/** A family named as in trec_eval. */
export interface TrecFamily {
  readonly name: string;
  /** The measures that a parameter text selects; without one, the default ones. Ordered as trec_eval prints them. */
  measures(parameters?: string): Measure[];
}

/** A family with a cutoff named as in HAKARI-Bench: `prefix@k`, then the suffix. */
export interface CutoffFamily {
  readonly prefix: string;
  readonly suffix: string;
  measure(k: number): Measure;
}

type Body = Pick<Measure, 'compute'> & { readonly depth?: number; readonly average?: Average };

function build(family: string, name: string, cutoff: number, body: Body): Measure {
  const { compute, depth = Number.POSITIVE_INFINITY, average = mean } = body;
  return { name, family, cutoff, depth, average, compute };
}

/** trec_eval's default cutoffs of P, recall, ndcg_cut, map_cut and relative_P. */
export const standardCutoffs = [5, 10, 15, 20, 30, 100, 200, 500, 1000];

/** `prefix@k`, with the measure's body made from k. */
export function atCutoff(prefix: string, make: (k: number) => Body, suffix = ''): CutoffFamily {
  return {
    prefix,
    suffix,
    measure: (k) => build(`${prefix}@k${suffix}`, `${prefix}@${k}${suffix}`, k, { depth: k, ...make(k) }),
  };
}

/** One measure without parameters. */
export function plain(name: string, body: Body): TrecFamily {
  return {
    name,
    measures(parameters) {
      if (parameters !== undefined) throw new InputError(`measure ${name}: takes no parameters, got ${parameters}`);
      return [build(name, name, 0, body)];
    },
  };
}

/** One measure `name_k` for each cutoff, a positive integer. */
export function withCutoffs(name: string, defaults: readonly number[], make: (k: number) => Body): TrecFamily {
  return {
    name,
    measures: (parameters) =>
      distinct(name, parameters, defaults).map((k) => {
        if (!Number.isInteger(k) || k < 1)
          throw new InputError(`measure ${name}: cutoff ${k} is not a positive integer`);
        return build(name, `${name}_${k}`, k, { depth: k, ...make(k) });
      }),
  };
}

/** One measure `name_0.25` for each fraction, printed with two decimals. */
export function withFractions(name: string, defaults: readonly number[], make: (fraction: number) => Body): TrecFamily {
  return {
    name,
    measures: (parameters) =>
      distinct(name, parameters, defaults).map((fraction) => {
        if (fraction < 0) throw new InputError(`measure ${name}: ${fraction} is below 0`);
        return build(name, `${name}_${toFixedHalfEven(fraction, 2)}`, fraction, make(fraction));
      }),
  };
}

/** One measure that takes a list of numbers; given ones are part of its name. */
export function withNumbers(
  name: string,
  defaults: readonly number[],
  make: (numbers: readonly number[]) => Body,
): TrecFamily {
  return {
    name,
    measures: (parameters) => [
      build(name, fullName(name, parameters), 0, make(parameters === undefined ? defaults : numbers(name, parameters))),
    ],
  };
}

/** One measure that takes `key=number` pairs; given ones are part of its name. A key is a grade, or one of `keys`. */
export function withPairs(
  name: string,
  make: (pairs: ReadonlyMap<string, number>) => Body,
  keys: readonly string[] = [],
): TrecFamily {
  return {
    name,
    measures: (parameters) => [build(name, fullName(name, parameters), 0, make(pairs(name, parameters, keys)))],
  };
}

function fullName(name: string, parameters: string | undefined): string {
  return parameters === undefined ? name : `${name}_${parameters}`;
}

function distinct(name: string, parameters: string | undefined, defaults: readonly number[]): number[] {
  const values = parameters === undefined ? [...defaults] : numbers(name, parameters);
  values.sort((a, b) => a - b);
  const repeated = values.find((value, i) => i > 0 && value === values[i - 1]);
  if (repeated !== undefined) throw new InputError(`measure ${name}: ${repeated} is given twice`);
  return values;
}

function numbers(name: string, parameters: string): number[] {
  return parameters.split(',').map((text) => number(name, text));
}

function pairs(name: string, parameters: string | undefined, keys: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const pair of parameters?.split(',') ?? []) {
    const [key = '', value = '', ...rest] = pair.split('=');
    if (rest.length > 0 || !(keys.includes(key) || /^\d+$/.test(key))) {
      throw new InputError(`measure ${name}: ${pair} is not ${['grade', ...keys].join('= or ')}=number`);
    }
    result.set(keys.includes(key) ? key : String(Number(key)), number(name, value));
  }
  return result;
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InputError(`measure ${name}: "${text}" is not a number`);
  return value;
}
