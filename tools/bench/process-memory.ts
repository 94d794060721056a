import { readFileSync } from 'node:fs'

function readMegabytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)
  return Math.round(Number(match?.[1] ?? 0) / 1024)
}

function listChildren(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number)
}

/**
 * Resident memory of a process and its children, now and at its highest, in MB (Linux). The peaks
 * of the processes are added although they may occur at different times: an upper bound.
 */
export function readMemory(pid: number): { now: number; peak: number } {
  const processes = [pid, ...listChildren(pid)]
  const sum = (field: string) =>
    processes.reduce((total, process) => total + readMegabytes(process, field), 0)
  return { now: sum('VmRSS'), peak: sum('VmHWM') }
}
