import type { Analyzer } from '../analysis/analyzer.js';
import { checkLanguage } from '../analysis/languages.js';
import { openAnalyzer } from '../analysis/open-analyzer.js';
import { chooseAnalyzer, declaredLanguage } from '../analysis/policy.js';
import type { Task, TextRow } from '../dataset/task.js';
import type { LexicalOptions } from './profile.js';

export interface PickedAnalyzer {
  readonly analyzer: Analyzer;
  readonly why: string;
  /** What decides tokens and language beside Tenbin: `name version, name version`. */
  readonly engines: string;
}

/** The analyzer of a task: the one given, or the one that the policy chooses. */
export async function pickAnalyzer(
  task: Task,
  options: LexicalOptions,
  queries: readonly TextRow[],
): Promise<PickedAnalyzer> {
  const { analyzer } = options;
  if (typeof analyzer === 'object') return { analyzer, why: 'given', engines: '' };
  const language = options.language === undefined ? undefined : checkLanguage('language', options.language);
  if (analyzer !== undefined) {
    const opened = await openAnalyzer(analyzer, { language: language ?? declaredLanguage(task.language) });
    return { analyzer: opened, why: 'given', engines: list(opened.engines) };
  }
  const texts = queries.map(({ text }) => text);
  const choice = await chooseAnalyzer(task, texts, language);
  const opened = await openAnalyzer(choice.analyzer);
  return { analyzer: opened, why: choice.why, engines: list({ ...opened.engines, ...choice.engines }) };
}

function list(engines: Readonly<Record<string, string>>): string {
  return Object.entries(engines)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}
