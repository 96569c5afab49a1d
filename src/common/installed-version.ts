import { readFileSync } from 'node:fs';

/** Version of an installed package, by the package.json above the file that an import of it loads. */
export function installedVersion(name: string): string {
  for (let url = new URL(import.meta.resolve(name)); ; ) {
    const parent = new URL('.', url);
    const manifest = readManifest(new URL('package.json', parent));
    if (manifest?.name === name) return manifest.version;
    url = new URL('..', parent);
    if (url.href === parent.href) throw new Error(`${name}: no package.json`);
  }
}

function readManifest(url: URL): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch {
    return undefined;
  }
}
