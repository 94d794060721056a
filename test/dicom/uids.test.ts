import { expect, it } from 'vitest'
import { implementationClassUid, implementationVersionName, makeUid } from '../../src/dicom/uids.ts'

it('derives valid UIDs of at most 44 characters from UUID version 5', () => {
  for (let number = 0; number < 1000; number += 1) {
    const uid = makeUid('role', number)
    expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/)
    const uuid = BigInt(uid.slice(5)).toString(16).padStart(32, '0')
    expect(uuid).toMatch(/^[0-9a-f]{12}5[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
  }
})

it('derives equal UIDs from equal parts, and different ones from other parts, order or boundaries', () => {
  expect(makeUid('sc/instance', '1.2.3', 0)).toBe(makeUid('sc/instance', '1.2.3', 0))
  const different = [['a', 'b'], ['b', 'a'], ['ab'], ['a|b'], ['a', 'b', ''], ['a%7Cb'], []]
  expect(new Set(different.map((parts) => makeUid(...parts))).size).toBe(different.length)
})

it('never changes the UIDs of results that are already in archives', () => {
  expect(makeUid('sc/instance', '1.2.3', 0)).toBe('2.25.150840944788069018468014288695886767609')
  expect(implementationClassUid).toBe('2.25.87357849904408814335448993326890740429')
  expect(implementationVersionName.length).toBeLessThanOrEqual(16)
})
