import { readFileSync } from 'node:fs'

function readMegabytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)
  return Math.round(Number(match?.[1] ?? 0) / 1024)
}

/** Resident memory of a process now and at its highest, in MB (Linux). */
export function readMemory(pid: number): { now: number; peak: number } {
  return { now: readMegabytes(pid, 'VmRSS'), peak: readMegabytes(pid, 'VmHWM') }
}
