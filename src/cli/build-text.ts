import type { BuiltNanoSet } from '../build/build-nano-set.js';

/** What a set holds and what its source lost on the way, for the terminal. */
export function buildSummary({ folder, task, metadata }: BuiltNanoSet): string {
  const { counts, selection, duplicates, candidates, language_detection: detected } = metadata;
  const { source, set } = duplicates;
  const lines = [
    `${folder}: task ${task}, ${counts.queries} queries, ${counts.documents} of ${source.documents} documents, ` +
      `${counts.positive_qrels} positives`,
    `  documents: ${selection.positive_documents} positives, ${selection.hard_negatives} hard negatives, ${selection.fill} others`,
    `  candidates: ${Object.keys(candidates).join(', ')}; analyzer ${candidates.bm25?.analyzer} (${candidates.bm25?.analyzer_reason})`,
    `  languages: ${shares(detected.query.languages)} (queries), ${shares(detected.document.languages)} (documents)`,
  ];
  const dropped = Object.entries(selection.dropped_judgements).filter(([, count]) => count > 0);
  if (dropped.length > 0) {
    lines.push(
      `  judgements left out: ${dropped.map(([why, count]) => `${why.replaceAll('_', ' ')} ${count}`).join(', ')}`,
    );
  }
  if (source.shared_texts > 0) {
    lines.push(
      `  source: ${source.documents_of_shared_texts} documents share ${source.shared_texts} texts; with all of them in, ` +
        `perfect answers are expected to score nDCG@10 ${source.ceiling_ndcg_at_10_expected}`,
    );
  }
  if (set.positives_with_twin > 0) {
    lines.push(
      `  set: ${set.positives_with_twin} positives have a twin that is not one; perfect answers are expected to score ` +
        `nDCG@10 ${set.ceiling_ndcg_at_10_expected} (${set.ceiling_ndcg_at_10_worst} to ${set.ceiling_ndcg_at_10_best})`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function shares(languages: Readonly<Record<string, number>>): string {
  return (
    Object.entries(languages)
      .slice(0, 3)
      .map(([code, percent]) => `${code} ${percent} %`)
      .join(', ') || 'none'
  );
}
