import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { listConfig, readConfig } from '#src/common/config-file.js';
import { findCollection, findGroup, findTask, listCollections, listGroups, readGroups } from '#src/dataset/registry.js';
import { selectTasks } from '#src/dataset/registry-selection.js';
import { type PublishedScores, publishedScores, readPublished } from '#src/results/published.js';
import { scratch } from './support/collections.js';

/** Tasks, queries and documents of each group by HAKARI's registry; of NanoMMTEB-v2 as its task pages have them. */
const COUNTS: readonly (readonly [string, number, number, number])[] = [
  ['NanoBEIR-ar', 13, 649, 56723],
  ['NanoBEIR-de', 13, 649, 56723],
  ['NanoBEIR-en', 13, 649, 56352],
  ['NanoBEIR-es', 13, 649, 56723],
  ['NanoBEIR-fr', 13, 649, 56723],
  ['NanoBEIR-it', 13, 649, 56723],
  ['NanoBEIR-ja', 13, 649, 56723],
  ['NanoBEIR-ko', 13, 649, 56355],
  ['NanoBEIR-no', 13, 649, 56723],
  ['NanoBEIR-pt', 13, 649, 56723],
  ['NanoBEIR-sr', 13, 649, 56723],
  ['NanoBEIR-sv', 13, 649, 56723],
  ['NanoBEIR-th', 13, 649, 56723],
  ['NanoBEIR-vi', 13, 649, 56723],
  ['NanoBIRCO', 5, 408, 18789],
  ['NanoBRIGHT', 20, 2245, 121771],
  ['NanoBuiltBench', 2, 282, 5659],
  ['NanoCMTEB', 8, 1600, 80000],
  ['NanoChemTEB', 3, 245, 30000],
  ['NanoCoIR', 10, 1850, 76295],
  ['NanoCodeRAG', 4, 800, 29664],
  ['NanoDAPFAM', 18, 3600, 180000],
  ['NanoFaMTEB-v2', 17, 2966, 161314],
  ['NanoIFIR', 7, 637, 48246],
  ['NanoIndicQA', 11, 2200, 2759],
  ['NanoJMTEB-v2', 11, 2200, 55020],
  ['NanoLaw', 8, 1259, 15142],
  ['NanoLongEmbed', 6, 998, 2788],
  ['NanoMIRACL', 18, 3403, 29897],
  ['NanoMLDR', 13, 2089, 55585],
  ['NanoMMTEB-v2', 18, 3248, 116569],
  ['NanoMTEB-BR', 6, 999, 22858],
  ['NanoMTEB-Dutch', 27, 5299, 227987],
  ['NanoMTEB-French', 8, 1500, 19397],
  ['NanoMTEB-German', 5, 982, 23455],
  ['NanoMTEB-Korean', 5, 914, 24493],
  ['NanoMTEB-Misc', 12, 1636, 99624],
  ['NanoMTEB-Polish', 14, 2800, 140000],
  ['NanoMTEB-Scandinavian', 7, 1273, 9737],
  ['NanoMTEB-Spanish', 7, 1334, 25262],
  ['NanoMTEB-Thai', 9, 1800, 48356],
  ['NanoMTEB-v2', 10, 1698, 98626],
  ['NanoMedical', 10, 1586, 66052],
  ['NanoMuPLeR', 14, 2800, 140000],
  ['NanoR2MED', 8, 876, 80000],
  ['NanoRARb', 17, 3400, 156037],
  ['NanoRTEB', 14, 2390, 33864],
  ['NanoRuMTEB', 3, 600, 30000],
  ['NanoSSRB', 6, 1200, 60000],
  ['NanoVNMTEB', 26, 4768, 247475],
];

