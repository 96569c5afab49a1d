/** Up to `limit` of the known names that a misspelt one may have meant, the most alike first. */
export function nearestNames(name: string, known: readonly string[], limit = 3): string[] {
  const wanted = letters(name);
  const tolerated = Math.max(1, Math.floor(wanted.length / 4));
  const scored = [...new Set(known)].flatMap((candidate) => {
    const distance = distanceTo(wanted, letters(candidate));
    return distance <= tolerated ? [{ candidate, distance }] : [];
  });
  scored.sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length);
  return scored.slice(0, limit).map(({ candidate }) => candidate);
}

/** Letters and digits alone: nobody remembers where the dashes were. Nearly every name begins with Nano. */
function letters(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^nano(?=.)/, '');
}

/** The beginning of a name is better than any slip, but two letters are the beginning of too many. */
function distanceTo(wanted: string, name: string): number {
  const distance = editDistance(wanted, name);
  return wanted.length > 2 && name.startsWith(wanted) ? Math.min(0.5, distance) : distance;
}

/** Levenshtein's: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
