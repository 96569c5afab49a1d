import { entry } from './aligned-text.js';
import type { DoctorReport } from './doctor-report.js';

/** A backend's name is indented, so what stands beside it is too. */
const BACKEND_LABEL = 14;

/** The report as an aligned listing, broken between words to fit 80 columns. */
export function doctorText(report: DoctorReport): string {
  const { cpu, memory, core, gpus, backends, packages } = report;
  const lines = [
    ...entry('tenbin', `${report.tenbin}, Node ${report.node}, ${report.platform}`),
    ...entry('CPU', `${cpu.model}, ${cpu.logicalCores} logical`),
    ...entry('memory', `${gigabytes(memory.totalBytes)}, ${gigabytes(memory.freeBytes)} free`),
  ];
  if (core.loaded) {
    const { compiled, usable } = core.isas;
    lines.push(
      ...entry('core', `${core.isa}, ${core.threads} ${core.threads === 1 ? 'thread' : 'threads'}`),
      ...entry('', `compiled: ${compiled.join(' ')}`),
      ...entry('', `usable:   ${usable.join(' ')}`),
    );
  } else lines.push(...entry('core', core.error));
  if (gpus.length === 0) lines.push(...entry('GPU', 'none found'));
  for (const { name, memoryMiB, driver } of gpus) {
    lines.push(...entry('GPU', `${name}, ${gigabytes(memoryMiB * 2 ** 20)}, driver ${driver}`));
  }
  lines.push('', 'Vector backends');
  for (const { backend, available, detail, remedy } of backends) {
    lines.push(...entry(`  ${backend}`, `${available ? 'available' : 'not available'}: ${detail}`, BACKEND_LABEL));
    if (remedy !== undefined) lines.push(...entry('', `to get it: ${remedy}`, BACKEND_LABEL));
  }
  lines.push('', 'Optional packages');
  for (const { name, purpose, version, install } of packages) {
    lines.push(`  ${name} ${version ?? 'is not installed'} (${purpose})`);
    if (version === null) lines.push(`    ${install}`);
  }
  return `${lines.join('\n')}\n`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