test('a group is found by its name in any case and by its dataset id', async (t) => {
  t.true((await listGroups()).includes('NanoMMTEB-v2'));
  const group = await findGroup('NanoMMTEB-v2');
  t.is(group?.datasetId, 'hakari-bench/NanoMMTEB-v2');
  t.deepEqual(await findGroup('nanommteb-V2'), group);
  t.deepEqual(await findGroup('hakari-bench/nanoMMTEB-v2'), group);
  for (const unknown of ['', 'Nano', '../groups/NanoMMTEB-v2', 'hakari-bench']) {
    t.is(await findGroup(unknown), undefined, unknown);
  }
});

test('NanoMMTEB-v2 has the published number of tasks, queries, documents and positives', async (t) => {
  const tasks = (await findGroup('NanoMMTEB-v2'))?.tasks ?? [];
  const sum = (field: 'queries' | 'documents' | 'positives') => tasks.reduce((total, task) => total + task[field]!, 0);
  t.deepEqual([tasks.length, sum('queries'), sum('documents'), sum('positives')], [18, 3248, 116_569, 9408]);
  t.is(new Set(tasks.map(({ name }) => name)).size, 18);
});

async function factsOf(task: string) {
  return (await findGroup('NanoMMTEB-v2'))?.tasks.find(({ name }) => name === task);
}

test("a task's declared language, which chooses the analyzer, may differ from the one shown", async (t) => {
  const languages = async (task: string) => {
    const facts = await factsOf(task);
    return [facts?.language, facts?.displayLanguage];
  };
  t.deepEqual(await languages('ailastatutes'), ['en', 'en']);
  t.deepEqual(await languages('miracl'), ['ar', 'multilingual']);
  t.deepEqual(await languages('wikipedia_multilingual'), ['bg', 'multilingual']);
  t.deepEqual(await languages('belebele'), ['multilingual', 'multilingual']);
  t.is((await factsOf('covid'))?.focus, 'COVID query to policy/news passage');
});

test('published scores cover every task and average to the published means', async (t) => {
  const { tasks } = (await readConfig('published/NanoMMTEB-v2.yaml', publishedScores))!;
  const group = await findGroup('NanoMMTEB-v2');
  t.deepEqual(
    Object.keys(tasks),
    group?.tasks.map(({ name }) => name),
  );
  for (const { name, queries, documents } of group!.tasks) t.like(tasks[name], { queries, documents });
  t.is(tasks.ailastatutes?.bm25['ndcg@10'], 0.20697288076497222);
  const mean = (profile: 'bm25' | 'dense' | 'reranking_hybrid', metric: keyof PublishedScores) =>
    Object.values(tasks).reduce((sum, task) => sum + task[profile][metric], 0) / 18;
  for (const [profile, ndcg, hit, recall] of [
    ['bm25', 0.4549858197, 0.6446504156, 0.6704116007],
    ['dense', 0.5306413999, 0.7242200867, 0.7946117955],
    ['reranking_hybrid', 0.5070919992, 0.7059157886, 0.7802460322],
  ] as const) {
    t.true(Math.abs(mean(profile, 'ndcg@10') - ndcg) < 1e-9, profile);
    t.true(Math.abs(mean(profile, 'hit@10') - hit) < 1e-9, profile);
    t.true(Math.abs(mean(profile, 'recall@100_micro') - recall) < 1e-9, profile);
  }
});

test('the best profile published for each task is the one with the highest nDCG@10', async (t) => {
  const { tasks } = (await readConfig('published/NanoMMTEB-v2.yaml', publishedScores))!;
  for (const [name, task] of Object.entries(tasks)) {
    const best = Math.max(task.bm25['ndcg@10'], task.dense['ndcg@10'], task.reranking_hybrid['ndcg@10']);
    t.is(task[task.best]['ndcg@10'], best, name);
  }
});

test('a config file is checked, and a missing one is not an error', async (t) => {
  t.is(await readConfig('groups/none.yaml', z.unknown()), undefined);
  t.deepEqual(await listConfig('none'), []);
  await t.throwsAsync(
    readConfig('groups/NanoMMTEB-v2.yaml', z.object({ tasks: z.array(z.object({ name: z.number() })) })),
    {
      name: 'InputError',
      message: /^config\/groups\/NanoMMTEB-v2\.yaml: tasks\.0\.name: .*number/,
    },
  );
});

