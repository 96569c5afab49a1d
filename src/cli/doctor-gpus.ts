import { execFile } from 'node:child_process';

export interface Gpu {
  readonly name: string;
  readonly memoryMiB: number;
  readonly driver: string;
}

/** NVIDIA's GPUs by the driver's own tool, which may hang when the driver is broken; none where it is missing. */
export function findGpus(): Promise<Gpu[]> {
  const query = ['--query-gpu=memory.total,driver_version,name', '--format=csv,noheader,nounits'];
  return new Promise((resolve) => {
    execFile('nvidia-smi', query, { timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout) => {
      resolve(error === null ? parseGpus(stdout) : []);
    });
  });
}

export function parseGpus(listing: string): Gpu[] {
  return listing.split('\n').flatMap((line) => {
    const [, memory, driver, name] = /^\s*([^,]+), ([^,]+), (.+?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, memoryMiB: Number.parseInt(memory!, 10) || 0, driver: driver! }];
  });
}
