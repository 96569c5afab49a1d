import type { Argv } from 'yargs';
import type { CommandBody } from './command-body.js';

type AddCommand = (commandLine: Argv, words: readonly string[]) => Promise<unknown>;

const COMMANDS: readonly AddCommand[] = [
  command(
    'evaluate <profiles..>',
    'Rank the documents of each task by one profile or several, and measure the rankings',
    async () => (await import('./commands/evaluate.js')).evaluateCommand,
  ),
  command(
    'score',
    'Score a TREC run against judgements, as trec_eval does',
    async () => (await import('./commands/score.js')).scoreCommand,
  ),
  command(
    'analyze [text]',
    'Print the tokens that an analyzer makes of a text, one a line',
    async () => (await import('./commands/analyze.js')).analyzeCommand,
  ),
  command(
    'quickstart',
    'Make a small dataset from WordNet, which needs no download, and weigh all three profiles on it',
    async () => (await import('./commands/quickstart.js')).quickstartCommand,
  ),
  command(
    'datasets [name]',
    'List the known groups of tasks, or describe a group, a collection or a task',
    async () => (await import('./commands/datasets.js')).datasetsCommand,
  ),
  command(
    'convert <from> <target>',
    'Write a dataset in another layout: Nano parquet, BEIR, or TREC',
    async () => (await import('./commands/convert.js')).convertCommand,
  ),
  command(
    'build <sources..>',
    'Make a Nano set of a full benchmark: sample it, add candidates, and audit what was made',
    async () => (await import('./commands/build.js')).buildCommand,
  ),
  command(
    'audit',
    'Say whether training files contain the queries or documents of a dataset',
    async () => (await import('./commands/audit.js')).auditCommand,
  ),
  command(
    'doctor',
    'Say what this machine offers: CPU, GPU, vector backends, optional packages',
    async () => (await import('./commands/doctor.js')).doctorCommand,
  ),
];

/** Adds all commands. Of those that `words` does not name only the names are loaded: the rest takes half a second. */
export async function addCommands(commandLine: Argv, words: readonly string[]): Promise<void> {
  for (const add of COMMANDS) await add(commandLine, words);
}

function command<Options>(usage: string, describe: string, load: () => Promise<CommandBody<Options>>): AddCommand {
  const [name] = usage.split(' ', 1);
  return async (commandLine, words) => {
    if (words.includes(name!)) commandLine.command({ command: usage, describe, ...(await load()) });
    else commandLine.command(usage, describe);
  };
}