test('the registry holds 50 groups of 569 tasks, each file right, with the counts of HAKARI', async (t) => {
  const groups = await readGroups();
  const counts = groups.map(({ name, tasks }) => {
    const sum = (field: 'queries' | 'documents') => tasks.reduce((total, task) => total + task[field]!, 0);
    return [name, tasks.length, sum('queries'), sum('documents')];
  });
  t.deepEqual(
    counts,
    [...COUNTS]
      .map((row) => [...row])
      .sort(([a], [b]) => Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))),
  );
  t.is(groups.length, 50);
  const tasks = groups.flatMap((group) => group.tasks);
  t.is(tasks.length, 569);
  for (const { name, datasetId, description, definedIn } of groups) {
    t.is(datasetId, `hakari-bench/${name}`);
    t.regex(description ?? '', /^\S.{9,58}$/, name);
    t.is(definedIn, undefined);
  }
  t.deepEqual(
    await listGroups(),
    groups.map(({ name }) => name),
  );
});

test('what tells groups apart: language, category, kind, doubts about counts', async (t) => {
  const groups = await readGroups();
  const names = (of: (group: (typeof groups)[number]) => boolean) => groups.filter(of).map(({ name }) => name);
  t.deepEqual(
    names(({ category }) => category === 'code'),
    ['NanoCoIR', 'NanoCodeRAG'],
  );
  t.is(names(({ kind }) => kind === 'nanobeir').length, 14);
  const tasks = groups.flatMap((group) => group.tasks);
  t.is(tasks.filter(({ countsInDoubt }) => countsInDoubt).length, 23);
  t.is(tasks.filter(({ category }) => category === 'code').length, 14);
  t.is(tasks.filter(({ language }) => language === 'en').length, 166);
  t.is(tasks.filter(({ language }) => language === 'multilingual').length, 76);
  const chinese = await findGroup('NanoCMTEB');
  t.is(chinese?.language, 'multilingual');
  t.deepEqual(chinese?.primaryLanguages, ['zh']);
  t.is((await findGroup('NanoBEIR-no'))?.primaryLanguages?.[0], 'no', 'YAML 1.1 would read false');
});

test('NanoMMTEB-v2 has the texts, languages, source and leakage note of each task', async (t) => {
  const { tasks = [], leakageNote } = (await findGroup('NanoMMTEB-v2')) ?? {};
  t.regex(leakageNote ?? '', /Leave out of training/);
  for (const {
    name,
    queries,
    positives,
    positivesPerQuery,
    characters,
    leakage,
    source,
    family,
    focus,
    languages,
  } of tasks) {
    t.truthy(family && focus && source?.datasetId && languages?.length, name);
    t.is(leakage?.overlapAudit, 'not_audited', name);
    t.true(characters!.queries.mean > 0 && characters!.documents.mean > 0, name);
    const mean = positives! / queries!;
    t.true(positivesPerQuery!.min <= mean && mean <= positivesPerQuery!.max, name);
  }
  t.deepEqual((await factsOf('ailastatutes'))?.characters?.documents, {
    min: 162,
    median: 898,
    mean: 1972.634146,
    max: 26037,
  });
  t.is((await factsOf('miracl'))?.languageShares?.documents.ar, 83.32);
  t.like(await factsOf('belebele'), { queries: 376, countsInDoubt: undefined, languageShares: undefined });
  t.like(await factsOf('mlqa'), { queries: 196, documents: 10_000 });
  t.regex((await factsOf('twitter_hjerne'))?.leakage?.note ?? '', /split train/);
});

