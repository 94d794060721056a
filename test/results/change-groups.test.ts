import { describe, expect, it } from 'vitest'
import { describeChanges } from '../../src/fhir/longitudinal-components.ts'
import type { SideChange } from '../../src/measurement/longitudinal-change.ts'
import { longitudinalGroup } from '../../src/results/sr/tid-1501-longitudinal.ts'

const side: SideChange = {
  side: 'left',
  percent: -4.126,
  lower: -6.1,
  upper: -2.2,
  percentPerYear: -2.063,
  lowerPerYear: -3.05,
  upperPerYear: -1.1,
}
const change = { studyInstanceUid: '1.2.3', studyDate: '20240101', years: 2 }
const makers = {
  software: { name: 'HippoVolume', version: '0.1.0' },
  model: { name: 'made-up', version: '1', sha256: 'a'.repeat(64) },
}

/** All numbers of a tree by the code of their concept, in their order. */
function listNumbers(item: unknown): [string, string][] {
  const { ContentSequence = [], ...own } = item as {
    ContentSequence?: unknown[]
    ConceptNameCodeSequence: { CodeValue: string }[]
    MeasuredValueSequence?: { NumericValue: string }[]
  }
  const value = own.MeasuredValueSequence?.[0]?.NumericValue
  const here: [string, string][] =
    value === undefined ? [] : [[own.ConceptNameCodeSequence[0]!.CodeValue, value]]
  return [...here, ...ContentSequence.flatMap(listNumbers)]
}

const groupOf = (one: SideChange) =>
  longitudinalGroup(
    { change, side: one, trackingId: 'Change', trackingUid: '1.2.4' },
    makers as unknown as Parameters<typeof longitudinalGroup>[1],
  )

describe('the change since an earlier study', () => {
  it('is coded in the structured report with its interval, in percent and a year', () => {
    expect(listNumbers(groupOf(side))).toEqual([
      ['VOLUMECHANGE', '-4.13'],
      ['INTERVALLOWER', '-6.1'],
      ['INTERVALUPPER', '-2.2'],
      ['VOLUMECHANGERATE', '-2.06'],
      ['INTERVALLOWER', '-3.05'],
      ['INTERVALUPPER', '-1.1'],
      ['TIMEBETWEEN', '2'],
    ])
  })

  it('has no rate if the studies are too close in time', () => {
    const { percentPerYear: _, ...close } = side
    const codes = listNumbers(groupOf(close)).map(([code]) => code)
    expect(codes).not.toContain('VOLUMECHANGERATE')
  })

  it('is a separate Observation in FHIR if it was measured', () => {
    const [found] = describeChanges({ ...change, sides: [side], sentence: '' })
    expect(found!.content.valueQuantity).toMatchObject({ value: -4.13, code: '%' })
    expect(found!.content.bodySite.text).toBe('left hippocampus')
    expect(describeChanges({ ...change, sides: [], sentence: 'No.', reason: 'MOTION' })).toEqual([])
  })
})
