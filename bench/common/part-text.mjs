import { isWrong, OURS, oursIn, peersIn } from './part.mjs';
import { median, ratioOf, spread, threeDigits } from './statistics.mjs';
import { markdownTable } from './table.mjs';

/** A part as Markdown: a table of every work and engine, and what is to be known of them. */
export function partText(part) {
  const optional = OPTIONAL.filter(({ of }) =>
    part.works.some((work) => work.rows.some((row) => of(row, work) !== '')),
  );
  const header = ['work', 'engine', 'median', 'ours / theirs', ...optional.map(({ title }) => title)];
  const rows = part.works.flatMap((work) =>
    work.rows
      .filter(({ rounds, failure }) => rounds.length > 0 || failure !== undefined)
      .map((row, i) => [
        i === 0 ? work.work : '',
        row.engine,
        row.failure ?? valueText(row, work.unit),
        ratioText(row, work),
        ...optional.map(({ of }) => of(row, work)),
      ]),
  );
  return [
    `## ${part.name}`,
    '',
    ...(rows.length === 0 ? [] : [markdownTable(header, rows)]),
    ...part.engines.map(({ name, version }) => `- ${name} ${version}`),
    ...part.missing.map(({ name, reason }) => `- ${name}: missing (${reason})`),
    ...part.notes.map((note) => `- ${note}`),
    ...part.charts.map(({ file }) => `- chart: ${file}`),
    '',
  ].join('\n');
}

/** Ours beside the best peer of every work, as Markdown; empty where there are none. */
export function bestPeersText(parts) {
  const rows = parts.flatMap(({ name, works }) => works.flatMap((work) => bestPeerRow(name, work)));
  if (rows.length === 0) return '';
  const header = ['work', 'tenbin', 'best peer', 'its name', 'ours / theirs', 'of the limit'];
  return `## Beside the best peer\n\n${markdownTable(header, rows)}`;
}

function bestPeerRow(part, work) {
  const ours = oursIn(work);
  const peers = peersIn(work);
  if (ours === undefined || peers.length === 0) return [];
  const best = peers.reduce((a, b) => (ratioTo(ours, a).mean >= ratioTo(ours, b).mean ? a : b));
  const values = [ours, best].map((row) => valueText(row, work.unit));
  return [[`${part}: ${work.work}`, ...values, best.engine, ratioText(best, work), limitText(ours, work)]];
}

/** Between rounds that both took part in. */
export function ratioTo(ours, theirs) {
  const rounds = Math.min(ours.rounds.length, theirs.rounds.length);
  const medians = ({ rounds: all }) => all.slice(0, rounds).map(median);
  return ratioOf(medians(ours), medians(theirs));
}

/** Columns that a table has when one of its rows has something to say there. */
const OPTIONAL = [
  { title: 'right', of: (row) => rightText(row) },
  { title: 'right bits', of: ({ bits }) => (bits === undefined ? '' : percent(bits)) },
  {
    title: 'peak memory, MiB',
    of: ({ peakBytes }) => (peakBytes === undefined ? '' : threeDigits(peakBytes / 2 ** 20)),
  },
  { title: 'kB a query', of: ({ allocatedBytes: bytes }) => (bytes === undefined ? '' : threeDigits(bytes / 1000)) },
  { title: 'of the limit', of: limitText },
];

function valueText({ rounds }, unit) {
  const values = rounds.flat();
  const text = `${threeDigits(median(values))} ${unit}`;
  return values.length === 1 ? text : `${text} ±${Math.round(100 * spread(values))}%`;
}

function ratioText(row, work) {
  const ours = oursIn(work);
  if (row.engine === OURS || ours === undefined || !peersIn(work).includes(row)) return '';
  const { mean, low, high } = ratioTo(ours, row);
  if (low === undefined) return threeDigits(mean);
  return `${threeDigits(mean)} (${threeDigits(low)} to ${threeDigits(high)})`;
}

function rightText(row) {
  if (row.right === undefined) return '';
  if (row.approximate) return `${percent(row.right)}, approximate`;
  return isWrong(row) ? `WRONG, ${percent(row.right)}` : percent(row.right);
}

function limitText({ rounds }, { limit }) {
  if (limit === undefined || rounds.length === 0) return '';
  return `${Math.round((100 * limit.value) / median(rounds.flat()))}% of ${limit.of}`;
}

const percent = (share) => `${(100 * share).toFixed(2)}%`;
