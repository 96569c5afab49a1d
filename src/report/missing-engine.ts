/** A sentence when an optional engine that would cut words is not installed, so that ICU does; else undefined. */
export function missingEngine(engines: Readonly<Record<string, string>>): string | undefined {
  const [missing] = Object.entries(engines).filter(([, version]) => version.startsWith('not installed'));
  return missing && `${missing.join(' ')}: ICU cut the words.`;
}
