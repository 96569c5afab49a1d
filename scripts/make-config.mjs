/*
 * Makes config/groups/<group>.yaml (what the tasks are) and config/published/<group>.yaml (what was published about
 * them) from a JSON file of facts about one HAKARI-Bench group:
 *
 *   node scripts/make-config.mjs FACTS.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const [factsPath] = process.argv.slice(2);
if (factsPath === undefined) {
  process.stderr.write('usage: node scripts/make-config.mjs FACTS.json\n');
  process.exit(2);
}
const facts = JSON.parse(readFileSync(factsPath, 'utf8'));
const profiles = { BM25: 'bm25', Dense: 'dense', 'Reranking hybrid': 'reranking_hybrid' };

write(
  'groups',
  [
    'language is the one declared in the HAKARI registry: it chooses the BM25 tokenizer, right or wrong.',
    'displayLanguage is the one that the task pages show.',
  ],
  {
    name: facts.group,
    datasetId: facts.dataset_id,
    tasks: facts.tasks.map((task) => ({
      name: task.split_name,
      language: task.registry_yaml.language,
      displayLanguage: task.language,
      category: task.category,
      family: task.task_family,
      focus: task.retrieval_focus,
      queries: task.counts.queries,
      documents: task.counts.documents,
      positives: task.counts.positive_qrels,
    })),
  },
);

write(
  'published',
  [
    'Scores of the rankings that ship with the dataset (profile dense is the config harrier_oss_v1_270m).',
    'ndcg@10 and hit@10 are means over queries with binary gains; recall@100_micro is all positives found in the',
    'first 100 over all positives. Rounded to ten decimals where published so; bm25 ndcg@10 and hit@10 are exact.',
  ],
  {
    group: facts.group,
    tasks: Object.fromEntries(facts.tasks.map((task) => [task.split_name, published(task)])),
  },
);

function published(task) {
  const scores = Object.fromEntries(
    Object.values(profiles).map((profile) => {
      const subset = task.candidate_subsets[profile];
      const exact = profile === 'bm25' ? task.bm25_full_precision : {};
      const { ndcg_at_10, hit_at_10, recall_at_100 } = { ...subset, ...exact };
      return [profile, { 'ndcg@10': ndcg_at_10, 'hit@10': hit_at_10, 'recall@100_micro': recall_at_100 }];
    }),
  );
  const { queries, documents } = task.counts;
  return { queries, documents, best: profiles[task.best_profile], ...scores };
}

function write(kind, notes, content) {
  const path = fileURLToPath(new URL(`../config/${kind}/${facts.group}.yaml`, import.meta.url));
  const header = [
    `Facts about ${facts.group} as published by HAKARI-Bench, https://github.com/${facts.source_repo},`,
    `commit ${facts.commit}. Made by scripts/make-config.mjs: do not edit by hand.`,
    ...notes,
  ];
  writeFileSync(path, `${header.map((line) => `# ${line}\n`).join('')}\n${stringify(content)}`);
  process.stdout.write(`${path}\n`);
}
