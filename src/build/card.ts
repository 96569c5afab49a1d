import { stringify } from 'yaml';
import type { SetFacts, SetMetadata } from './describe-set.js';

/** `README.md`: front matter from which the Hub knows the configs, and what a reader wants to know of the set. */
export function renderCard(facts: SetFacts, metadata: SetMetadata): string {
  const { group, task, sampling, candidates } = facts;
  const configs = ['corpus', 'queries', 'qrels', ...Object.keys(candidates)];
  const { counts, language_detection: detected } = metadata;
  const front = stringify({
    language: detected.main_languages,
    pretty_name: group,
    task_categories: ['text-retrieval'],
    size_categories: [sizeCategory(counts.documents)],
    configs: configs.map((config) => ({
      config_name: config,
      data_files: [{ split: task, path: `${config}/${task}.parquet` }],
    })),
  });
  const how =
    sampling.order === 'seed'
      ? `drawn by hash with seed ${sampling.seed}`
      : "taken in the source's order, as HAKARI-Bench's builder does";
  return `---
${front}---

# ${group}

A Nano retrieval set made of split \`${metadata.source.split}\` of \`${metadata.source.name}\` by \`tenbin build\`; queries and documents ${how}.
\`manifest.json\` holds the rules and the SHA-256 of every file, \`metadata/${task}.json\` the statistics. The source's licence holds for its texts.

| split | queries | documents | positives | a query | query characters | document characters | languages |
|---|---|---|---|---|---|---|---|
${row(facts, metadata)}

| config | what |
|---|---|
| \`corpus\`, \`queries\` | \`_id\`, \`text\` |
| \`qrels\` | \`query-id\`, \`corpus-id\`: positives |
${Object.entries(candidates)
  .map(([config, settings]) => `| \`${config}\` | ${describe(config, settings)} |`)
  .join('\n')}

${duplicates(metadata)}
`;
}

function row({ task }: SetFacts, { counts, positives_per_query, text_stats_chars, language_detection }: SetMetadata) {
  const { queries, documents } = text_stats_chars;
  const languages = language_detection.main_languages.join(', ');
  const cells = [
    task,
    counts.queries,
    counts.documents,
    counts.positive_qrels,
    `${positives_per_query.average} (at most ${positives_per_query.max})`,
    `${queries.mean} (${queries.min} to ${queries.max})`,
    `${documents.mean} (${documents.min} to ${documents.max})`,
    languages,
  ];
  return `| ${cells.join(' | ')} |`;
}

function describe(config: string, settings: Readonly<Record<string, string | number>>): string {
  if (config === 'reranking_hybrid')
    return 'reciprocal rank fusion, 100 documents, and a positive where none is among them';
  const how = config === 'bm25' ? `analyzer \`${settings.analyzer}\`` : `encoder \`${settings.encoder}\``;
  return `the best ${settings.depth} documents, ${how}`;
}

/** What the source's shared texts would cost, and what those that are left in the set do. */
function duplicates({ duplicates: { source, set } }: SetMetadata): string {
  const lost =
    source.shared_texts === 0
      ? 'No two documents of the source have the same text.'
      : `In the source ${source.documents_of_shared_texts} documents share ${source.shared_texts} texts. With all of them in ` +
        `the corpus, ${source.positives_with_twin} positives would have a twin that is not one, and who knows every answer ` +
        `but sees only texts would be expected to reach nDCG@10 ${source.ceiling_ndcg_at_10_expected}.`;
  if (set.positives_with_twin === 0) return `${lost} In the set no positive has such a twin.`;
  const range = `${set.ceiling_ndcg_at_10_worst} to ${set.ceiling_ndcg_at_10_best} by the order of ties`;
  return `${lost} In the set ${set.positives_with_twin} positives have a twin: ${set.ceiling_ndcg_at_10_expected} (${range}).`;
}

/** The Hub's classes. */
function sizeCategory(documents: number): string {
  if (documents < 1000) return 'n<1K';
  if (documents < 10_000) return '1K<n<10K';
  return documents < 100_000 ? '10K<n<100K' : '100K<n<1M';
}