test('a task of NanoBEIR goes by its short name too, whatever the case', async (t) => {
  const arabic = (await findGroup('NanoBEIR-ar'))!;
  for (const name of ['NanoSciFact', 'nanoscifact', 'scifact', 'SciFact'])
    t.is(findTask(arabic, name)?.name, 'NanoSciFact');
  t.is(new Set(arabic.tasks.map(({ alias }) => alias)).size, 13);
  t.is(findTask(arabic, 'scifac'), undefined);
  const law = (await findGroup('NanoLaw'))!;
  t.is(findTask(law, 'ailastatutes'), undefined);
  t.is(findTask(law, 'nanoailastatutes')?.name, 'NanoAILAStatutes');
});

test('without names six tasks are left out; who names a group gets it whole, and each task once', async (t) => {
  t.is((await selectTasks()).length, 563);
  t.is((await selectTasks([], { all: true })).length, 569);
  const left = (await findGroup('NanoDAPFAM'))!.tasks.filter(({ includedByDefault }) => !includedByDefault);
  t.is(left.length, 6);
  for (const { name, scopeReason } of left) {
    t.regex(name, /ToFullText$/);
    t.truthy(scopeReason);
  }
  t.is((await selectTasks(['nanodapfam'])).length, 18);
  const one = await selectTasks([`hakari-bench/NanoDAPFAM/${left[0]!.name}`]);
  t.deepEqual(
    one.map(({ task }) => task.name),
    [left[0]!.name],
  );
  const beir = await selectTasks(['NanoBEIR-en/scifact', 'mnanobeir', 'hakari-bench/nanobeir-en', 'NanoBEIR-vi']);
  t.is(beir.length, 14 * 13);
  t.is(beir[0]?.task.name, 'NanoSciFact');
  for (const unknown of ['Nano', 'org/name', 'NanoDAPFAM/none']) {
    await t.throwsAsync(selectTasks([unknown]), {
      name: 'InputError',
      message: /^\S+: no group, collection or GROUP\/TASK/,
    });
  }
});

test('a collection names known groups', async (t) => {
  t.deepEqual(await listCollections(), ['MNanoBEIR']);
  const collection = await findCollection('mnanobeir');
  t.is(collection?.groups.length, 14);
  for (const group of collection!.groups) t.is((await findGroup(group))?.kind, 'nanobeir');
  t.is(await findCollection('NanoMMTEB-v2'), undefined);
});

/** The user's own config folder, with files by name. It is in force until the test ends. */
async function ownConfig(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await scratch();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), content);
  }
  process.env.TENBIN_CONFIG = root;
  t.teardown(() => {
    delete process.env.TENBIN_CONFIG;
  });
  return root;
}

const mine = `
name: Mine
datasetId: me/mine
language: de
category: natural_language
tasks:
  - name: first
  - { name: second, language: fr, category: code, scope: { includeByDefault: false } }
`;

test.serial("the user's own files take part, and take the place of the package's", async (t) => {
  const root = await ownConfig(t, {
    'groups/Mine.yaml': mine,
    'groups/nanobirco.yaml': mine.replace('Mine', 'nanobirco').replace('me/mine', 'hakari-bench/NanoLaw'),
    'groups/Short.yaml': 'name: Short\nkind: nanobeir\ndatasetId: me/short\nlanguage: xx\ncategory: natural_language\n',
    'groups/notes.txt': 'not a group',
    'collections/Both.yaml': 'name: Both\ngroups: [mine, NanoBIRCO]\n',
    'published/Mine.yaml': `group: Mine\ntasks: {}\n`,
  });
  t.deepEqual(await findGroup('ME/Mine'), {
    name: 'Mine',
    datasetId: 'me/mine',
    kind: 'nano',
    language: 'de',
    category: 'natural_language',
    definedIn: join(root, 'groups/Mine.yaml'),
    tasks: [
      { name: 'first', language: 'de', displayLanguage: 'de', category: 'natural_language', includedByDefault: true },
      { name: 'second', language: 'fr', displayLanguage: 'fr', category: 'code', includedByDefault: false },
    ],
  });
  t.is((await listGroups()).length, 52);
  t.is((await findGroup('NanoBIRCO'))?.datasetId, 'hakari-bench/NanoLaw', 'a name in another case is the same name');
  t.is((await findGroup('hakari-bench/nanolaw'))?.name, 'nanobirco', "the user's own first");
  t.is((await findGroup('Short'))?.tasks.length, 13, 'the kind says which tasks there are');
  t.is((await findCollection('BOTH'))?.groups.join(), 'Mine,nanobirco');
  t.is((await selectTasks(['Both'])).length, 4);
  t.is((await selectTasks([])).length, 563 - 5 + 1 + 1 + 13, 'NanoBIRCO is hidden, one task of each of ours left out');
  t.deepEqual(await readPublished('Mine'), {});
  t.is(Object.keys((await readPublished('NanoMMTEB-v2'))!).length, 18);
});

