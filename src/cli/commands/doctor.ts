import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import type { CommandBody } from '../command-body.js';
import { examine } from '../doctor-report.js';
import { doctorText } from '../doctor-text.js';

const options = {
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>>;

export const doctorCommand: CommandBody<Given> = {
  builder: (yargs) => yargs.options(options) as never,
  handler: doctor,
};

/** Status 1 when the core cannot be loaded: nothing else here is needed. */
async function doctor(given: Given): Promise<void> {
  const report = await examine();
  process.stdout.write(given.json ? `${JSON.stringify(report)}\n` : doctorText(report));
  if (!report.core.loaded) process.exitCode = 1;
}
