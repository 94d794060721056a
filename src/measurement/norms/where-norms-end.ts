import { expectVolume, type NormedPerson } from './expected-volume.ts'
import type { Norms } from './norms.ts'

const litres = (mm3: number) => (mm3 / 1e6).toFixed(2)

/**
 * Why a regression is not valid for a person within its ages and head sizes: it expects a right
 * hippocampus smaller than the left one, or smaller ones in larger heads, unlike any group of
 * healthy people. Polynomials do so at their edges, where data are sparse. Undefined if it is
 * valid.
 */
export function findEndOfNorms(norms: Norms, person: NormedPerson): string | undefined {
  if (norms.kind === 'nomogram') return undefined
  const left = expectVolume(norms, 'left', person)!
  const right = expectVolume(norms, 'right', person)!
  const where = `At ${Math.floor(person.ageYears)} years and with a head of ${litres(person.intracranialVolumeMm3!)} litres the norms (${norms.source.name}) expect`
  if (right.medianMm3 < left.medianMm3) {
    return `${where} the right hippocampus to be smaller than the left one, unlike in healthy people: they are not valid there.`
  }
  if (Math.min(left.perIntracranialMm3, right.perIntracranialMm3) <= 0) {
    return `${where} larger heads to have smaller hippocampi, which is wrong: they are not valid there.`
  }
  return undefined
}
