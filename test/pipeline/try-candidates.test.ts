import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { type Turn, tryCandidates } from '../../src/pipeline/try-candidates.ts'
import { selectSeries } from '../../src/selection/select-series.ts'
import { makeFacts } from '../selection/make-facts.ts'

const rules = { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 }
const heads = [2, 5, 7, 9].map((seriesNumber) => makeFacts({ seriesNumber, images: 176 }))
const choice = selectSeries(heads, rules)
const noHead = new HippoError('HEAD_NOT_FOUND', 'No head was found.')

/** Tries the candidates; those of the given numbers fail with the error. */
async function attemptAll(failing: readonly number[], error: unknown, signal?: AbortSignal) {
  const turns: Turn[] = []
  const rejected: [Turn, HippoError][] = []
  const result = await tryCandidates(
    choice,
    async (turn) => {
      turns.push(turn)
      if (failing.includes(turn.candidate.facts.seriesNumber!)) throw error
      return turn
    },
    async (turn, problem) => void rejected.push([turn, problem]),
    signal ?? new AbortController().signal,
  ).catch((thrown: unknown) => thrown)
  return { result, turns, rejected, numbers: turns.map((t) => t.candidate.facts.seriesNumber) }
}
const reasons = ({ verdicts }: Turn) => verdicts.map(({ reason }) => reason)

describe('the turns of candidates', () => {
  it('end with the first one where it can be measured', async () => {
    const { turns, numbers } = await attemptAll([], noHead)
    expect(numbers).toEqual([9])
    expect(turns[0]).toMatchObject({ passedOver: [], verdicts: choice.verdicts })
  })

  it('continue with the next best, with the reason', async () => {
    const { numbers, turns } = await attemptAll([9], noHead)
    expect(numbers).toEqual([9, 7])
    expect(reasons(turns[1]!)).toEqual(['NOT_BEST', 'NOT_BEST', 'CHOSEN', 'NOT_MEASURABLE'])
    expect(turns[1]!.passedOver).toEqual([
      'Series number 9 comes before this one but cannot be measured: No head was found.',
    ])
    expect(turns[1]!.verdicts.map(({ chosen }) => chosen)).toEqual([false, false, true, false])
  })

  it('end after three with the error and the page of the first', async () => {
    const { result, numbers, rejected } = await attemptAll([2, 5, 7, 9], noHead)
    expect(numbers).toEqual([9, 7, 5])
    expect(result).toBe(noHead)
    expect(rejected.map(([{ candidate }]) => candidate.facts.seriesNumber)).toEqual([9])
    expect(reasons(rejected[0]![0])).toEqual([
      'NOT_BEST',
      'NOT_MEASURABLE',
      'NOT_MEASURABLE',
      'NOT_MEASURABLE',
    ])
  })

  it.each([
    ['an archive that is down', new HippoError('ARCHIVE_UNREACHABLE', 'It is down.'), undefined],
    ['an abort', noHead, AbortSignal.abort()],
  ])('end immediately with %s', async (_, error, signal) => {
    const { result, numbers, rejected } = await attemptAll([9], error, signal)
    expect([result, numbers, rejected]).toEqual([error, [9], []])
  })

  it('do not start if nothing was selected', async () => {
    const none = selectSeries([makeFacts({ images: 3 })], rules)
    const trial = tryCandidates(
      none,
      async () => 1,
      async () => {},
      new AbortController().signal,
    )
    await expect(trial).rejects.toMatchObject({ code: 'NO_MEASURABLE_SERIES' })
  })
})
