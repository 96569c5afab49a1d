import { oursIn, peersIn } from './part.mjs';
import { ratioTo } from './part-text.mjs';
import { median, threeDigits } from './statistics.mjs';
import { markdownTable } from './table.mjs';

/**
 * Two reports of this benchmark: which ratios agree within the intervals that they were printed with, and by how much our own
 * figures changed. Markdown.
 */
export function compareReports(before, now) {
  const ratios = pairs(before, now, ratiosOf);
  const differing = ratios.filter(({ was, is }) => was.low > is.high || is.low > was.high);
  const figures = pairs(before, now, figuresOf);
  const lines = [
    `## Compared with ${before.date}`,
    '',
    `${ratios.length - differing.length} of ${ratios.length} ratios agree within their intervals.`,
    '',
  ];
  if (differing.length > 0) {
    const rows = differing.map(({ key, was, is }) => [key, intervalText(was), intervalText(is)]);
    lines.push(markdownTable(['ratios that differ', 'before', 'now'], rows));
  }
  if (figures.length > 0) {
    const rows = figures.map(({ key, was, is }) => [key, threeDigits(was), threeDigits(is), threeDigits(is / was)]);
    lines.push(markdownTable(['ours', 'before', 'now', 'now / before'], rows));
  }
  return lines.join('\n');
}

const intervalText = ({ mean, low, high }) => `${threeDigits(mean)} (${threeDigits(low)} to ${threeDigits(high)})`;

/** What both reports have: { key, was, is }. */
function pairs(before, now, entriesOf) {
  const old = new Map(before.parts.flatMap(entriesOf));
  return now.parts
    .flatMap(entriesOf)
    .filter(([key]) => old.has(key))
    .map(([key, is]) => ({ key, was: old.get(key), is }));
}

function ratiosOf({ name, works }) {
  return works.flatMap((work) => {
    const ours = oursIn(work);
    if (ours === undefined) return [];
    return peersIn(work)
      .map((peer) => [`${name}, ${work.work}, to ${peer.engine}`, ratioTo(ours, peer)])
      .filter(([, { low }]) => low !== undefined);
  });
}

function figuresOf({ name, works }) {
  return works
    .filter((work) => oursIn(work) !== undefined)
    .map((work) => [`${name}, ${work.work}: ${work.unit}`, median(oursIn(work).rounds.flat())]);
}
