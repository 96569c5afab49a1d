import { readFileSync, writeFileSync } from 'node:fs';

/** Lets the kernel count the peak anew from here on (proc(5), clear_refs); returns the memory in use. */
export function resetPeak() {
  if (process.platform !== 'linux') return null;
  writeFileSync('/proc/self/clear_refs', '5');
  return memory('VmRSS');
}

/** A field of proc(5)'s status, in bytes. */
export function memory(field) {
  const status = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]);
}

/** The most memory that this process had, in bytes. Linux's own answer, maxRSS, is that of the parent where it had more. */
export function peakMemory() {
  return process.platform === 'linux' ? memory('VmHWM') : 1024 * process.resourceUsage().maxRSS;
}
