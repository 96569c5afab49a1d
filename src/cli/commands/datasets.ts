import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import type { CommandBody } from '../command-body.js';
import { describeDatasets, listDatasets } from '../datasets-report.js';
import { descriptionText, listingText } from '../datasets-text.js';

const options = {
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & { name: string | undefined };

export const datasetsCommand: CommandBody<Given> = {
  builder: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        describe: 'A group (NanoMMTEB-v2) or its dataset id, a collection (MNanoBEIR), or GROUP/TASK',
      })
      .options(options)
      .example('$0 datasets', '')
      .example('$0 datasets NanoMMTEB-v2', '')
      .example('$0 datasets NanoMMTEB-v2/miracl --json', '') as never,
  handler: datasets,
};

async function datasets({ name, json }: Given): Promise<void> {
  if (name === undefined) {
    const listing = await listDatasets();
    process.stdout.write(json ? `${JSON.stringify(listing)}\n` : listingText(listing));
  } else {
    const description = await describeDatasets(name);
    process.stdout.write(json ? `${JSON.stringify(description)}\n` : descriptionText(description));
  }
}
