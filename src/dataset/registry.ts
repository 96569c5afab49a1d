import { z } from 'zod';
import { listConfig, readConfig } from '../common/config-file.js';

/*
 * The groups and tasks that are known before any data is read, from config/groups/.
 */

const count = z.int().nonnegative();

const taskFacts = z.strictObject({
  name: z.string(),
  /** Declared in the HAKARI registry; chooses the BM25 analyzer, even where it misdescribes the text. */
  language: z.string(),
  /** As the task's page shows it. */
  displayLanguage: z.string(),
  category: z.enum(['natural_language', 'code']),
  family: z.string(),
  /** What is searched with what, e.g. `legal scenario to statute`. */
  focus: z.string(),
  queries: count,
  documents: count,
  /** Positive judgements. */
  positives: count,
});

const groupFacts = z.strictObject({
  name: z.string(),
  /** The dataset's id on the Hub. */
  datasetId: z.string(),
  tasks: z.array(taskFacts),
});

export type TaskFacts = Readonly<z.infer<typeof taskFacts>>;
export type GroupFacts = Readonly<z.infer<typeof groupFacts>>;

/** The names of the known groups, sorted. */
export function listGroups(): Promise<string[]> {
  return listConfig('groups');
}

/** A group by its name, whatever the case, or by its dataset id. Undefined when it is not known. */
export async function findGroup(nameOrId: string): Promise<GroupFacts | undefined> {
  const wanted = nameOrId.toLowerCase();
  const names = await listGroups();
  const byName = names.find((name) => name.toLowerCase() === wanted);
  if (byName !== undefined) return readGroup(byName);
  for (const name of names) {
    const group = await readGroup(name);
    if (group?.datasetId.toLowerCase() === wanted) return group;
  }
  return undefined;
}

function readGroup(name: string): Promise<GroupFacts | undefined> {
  return readConfig(`groups/${name}.yaml`, groupFacts);
}
