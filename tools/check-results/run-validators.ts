import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { type KnownComplaint, knownComplaints } from './known-complaints.ts'

type Tool = KnownComplaint['tool']

/** Missing validators; empty if all are installed. */
export const missingValidators = (['dciodvfy', 'dcentvfy', 'dsrdump'] as const).filter(
  (tool) => !existsSync(`/usr/bin/${tool}`),
)

function run(tool: Tool, options: readonly string[]): readonly string[] {
  const { stdout, stderr, status, error } = spawnSync(tool, options, {
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  })
  if (error) throw error
  // Exit code 1 means errors, which are judged individually; a signal gives null.
  if (status !== 0 && status !== 1) throw new Error(`${tool} ended with ${status}: ${stderr}`)
  return `${stdout}\n${stderr}`.split('\n').map((line) => line.trim())
}

const isKnown = (tool: Tool) => (line: string) =>
  knownComplaints.some((known) => known.tool === tool && known.pattern.test(line))

function complaintsOf(tool: Tool, options: readonly string[], isComplaint: RegExp): string[] {
  return run(tool, options).filter((line) => isComplaint.test(line) && !isKnown(tool)(line))
}

/**
 * Messages of dciodvfy about an instance, and of dsrdump about a structured report, without known
 * false ones.
 */
export function validateInstance(path: string, isStructuredReport: boolean): readonly string[] {
  const name = basename(path)
  const complaints = complaintsOf('dciodvfy', ['-new', path], /error|warning|abort/i)
  if (isStructuredReport) {
    complaints.push(...complaintsOf('dsrdump', ['+Pc', '+Pt', path], /^[EFW]: /))
  }
  return complaints.map((line) => `${name}: ${line}`)
}

/** Messages of dcentvfy about patient and study in sources and results together. */
export function validateEntities(paths: readonly string[]): readonly string[] {
  return [...new Set(complaintsOf('dcentvfy', paths, /error|warning|abort/i))]
}