test.serial('a file that is not right is refused by its name and key', async (t) => {
  const cases: readonly [string, string, RegExp][] = [
    ['a key that is not known', `${mine}licence: MIT\n`, /: document: Unrecognized key: "licence"$/],
    ['in a task', mine.replace('name: first', 'name: first\n    query: 3'), /: tasks\.0: Unrecognized key: "query"$/],
    ['a missing key', mine.replace(/language: de\n/, ''), /: language: /],
    ['a count', mine.replace('name: first', 'name: first\n    queries: -3'), /: tasks\.0\.queries: /],
    ['a task twice', mine.replace('name: second', 'name: first'), /: tasks\.1\.name: first is given twice$/],
    ['no task', mine.replace(/tasks:[\s\S]*/, ''), /: tasks: must hold a task$/],
    [
      'a path for a name',
      mine.replace('name: first', 'name: ../first'),
      /: tasks\.0\.name: must be a plain file name$/,
    ],
    ['a dataset id', mine.replace('me/mine', 'me/../mine'), /: datasetId: must be org\/name$/],
    ['a category', mine.replace('natural_language', 'prose'), /: category: /],
    [
      "a name that is not the file's",
      mine.replace('name: Mine', 'name: Yours'),
      /: name: must be the file's, Mine, got Yours$/,
    ],
    ['the kind', `${mine}kind: nanobeir\n`, /: tasks\.0\.name: first is no task of NanoBEIR$/],
    ['the leaderboard', `${mine}notOnLeaderboard: [third]\n`, /: notOnLeaderboard\.0: third is no task of the group$/],
    ['a key twice', `${mine}language: fr\n`, /: not YAML \(.*unique/],
    ['nothing', '', /: document: /],
  ];
  for (const [what, content, message] of cases) {
    const path = join(await ownConfig(t, { 'groups/Mine.yaml': content }), 'groups/Mine.yaml');
    for (const asked of [() => findGroup('mine'), readGroups, selectTasks]) {
      const error = await t.throwsAsync(asked(), { name: 'InputError', message }, what);
      t.true(error?.message.startsWith(`${path}: `), what);
      t.notRegex(error?.message ?? '', /\n/);
    }
    t.is((await findGroup('NanoLaw'))?.tasks.length, 8, 'what is not asked for is not parsed');
  }
  const path = join(
    await ownConfig(t, { 'collections/C.yaml': 'name: C\ngroups: [NanoLaw, Nowhere]\n' }),
    'collections/C.yaml',
  );
  await t.throwsAsync(findCollection('C'), { message: `${path}: groups.1: no group Nowhere is known` });
});

test.serial('TENBIN_CONFIG must be a folder, and the package is not the user', async (t) => {
  const root = await ownConfig(t, {});
  await symlink(resolve('config'), join(root, 'config'));
  process.env.TENBIN_CONFIG = join(root, 'config');
  t.is((await findGroup('NanoLaw'))?.definedIn, undefined);
  process.env.TENBIN_CONFIG = join(root, 'none');
  await t.throwsAsync(listGroups(), { name: 'InputError', message: /^TENBIN_CONFIG: \S+none is not a folder$/ });
  process.env.TENBIN_CONFIG = '';
  t.is((await listGroups()).length, 50);
});
