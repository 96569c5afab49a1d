import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { nearestNames } from '#src/cli/nearest-names.js';
import { scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';

async function json(...args: string[]) {
  const { code, stdout, stderr } = await tenbin(['datasets', ...args, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test('datasets lists groups and collections', async (t) => {
  const { code, stdout, stderr } = await tenbin(['datasets']);
  t.is(code, 0, stderr);
  t.regex(stdout, /^Group +Tasks +Language +Queries +Documents +Description\n/);
  t.regex(stdout, /^NanoMMTEB-v2 +18 +multilingual +3,248 +116,569 +\S/m);
  t.regex(stdout, /^NanoCMTEB +8 +zh +1,600 +80,000 +\S/m);
  t.regex(stdout, /^NanoCoIR +10 +en, code +/m);
  t.regex(stdout, /^50 groups, 569 tasks \(563 by default\): 76,971 queries and 3,376,104 documents\.$/m);
  t.regex(stdout, /^Not by default: 6 tasks of NanoDAPFAM\.$/m);
  t.regex(stdout, /^ {2}MNanoBEIR +14 groups +\S/m);
  t.notRegex(stdout, /[^\n]{121}| $/m, 'no line is wider than the help, none ends in a blank');
});

test('datasets --json lists the same', async (t) => {
  const { groups, collections, totals } = await json();
  t.deepEqual(totals, { groups: 50, tasks: 569, tasksByDefault: 563, queries: 76_971, documents: 3_376_104 });
  t.is(groups.length, 50);
  const patents = groups.find(({ name }: { name: string }) => name === 'NanoDAPFAM');
  t.like(patents, { datasetId: 'hakari-bench/NanoDAPFAM', kind: 'nano', tasks: 18, tasksByDefault: 12 });
  t.is(collections[0].name, 'MNanoBEIR');
});

test('a group is described with its tasks, published scores and notes', async (t) => {
  const { stdout } = await tenbin(['datasets', 'nanommteb-V2']);
  t.regex(stdout, /^NanoMMTEB-v2\n {2}about +A broad/);
  t.regex(stdout, /^ {2}dataset +hakari-bench\/NanoMMTEB-v2$/m);
  t.regex(stdout, /^ailastatutes +en +50 +82 +217 +0\.2070 +0\.2725 +0\.2557 +legal scenario to statute$/m);
  t.regex(stdout, /^mlqa +multilingual +196 +10,000 +196 /m);
  t.regex(stdout, /^ailastatutes +legal and government +3,038 +1,973 +en$/m);
  t.regex(stdout, /^ {2}leakage +Leave out of training/m);
  const { type, group, published } = await json('hakari-bench/NanoMMTEB-v2');
  t.is(type, 'group');
  t.is(group.tasks.length, 18);
  t.is(published.ailastatutes.bm25['ndcg@10'], 0.20697288076497222);
  const patents = (await tenbin(['datasets', 'NanoDAPFAM'])).stdout.replace(/\s+/g, ' ');
  t.is(
    patents.match(/Not by default \(the documents are full texts of patents\): (.*?)\./)?.[1]?.split(', ').length,
    6,
  );
  t.notRegex(patents, /Positives|BM25|Family/, 'columns without a cell are left out');
  t.regex((await tenbin(['datasets', 'NanoMIRACL'])).stdout, /^ar +ar +200\? +1,854\?$/m);
});

test('a collection is described by its groups', async (t) => {
  const { stdout } = await tenbin(['datasets', 'mnanobeir']);
  t.regex(stdout, /^MNanoBEIR\n/);
  t.regex(stdout, /^14 groups, 182 tasks: 9,086 queries and 793,383 documents\.$/m);
  const { type, collection, groups, totals } = await json('MNanoBEIR');
  t.is(type, 'collection');
  t.is(collection.groups[0], 'NanoBEIR-en');
  t.deepEqual([groups.length, totals.tasks], [14, 182]);
});

test('a task is described whole', async (t) => {
  const { stdout } = await tenbin(['datasets', 'NanoMMTEB-v2/twitter_hjerne']);
  t.regex(stdout, /^NanoMMTEB-v2\/twitter_hjerne\n {2}focus +Danish tweet to advice response$/m);
  t.regex(stdout, /^ {2}queries +77; characters: 48 to 383, median 148, mean 165\.8; da 97\.4%, no 2\.6%$/m);
  t.regex(stdout, /^ {12}per query 1 to 6, median 3; 75 queries have several$/m);
  t.regex(stdout.replace(/\s+/g, ' '), /split train; overlap audit: not audited The evaluation data comes from/);
  t.regex(stdout, /^Hybrid +0\.4402 +0\.8182 +0\.8702$/m);
  t.regex((await tenbin(['datasets', 'miracl'])).stdout, /^ {2}language +multilingual; declared ar, which/m);
  const patents = (await tenbin(['datasets', 'nanodapfamalltitlabstofulltext'])).stdout;
  t.regex(patents, /^NanoDAPFAM\/NanoDAPFAMAllTitlAbsToFullText\n[\s\S]*^ {2}scope +not by default \(the documents/m);
  const scifact = await json('nanobeir-sv/SCIFACT');
  t.is(scifact.type, 'task');
  t.like(scifact.task, { name: 'NanoSciFact', alias: 'scifact', language: 'sv', queries: 50, documents: 2919 });
  t.like(scifact.group, { name: 'NanoBEIR-sv', tasks: undefined });
  t.is(scifact.published, null);
});

test('a name that is not known, or that many have, is refused with the names it may mean', async (t) => {
  const refused = async (name: string) => {
    const { code, stdout, stderr } = await tenbin(['datasets', name]);
    t.deepEqual([code, stdout], [1, ''], name);
    return stderr;
  };
  t.regex(await refused('NanoMTEB2'), /^tenbin: NanoMTEB2: no group[^\n]*did you mean NanoMTEB-v2\?\n$/);
  t.regex(await refused('NanoLaw/NanoLegalQuad2'), /did you mean NanoLaw\/NanoLegalQuAD/);
  t.regex(await refused('qqqqqqqq'), /^tenbin: qqqqqqqq: [^\n]*; see tenbin datasets\n$/);
  t.regex(
    await refused('covid'),
    /^tenbin: covid: a task of several groups; say which: NanoCMTEB\/covid, NanoMMTEB-v2\/covid\n$/,
  );
});

test('near is what begins alike or differs by few letters', (t) => {
  const known = ['NanoMMTEB-v2', 'NanoMTEB-v2', 'NanoBEIR-en', 'NanoLaw', 'scifact'];
  t.deepEqual(nearestNames('mmteb', known), ['NanoMMTEB-v2']);
  t.deepEqual(nearestNames('nano_beir_en', known), ['NanoBEIR-en']);
  t.deepEqual(nearestNames('scifcat', known), []);
  t.deepEqual(nearestNames('scifat', known), ['scifact']);
  t.deepEqual(nearestNames('', known), []);
  t.is(nearestNames('nanox', ['NanoA', 'NanoB', 'NanoC', 'NanoD']).length, 3);
});

test('a config folder in the working directory takes part, and what is wrong in it is one line', async (t) => {
  const root = await scratch();
  await mkdir(join(root, 'config/groups'), { recursive: true });
  const path = join(root, 'config/groups/Mine.yaml');
  const spec = 'name: Mine\ndatasetId: me/mine\nlanguage: de\ncategory: code\nlicense: MIT\ntasks: [{ name: only }]\n';
  await writeFile(path, spec);
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [resolve('dist/cli/main.js'), 'datasets', ...args], { cwd: root });
  const { stdout } = await run('mine');
  t.regex(stdout, /^Mine\n[\s\S]* {2}language +de, code\n {2}licence +MIT\n {2}file +config\/groups\/Mine\.yaml\n/);
  t.regex(stdout, /^Task +Language\nonly +de$/m);
  t.regex((await run()).stdout, /^51 groups, 570 tasks/m);
  await writeFile(path, `${spec}licence: MIT\n`);
  await t.throwsAsync(run(), {
    message: /tenbin: config\/groups\/Mine\.yaml: document: Unrecognized key: "licence"\n$/,
  });
});
