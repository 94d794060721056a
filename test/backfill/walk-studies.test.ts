import { describe, expect, it } from 'vitest'
import type { StudyListQuery } from '../../src/archive/list-studies.ts'
import { addDays, matchesDescription, parseDay } from '../../src/backfill/study-query.ts'
import { beginWalk, createStudyWalk, type WalkPlace } from '../../src/backfill/walk-studies.ts'
import { type MadeUpStudy, makeUpArchive } from './made-up-archive.ts'

const until = '20261127'

/** Every UID a walk gives from a place on, in its order. */
async function walk(
  studies: readonly MadeUpStudy[],
  query: Parameters<typeof beginWalk>[0],
  from = beginWalk(query),
  pageSize = 10,
) {
  const { listStudies, lists } = makeUpArchive(studies)
  const list = (asked: StudyListQuery) => listStudies(asked)
  const walking = createStudyWalk({ query, until, list, pageSize })
  const uids: string[] = []
  const places: WalkPlace[] = []
  let place: WalkPlace | undefined = from
  while (place !== undefined) {
    const page = await walking.read(place)
    for (const step of page?.steps ?? []) {
      uids.push(step.studyInstanceUid)
      places.push(step.next)
    }
    place = page?.next
  }
  return { uids, places, lists }
}

/** Studies spread unevenly over twenty years: three busy weeks, one day of 40, and long gaps. */
const archive: MadeUpStudy[] = Array.from({ length: 300 }, (_, index) => {
  const day =
    index < 40
      ? '20120229'
      : index < 200
        ? addDays('20150301', Math.floor((index - 40) / 8))
        : addDays('20060101', (index - 200) * 71)
  return { uid: `1.2.${(index * 7919) % 1000}.${index}`, day, patientId: `P${index % 7}` }
})

describe('the walk over an archive', () => {
  it('visits every study once, day by day, whatever the size of its pages', async () => {
    for (const pageSize of [1, 3, 10, 1000]) {
      const { uids } = await walk(archive, {}, undefined, pageSize)
      expect(uids).toHaveLength(archive.length)
      expect(new Set(uids)).toEqual(new Set(archive.map(({ uid }) => uid)))
      const days = uids.map((uid) => archive.find((study) => study.uid === uid)!.day!)
      expect(days).toEqual(days.toSorted())
    }
  })

  it('continues from any position as if it had never stopped', async () => {
    const whole = await walk(archive, { from: '20110101', to: '20160101' })
    for (const stop of [0, 1, 39, 40, 41, 120]) {
      const rest = await walk(archive, { from: '20110101', to: '20160101' }, whole.places[stop])
      expect(rest.uids).toEqual(whole.uids.slice(stop + 1))
    }
  })

  it('misses nothing when studies are added or deleted before its position', async () => {
    const { uids, places } = await walk(archive, {})
    const gone = archive.filter(({ uid }) => uid !== uids[10])
    const grown = [...gone, { uid: '1.2.0.1', day: '20060101' }]
    expect((await walk(grown, {}, places[20])).uids).toEqual(uids.slice(21))
  })

  it('stays within the days of the query, both included', async () => {
    const days = ['20200101', '20200102', '20200103', '20200104']
    const studies = days.map((day) => ({ uid: day, day }))
    const { uids } = await walk(studies, { from: '20200102', to: '20200103' })
    expect(uids).toEqual(['20200102', '20200103'])
  })

  it('visits studies without a date only in queries without a date', async () => {
    const studies = [{ uid: '1' }, { uid: '2', day: '20200101' }]
    expect((await walk(studies, {})).uids).toEqual(['1', '2'])
    expect((await walk(studies, { to: '20210101' })).uids).toEqual(['2'])
    const mine = [
      { uid: '1', patientId: 'P' },
      { uid: '2', patientId: 'P', day: '20200101' },
    ]
    expect((await walk(mine, { patientIds: ['P'] })).uids).toEqual(['1', '2'])
    expect((await walk(mine, { patientIds: ['P'], to: '20210101' })).uids).toEqual(['2'])
  })

  it('goes through a list of patients', async () => {
    const patientIds = ['P3', 'nobody', 'P5']
    const { uids, places } = await walk(archive, { patientIds })
    const meant = archive.filter(({ patientId }) => patientIds.includes(patientId!))
    expect(uids.toSorted()).toEqual(meant.map(({ uid }) => uid).toSorted())
    const rest = await walk(archive, { patientIds }, places[30])
    expect(rest.uids).toEqual(uids.slice(31))
  })

  it('ends today even if a query reaches into the future', async () => {
    const { uids } = await walk([{ uid: '1', day: '20990101' }], { to: '99991231' })
    expect(uids).toEqual([])
  })

  it('sends few requests for long gaps', async () => {
    const { lists } = await walk(archive.slice(0, 1), {}, undefined, 500)
    expect(lists.length).toBeLessThan(30)
  })
})

describe('the words of a query', () => {
  it('are days of the calendar', () => {
    expect(parseDay('2020-02-29')).toBe('20200229')
    expect(parseDay('20200229')).toBe('20200229')
    for (const wrong of ['2021-02-29', '20201301', '2020-1-1', '', '2020022', '0000-00-00']) {
      expect(parseDay(wrong), wrong).toBeUndefined()
    }
  })

  it('match anywhere in a description, with wildcards and ignoring case', () => {
    const texts = ['mprage', 'T1*sag', 'a.c']
    expect(matchesDescription(texts, [undefined, 'sT1w MPRAGE iso'])).toBe(true)
    expect(matchesDescription(texts, ['x t1 3D SAG y'])).toBe(true)
    expect(matchesDescription(texts, ['abc'])).toBe(false)
    expect(matchesDescription(['T?w'], ['T2W'])).toBe(true)
    expect(matchesDescription(['x'], [undefined])).toBe(false)
    expect(matchesDescription([], [])).toBe(true)
    expect(matchesDescription(['a*b*c', 'Ü?'], ['xaxbxcx'])).toBe(true)
    expect(matchesDescription(['a*b*c'], ['acb'])).toBe(false)
    expect(matchesDescription(['ü?'], ['Übersicht'])).toBe(true)
    expect(matchesDescription(['t?'], ['T'])).toBe(false)
    const [many, long] = [`${'*a'.repeat(31)}*b`, 'a'.repeat(10_000)]
    expect(matchesDescription([many], [long])).toBe(false)
    expect(matchesDescription([many], [`${long}b`])).toBe(true)
  })
})
