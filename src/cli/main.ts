#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { packageVersion } from '../common/version.js';
import { evaluateCommand } from './commands/evaluate.js';
import { quickstartCommand } from './commands/quickstart.js';
import { scoreCommand } from './commands/score.js';

/** Wrong use of the command line or wrong input: one line and status 1. Anything else is a defect, shown whole. */
async function main(): Promise<void> {
  // Who reads our output may stop early, as `head` does.
  process.stdout.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit();
    throw error;
  });
  try {
    await yargs(hideBin(process.argv))
      .scriptName('tenbin')
      .locale('en')
      .usage('$0 <command>\n\nWeighs text-retrieval systems: BM25, dense embeddings, and their fusion.')
      .command(evaluateCommand)
      .command(scoreCommand)
      .command(quickstartCommand)
      .demandCommand(1, 'a command is needed; see tenbin --help')
      .strict()
      .middleware(refuseRepeatedOptions)
      .version(packageVersion())
      .wrap(Math.min(120, process.stdout.columns ?? 100))
      .fail((message, error) => {
        throw error ?? new InputError(message.replace(/\s+/g, ' '));
      })
      .parseAsync();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof InputError) process.stderr.write(`tenbin: ${error.message}\n`);
    else if (error instanceof Error && error.name === 'Interrupted') process.exitCode = 130;
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}\n`);
  }
}

/** An option given twice reaches its command as an array that it does not expect. */
function refuseRepeatedOptions(given: Readonly<Record<string, unknown>>): void {
  const lists = ['_', 'profiles', 'measures', 'candidates'];
  for (const [name, value] of Object.entries(given)) {
    if (Array.isArray(value) && !lists.includes(name)) throw new InputError(`--${name}: given more than once`);
  }
}

await main();
