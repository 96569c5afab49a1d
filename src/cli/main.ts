#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { show } from '../common/check.js';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { packageVersion } from '../common/version.js';
import { addCommands } from './commands.js';

/** Wrong use of the command line or wrong input: one line and status 1. Anything else is a defect, shown whole. */
async function main(): Promise<void> {
  process.stdout.on('error', outputFailed);
  process.stderr.on('error', () => undefined);
  try {
    const words = hideBin(process.argv);
    refuseEmptyWords(words);
    const commandLine = yargs(words);
    await addCommands(commandLine, words);
    await commandLine
      .scriptName('tenbin')
      .locale('en')
      .usage('$0 <command>\n\nWeighs text-retrieval systems: BM25, dense embeddings, and their fusion.')
      .demandCommand(1, 'a command is needed; see tenbin --help')
      .strict()
      .middleware([refuseRepeatedOptions, (given) => refuseNotNumbers(given, words)])
      .parserConfiguration({ 'boolean-negation': false, 'dot-notation': false, 'populate--': true })
      .version(packageVersion())
      .wrap(Math.min(120, process.stdout.columns ?? 100))
      .fail((message, error) => {
        // yargs' own errors are about the command line too, and some come without a message beside them.
        if (error !== undefined && error.name !== 'YError') throw error;
        throw new InputError((message ?? messageOf(error)).replace(/\s+/g, ' '));
      })
      .parseAsync();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof InputError) process.stderr.write(`tenbin: ${error.message}\n`);
    else if (error instanceof Error && error.name === 'Interrupted') process.exitCode = 130;
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}\n`);
  }
}

/** Who reads our output may stop early, as `head` does; that must not end the work, whose files are still written. */
function outputFailed(error: Error): void {
  if (errorCode(error) === 'EPIPE') return;
  process.exitCode = 1;
  process.stderr.write(`tenbin: output cannot be written (${messageOf(error)})\n`);
}

/** `--b ""`, of a variable that is not set, would be read as 0. */
function refuseEmptyWords(words: readonly string[]): void {
  const option = words.find((word, i) => /^--[^=]+=$/.test(word) || (/^--./.test(word) && words[i + 1] === ''));
  if (option !== undefined) throw new InputError(`${option.replace(/=$/, '')}: its value is empty`);
}

/** An option given twice reaches its command as an array that it does not expect. */
function refuseRepeatedOptions(given: Readonly<Record<string, unknown>>): void {
  const lists = [
    '_',
    '--',
    'profiles',
    'measures',
    'candidates',
    'sources',
    'train',
    'field',
    'source',
    'source-field',
    'sourceField',
  ];
  for (const [name, value] of Object.entries(given)) {
    if (Array.isArray(value) && !lists.includes(name)) throw new InputError(`--${name}: given more than once`);
  }
}

/** What is not a number reaches its command as NaN, which says nothing of what was written. */
function refuseNotNumbers(given: Readonly<Record<string, unknown>>, words: readonly string[]): void {
  for (const [name, value] of Object.entries(given)) {
    const option = `--${name}`;
    const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
    if (!Number.isNaN(value) || at < 0) continue;
    const written = words[at] === option ? words[at + 1] : words[at]!.slice(option.length + 1);
    throw new InputError(`${option} must be a number, got ${show(written)}`);
  }
}

await main();
