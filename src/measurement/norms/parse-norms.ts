import { HippoError } from '../../errors.ts'
import { findSchemaFault } from '../../schema-fault.ts'
import { type NomogramTable, type Norms, normsSchema } from './norms.ts'

function invalid(problem: string): HippoError {
  return new HippoError('CONFIG_INVALID', `The norms are not usable: ${problem}.`)
}

const rises = (values: readonly number[]) =>
  values.every((value, index) => index === 0 || value > values[index - 1]!)

function findTableProblem({ sex, side, percentiles, rows }: NomogramTable): string | undefined {
  const name = `the table ${sex} ${side}`
  if (!rises(percentiles)) return `${name} has percentiles that are not ascending`
  if (!rises(rows.map(({ age }) => age))) return `${name} has ages that are not ascending`
  const odd = rows.find(
    ({ volumesMm3 }) => volumesMm3.length !== percentiles.length || !rises(volumesMm3),
  )
  return odd && `${name} needs one ascending volume for each percentile at age ${odd.age}`
}

function findProblem(norms: Norms): string | undefined {
  const ranges = [
    norms.ages,
    ...norms.calibrations.map(({ ages }) => ages),
    ...(norms.kind === 'regression' ? [norms.intracranialVolumeMm3] : []),
  ]
  if (ranges.some(({ minimum, maximum }) => minimum >= maximum)) return 'a range is empty'
  const fits = norms.calibrations.flatMap(({ whole, parts }) => [
    whole,
    ...(parts ? [parts.anterior, parts.posterior] : []),
  ])
  if (fits.some(({ covariance }) => covariance.some((row, at) => row[at]! < 0))) {
    return 'a calibration has a negative variance'
  }
  if (norms.kind === 'regression') return undefined
  const keys = norms.tables.map(({ sex, side }) => `${sex} ${side}`)
  if (new Set(keys).size < keys.length) return 'a sex and side have two tables'
  return norms.tables.map(findTableProblem).find((problem) => problem !== undefined)
}

/**
 * Validates a norms file against its schema (norms.ts) and rules beyond the schema. Throws
 * CONFIG_INVALID with the location of the fault.
 */
export function parseNorms(content: unknown): Norms {
  if (typeof content === 'object' && content !== null && 'methodOffsets' in content) {
    throw invalid(
      'its methodOffsets are from an earlier version; use calibrations instead (docs/norms.md)',
    )
  }
  const fault = findSchemaFault(normsSchema, content)
  if (fault !== undefined) throw invalid(fault)
  const norms = content as Norms
  const problem = findProblem(norms)
  if (problem !== undefined) throw invalid(problem)
  return norms
}
