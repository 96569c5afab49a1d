/* Instruction counts against a baseline: { [isa]: { [case]: count } } both. */

/** Percent that a count may rise; falling by as much is worth keeping. */
const TOLERANCE = 3;

/**
 * `rows`: { isa, name, before, now } of each case, `before` or `now` undefined where there is none. `failures`: a line for
 * each that must not be; `gains`: names of those that have fallen.
 */
export function compareCounts(baseline, counts) {
  const rows = Object.keys({ ...baseline, ...counts }).flatMap((isa) =>
    Object.keys({ ...baseline[isa], ...counts[isa] }).map((name) => ({
      isa,
      name,
      before: baseline[isa]?.[name],
      now: counts[isa]?.[name],
    })),
  );
  const gains = rows.filter(({ before, now }) => 100 * now <= (100 - TOLERANCE) * before);
  return { rows, failures: rows.flatMap(failure), gains: gains.map(label) };
}

function failure(row) {
  const { before, now } = row;
  if (before === undefined) return [`${label(row)}: not in the baseline; run with --update to add it`];
  if (now === undefined)
    return [`${label(row)}: in the baseline, but not counted any more; run with --update to drop it`];
  if (100 * now <= (100 + TOLERANCE) * before) return [];
  return [`${label(row)}: ${change(row)}% instructions, more than the ${TOLERANCE}% that are allowed`];
}

export const label = ({ isa, name }) => `${name} (${isa})`;

/** In percent of the baseline, with a sign; empty where there is nothing to compare. */
export function change({ before, now }) {
  if (before === undefined || now === undefined) return '';
  const percent = ((100 * (now - before)) / before).toFixed(2);
  return now > before ? `+${percent}` : percent;
}
