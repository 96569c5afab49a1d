import { buffer } from 'node:stream/consumers';
import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import { checkLanguage } from '../../analysis/languages.js';
import { openAnalyzer } from '../../analysis/open-analyzer.js';
import { InputError } from '../../common/errors.js';
import { decodeUtf8 } from '../../dataset/utf8.js';
import { missingEngine } from '../../report/missing-engine.js';
import type { CommandBody } from '../command-body.js';
import { ANALYZER_CHOICES } from '../lexical-options.js';

const options = {
  analyzer: { type: 'string', demandOption: true, describe: ANALYZER_CHOICES },
  language: { type: 'string', describe: 'For stemmer and wordseg without an argument of their own: de, zh ...' },
  json: { type: 'boolean', describe: 'Print one JSON object: the analyzer, its engines, the tokens' },
} as const;

type Given = ArgumentsCamelCase<InferredOptionTypes<typeof options>> & {
  text: string | undefined;
  /** What stands behind `--`: a text that begins with a dash. */
  '--'?: string[];
};

export const analyzeCommand: CommandBody<Given> = {
  builder: (yargs) =>
    yargs
      .positional('text', { type: 'string', describe: 'The text; without it standard input is read' })
      .options(options)
      .requiresArg(['analyzer', 'language'])
      .example('$0 analyze --analyzer english_porter_stop "The universities enjoyed ties"', '')
      .example('$0 analyze --analyzer stemmer --language de "Wälder und Häuser"', '')
      .example('$0 analyze --analyzer regex -- "-- a text that begins with a dash"', '') as never,
  handler: analyze,
};

async function analyze(given: Given): Promise<void> {
  const language = given.language === undefined ? undefined : checkLanguage('--language', given.language);
  const analyzer = await openAnalyzer(given.analyzer, { language });
  const [text = given['--']?.join(' ')] = [given.text];
  const tokens = analyzer.tokenize(text ?? (await readStandardInput()));
  const { name, engines } = analyzer;
  const missing = missingEngine(engines);
  if (missing !== undefined) process.stderr.write(`${missing}\n`);
  if (given.json) process.stdout.write(`${JSON.stringify({ analyzer: name, engines, tokens })}\n`);
  else for (const token of tokens) process.stdout.write(`${token}\n`);
}

async function readStandardInput(): Promise<string> {
  const text = decodeUtf8(await buffer(process.stdin));
  if (text === undefined) throw new InputError('standard input: not UTF-8');
  return text;
}
