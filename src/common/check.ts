import { InputError } from './errors.js';

/*
 * Validation of arguments with one voice: "<name> must be <what>, got <value>". Every public function checks with
 * these before it calls C++, which checks again.
 */

/** How a value looks in a message: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'no prototype'})`;
  return String(value);
}

export function fail(name: string, expectation: string, value: unknown): never {
  throw new InputError(`${name} must be ${expectation}, got ${show(value)}`);
}

/** A whole number in [minimum, maximum], by default one that fits Uint32. */
export function checkInteger(name: string, value: unknown, minimum = 0, maximum = 0xffffffff): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    const range = maximum === 0xffffffff ? `of at least ${minimum}` : `between ${minimum} and ${maximum}`;
    fail(name, `a whole number ${range}`, value);
  }
  return value;
}

/** A finite number in [minimum, maximum]. */
export function checkNumber(name: string, value: unknown, minimum = -Infinity, maximum = Infinity): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < minimum || value > maximum) {
    fail(name, `a number in [${minimum}, ${maximum}]`, value);
  }
  return value;
}

/** A finite number above 0. */
export function checkPositive(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) fail(name, 'a number above 0', value);
  return value;
}

export function checkFloat32(name: string, value: unknown): Float32Array {
  if (!(value instanceof Float32Array)) fail(name, 'a Float32Array', value);
  return value;
}

/** An object of options. */
export function checkOptions(value: unknown): void {
  if (typeof value !== 'object' || value === null) fail('options', 'an object', value);
}

export function checkSignal(value: unknown): void {
  if (value !== undefined && !(value instanceof AbortSignal)) fail('signal', 'an AbortSignal', value);
}

/** A name that stands for one file or folder inside another: it may become part of a path and must not lead out. */
export function checkFileName(name: string, value: string): string {
  if (value === '' || value === '.' || value === '..' || /[/\\\0]/.test(value)) fail(name, 'a plain file name', value);
  return value;
}

/** One of a closed set of names; the message lists them. */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) fail(name, `one of ${choices.join(', ')}`, value);
  return found;
}
