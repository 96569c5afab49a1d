import type { ConvertedTask, Loss } from '../dataset/convert-tally.js';

/** What became of things that the target holds otherwise than the source. */
const told: Readonly<Record<Loss, string>> = {
  grades: 'judgements have a grade above 1, which a Nano table cannot hold: they are positives like the others.',
  'judgements below 1': 'judgements are of grade 0 or below, which a Nano table cannot hold: they are left out.',
  'unjudged queries': 'queries are not judged: readers of BEIR and TREC folders pass over them.',
  'documents without text': 'documents have no text: readers of Nano tables pass over them, others count them.',
  'queries without text': 'queries have no text and are left out.',
  'white space at the ends': "documents begin or end with white space, which BEIR's readers cut off.",
  'queries without candidates': 'queries have no candidates, which a run cannot say.',
};

export function convertedText({
  task,
  path,
  documents,
  queries,
  judgements,
  candidates,
  losses,
}: ConvertedTask): string {
  const counts = [`${count(documents)} documents`, `${count(queries)} queries`, `${count(judgements)} judgements`];
  if (candidates.length > 0) counts.push(`candidates ${candidates.join(', ')}`);
  const remarks = Object.entries(losses).map(([loss, number]) => `  ${count(number)} ${told[loss as Loss]}`);
  return `${[`${task}: ${counts.join(', ')}: ${path}`, ...remarks].join('\n')}\n`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
