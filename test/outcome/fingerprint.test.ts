import { describe, expect, it } from 'vitest'
import { digestContent } from '../../src/measuring/digest-content.ts'
import {
  digestSettings,
  fingerprintSeries,
  fingerprintStudy,
} from '../../src/outcome/fingerprint.ts'
import { makeFacts } from '../selection/make-facts.ts'

const instance = (uid: string, revision = 'r1') => ({
  sopInstanceUid: uid,
  orthancInstanceId: undefined,
  revision,
})
const series = (...instances: ReturnType<typeof instance>[]) => makeFacts({ instances })
const one = series(instance('1.1'), instance('1.2'))

describe('the fingerprint of a study', () => {
  it('does not depend on the order in which the archive lists series and instances', () => {
    const other = series(instance('2.1'))
    const turned = series(instance('1.2'), instance('1.1'))
    expect(fingerprintStudy([one, other])).toBe(fingerprintStudy([other, turned]))
    expect(fingerprintSeries(one)).toBe(fingerprintSeries(turned))
  })

  it('changes when an image is added, removed, or replaced under its UID', () => {
    const prints = [
      one,
      series(instance('1.1')),
      series(instance('1.1'), instance('1.2'), instance('1.3')),
      series(instance('1.1'), instance('1.2', 'r2')),
    ].map((facts) => fingerprintStudy([facts]))
    expect(new Set(prints).size).toBe(4)
  })

  it('does not change because of our own results', () => {
    const own = { ...series(instance('9.9')), isOwnResult: true }
    expect(fingerprintStudy([one, own])).toBe(fingerprintStudy([one]))
  })
})

describe('digests', () => {
  const files = ['slice one', 'slice two'].map((text) => new TextEncoder().encode(text))

  it('of content depend on the bytes of unreadable files, not on their order', async () => {
    const all = await digestContent(files)
    expect(await digestContent(files.toReversed())).toBe(all)
    expect(await digestContent(files.slice(1))).not.toBe(all)
    expect(await digestContent([...files, files[0]!])).not.toBe(all)
  })

  it('of settings depend on values, not on their order', () => {
    expect(digestSettings({ a: 1, b: true })).toBe(digestSettings({ b: true, a: 1 }))
    expect(digestSettings({ a: 1, b: false })).not.toBe(digestSettings({ a: 1, b: true }))
  })
})
