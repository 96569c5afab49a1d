import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Has the backend `faiss-node` take what `npm run build:faiss-node` has built, if it has and no other is named. */
export function useBuiltFaissNode(): void {
  const built = fileURLToPath(new URL('../../faiss-node/node_modules/faiss-node', import.meta.url));
  if (!process.env.TENBIN_FAISS_NODE && existsSync(built)) process.env.TENBIN_FAISS_NODE = built;
}
