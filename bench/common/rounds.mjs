const ROUNDS = 5;
const FEW_ROUNDS = 3;
/** So many documents are searched long enough for fewer samples to do. */
const MANY = 100_000;

/** From so many documents on, one sample of a long work has to do. */
export const MOST = 1_000_000;

/** Trials of an engine over `size` documents, which takes turns with the others. One far behind has one: no interval. */
export function roundsOf({ isSlow, isFarBehind }, size) {
  if (isFarBehind) return 1;
  return isSlow || size >= MANY ? FEW_ROUNDS : ROUNDS;
}
