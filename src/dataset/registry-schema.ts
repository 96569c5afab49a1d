import { z } from 'zod';

/*
 * What may stand in config/groups/<name>.yaml and config/collections/<name>.yaml. A key that is not known here is
 * refused, so that a slip of the pen is not a fact that nobody reads. docs/datasets.md is the user's view.
 */

const text = z.string().min(1);
const count = z.int().nonnegative();
const percentages = z.record(text, z.number().min(0).max(100));
/** A name that becomes a file's. */
const name = z.string().regex(/^(?!\.)[^/\\\p{Cc}]+$/u, 'must be a plain file name');

const CATEGORIES = ['natural_language', 'code'] as const;

/** Lengths of texts in code points. */
const lengths = z.strictObject({
  min: count.optional(),
  median: z.number().nonnegative().optional(),
  mean: z.number().nonnegative(),
  max: count.optional(),
});

const scope = z.strictObject({
  /** False: left out of `all tasks`; whoever wants it names it, its group or a collection. */
  includeByDefault: z.boolean(),
  reason: text.optional(),
});

/** What is known of training data that could hold the task. */
const leakage = z.strictObject({
  /** Whether the source has a split for training. */
  trainSplit: z.enum(['available', 'not_found', 'unknown']),
  /** The source's split that the task was made from. */
  evaluationSplit: text,
  /** Whether somebody looked for the task in the source's training split, and what was found. */
  overlapAudit: text,
  note: text.optional(),
});

const taskSpec = z.strictObject({
  /** The split's name: files are `{config}/{name}.parquet`. */
  name,
  /** Declared: chooses the BM25 analyzer, even where it misdescribes the text. The group's where it is left out. */
  language: text.optional(),
  /** As the task's page shows it, where that differs. */
  displayLanguage: text.optional(),
  /** Main languages of the texts, as they were detected. */
  languages: z.array(text).optional(),
  /** The group's where it is left out. */
  category: z.enum(CATEGORIES).optional(),
  family: text.optional(),
  /** What is searched with what, e.g. `legal scenario to statute`. */
  focus: text.optional(),
  queries: count.optional(),
  documents: count.optional(),
  /** The numbers of queries and documents are of an older build of the data: data that has others may be right. */
  countsInDoubt: z.boolean().optional(),
  /** Positive judgements. */
  positives: count.optional(),
  positivesPerQuery: z
    .strictObject({ min: count, median: z.number().nonnegative(), max: count, queriesWithSeveral: count })
    .optional(),
  characters: z.strictObject({ queries: lengths, documents: lengths }).optional(),
  /** Percentage of the texts that were detected as each language. */
  languageShares: z.strictObject({ queries: percentages, documents: percentages }).optional(),
  /** Where the texts were taken from. */
  source: z
    .strictObject({ task: text, datasetId: text, revision: text.optional(), subset: text.optional(), split: text })
    .optional(),
  leakage: leakage.optional(),
  scope: scope.optional(),
});

export const groupSpec = z
  .strictObject({
    name,
    /** The dataset's id on the Hub. */
    datasetId: z.string().regex(/^\w[\w.-]*\/\w[\w.-]*$/, 'must be org/name'),
    /** nanobeir: its tasks are NanoBEIR's thirteen, which also go by their short names. */
    kind: z.enum(['nano', 'nanobeir']).default('nano'),
    description: text.optional(),
    language: text,
    /** What the group is about, where `language` is but `multilingual`. */
    primaryLanguages: z.array(text).optional(),
    category: z.enum(CATEGORIES),
    license: text.optional(),
    /** What training data must not hold. */
    leakageNote: text.optional(),
    /** Tasks that HAKARI's leaderboard leaves out of this group. */
    notOnLeaderboard: z.array(name).optional(),
    scope: scope.optional(),
    tasks: z.array(taskSpec).optional(),
  })
  .check(({ value, issues }) => {
    const { kind, tasks = [], notOnLeaderboard = [] } = value;
    const complain = (path: PropertyKey[], message: string) =>
      issues.push({ code: 'custom', input: value, path, message });
    const names = tasks.map((task) => task.name);
    if (kind === 'nano' && names.length === 0) complain(['tasks'], 'must hold a task');
    const twice = names.findIndex((task, i) => names.indexOf(task) < i);
    if (twice >= 0) complain(['tasks', twice, 'name'], `${names[twice]} is given twice`);
    const unknown = notOnLeaderboard.findIndex((task) => !names.includes(task));
    if (unknown >= 0) complain(['notOnLeaderboard', unknown], `${notOnLeaderboard[unknown]} is no task of the group`);
    const foreign = kind === 'nanobeir' ? names.findIndex((task) => !Object.values(NANO_BEIR).includes(task)) : -1;
    if (foreign >= 0) complain(['tasks', foreign, 'name'], `${names[foreign]} is no task of NanoBEIR`);
  });

export const collectionSpec = z.strictObject({
  name,
  description: text.optional(),
  language: text.optional(),
  category: z.enum(CATEGORIES).optional(),
  /** Names of groups. */
  groups: z.array(name).min(1),
});

/** Short name -> split of the tasks of a group of the kind nanobeir. */
export const NANO_BEIR: Readonly<Record<string, string>> = {
  climatefever: 'NanoClimateFEVER',
  dbpedia: 'NanoDBPedia',
  fever: 'NanoFEVER',
  fiqa2018: 'NanoFiQA2018',
  hotpotqa: 'NanoHotpotQA',
  msmarco: 'NanoMSMARCO',
  nfcorpus: 'NanoNFCorpus',
  nq: 'NanoNQ',
  quoraretrieval: 'NanoQuoraRetrieval',
  scidocs: 'NanoSCIDOCS',
  arguana: 'NanoArguAna',
  scifact: 'NanoSciFact',
  touche2020: 'NanoTouche2020',
};

export type TaskSpec = Readonly<z.infer<typeof taskSpec>>;
export type GroupSpec = Readonly<z.infer<typeof groupSpec>>;
export type CollectionFacts = Readonly<z.infer<typeof collectionSpec>>;
