import Table from 'cli-table3';
import type { LexicalRetriever } from '../evaluation/lexical-retriever.js';
import type { Bm25Explanation } from '../lexical/explanation.js';

/** How BM25 scores a document for a query, as text for the terminal; `pair` is QUERY-ID:DOCUMENT-ID. */
export function explainPair(retriever: LexicalRetriever, pair: string): string {
  const { queryId, documentId, explanation } = retriever.explain(pair);
  const { score, documentLength, weighedLength, averageDocumentLength } = explanation;
  const { analyzer, analyzerReason, analyzerEngines, ...weighing } = retriever.settings;
  const rounded = weighedLength === documentLength ? '' : ` (weighed as ${weighedLength})`;
  return [
    `query ${queryId}, document ${documentId}: score ${score}`,
    `${documentLength} tokens${rounded}, ${averageDocumentLength.toFixed(2)} on average`,
    `analyzer ${analyzer} (${[analyzerReason, analyzerEngines].filter((part) => part !== undefined).join('; ')})`,
    Object.entries(weighing)
      .map((setting) => setting.join(' '))
      .join(', '),
    renderTerms(explanation),
    '',
  ].join('\n');
}

function renderTerms({ terms }: Bm25Explanation): string {
  const table = new Table({
    head: ['Token', 'df', 'idf', 'tf', 'tf part', 'Contribution'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { token, documentFrequency, idf, frequency, tfPart, contribution } of terms) {
    table.push([token, documentFrequency, idf.toFixed(6), frequency, tfPart.toFixed(6), contribution.toFixed(6)]);
  }
  return table.toString();
}
