import { describe, expect, it } from 'vitest'
import type { HippocampusVolumes, Side } from '../../src/measurement/hippocampus-volumes.ts'
import {
  checkContrastAgent,
  checkLossyCompression,
} from '../../src/measurement/quality/check-acquisition.ts'
import { checkOneBody } from '../../src/measurement/quality/check-body.ts'
import { checkFieldOfView, checkMaskBorder } from '../../src/measurement/quality/check-box.ts'
import {
  checkAgreement,
  checkConfidence,
  isUncertain,
} from '../../src/measurement/quality/check-confidence.ts'
import { checkBrainCoverage, checkHeadFound } from '../../src/measurement/quality/check-head.ts'
import { checkNoise } from '../../src/measurement/quality/check-noise.ts'
import { checkResolution } from '../../src/measurement/quality/check-resolution.ts'
import {
  checkAsymmetry,
  checkParts,
  checkPlausibleVolume,
} from '../../src/measurement/quality/check-volumes.ts'
import { estimateNoise } from '../../src/measurement/quality/estimate-noise.ts'
import { worstVerdict } from '../../src/measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../../src/measurement/quality-finding.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const volumes = (totalMm3: number, share = 0.5, side: Side = 'left') =>
  ({
    side,
    anteriorMm3: share * totalMm3,
    posteriorMm3: (1 - share) * totalMm3,
    totalMm3,
  }) satisfies HippocampusVolumes

const gates: readonly (readonly [string, QualityFinding, QualityVerdict, RegExp])[] = [
  ['a head', checkHeadFound(0.83, undefined), 'measured', /^A head was recognised/],
  ['no head', checkHeadFound(0.31, 'unlike'), 'rejected', /^No head was recognised .*0\.31 of 1/],
  ['a doll', checkHeadFound(0.8, 'size'), 'rejected', /not have the size of a head/],
  ['a whole brain', checkBrainCoverage(0.99), 'measured', /99 % of the brain\.$/],
  ['a brain with its top missing', checkBrainCoverage(0.9), 'warning', /less certain/],
  ['half a brain', checkBrainCoverage(0.5), 'rejected', /cut off/],
  ['a box in the images', checkFieldOfView('left', 1), 'measured', /left hippocampus/],
  ['a box half outside', checkFieldOfView('right', 0.6), 'rejected', /40 % of its surroundings/],
  ['a mask within its box', checkMaskBorder('left', 0), 'measured', /ends within/],
  ['a mask that grazes its box', checkMaskBorder('left', 0.002), 'warning', /edge of the box/],
  ['a mask cut by its box', checkMaskBorder('right', 0.05), 'rejected', /may extend beyond it/],
  ['one body', checkOneBody('left', 0), 'measured', /one piece/],
  ['crumbs beside it', checkOneBody('left', 0.05), 'warning', /5\.0 % .*removed/],
  ['two bodies', checkOneBody('right', 0.4), 'rejected', /40\.0 %/],
  ['a healthy volume', checkPlausibleVolume(volumes(3300)), 'measured', /3300 mm³/],
  ['severe atrophy', checkPlausibleVolume(volumes(1200)), 'measured', /1200 mm³/],
  ['a sclerotic rest', checkPlausibleVolume(volumes(800)), 'warning', /check the outlines/],
  [
    'next to nothing',
    checkPlausibleVolume(volumes(400)),
    'rejected',
    /impossible for a hippocampus/,
  ],
  ['a lobe', checkPlausibleVolume(volumes(9000)), 'rejected', /impossible for a hippocampus/],
  ['halves', checkParts(volumes(3300)), 'measured', /50 %/],
  ['a small head', checkParts(volumes(3300, 0.2)), 'warning', /check the outlines/],
  ['no body', checkParts(volumes(3300, 0.97)), 'rejected', /97 %/],
  ['alike sides', checkAsymmetry(volumes(3300), volumes(3400)), 'measured', /differ by 3 %/],
  [
    'one-sided atrophy',
    checkAsymmetry(volumes(1900), volumes(3300)),
    'warning',
    /^The left .*54 %/,
  ],
  ['sclerosis of one side', checkAsymmetry(volumes(3300), volumes(1300)), 'warning', /87 %/],
  ['one side lost', checkAsymmetry(volumes(3300), volumes(900)), 'rejected', /^The right/],
  [
    'one-sided atrophy of sides that are not known',
    checkAsymmetry(volumes(1900, 0.5, 'unknown'), volumes(3300, 0.5, 'unknown')),
    'warning',
    /^One hippocampus is smaller than the other; the sides differ by 54 %/,
  ],
  ['a clear outline', checkConfidence('left', 0.94), 'measured', /clear to the model/],
  ['an unclear outline', checkConfidence('left', 0.84), 'warning', /less certain/],
  ['no outline', checkConfidence('left', 0.6), 'rejected', /not certain/],
  ['the same outline again', checkAgreement('left', 0.95), 'measured', /gave the same/],
  ['another outline', checkAgreement('left', 0.5), 'rejected', /did not give the same/],
  ['1 mm', checkResolution([1, 1, 1]), 'measured', /1 x 1 x 1 mm\.$/],
  ['1.6 mm', checkResolution([1, 1, 1.6]), 'warning', /coarse/],
  ['2 mm', checkResolution([2.0004, 2, 2]), 'warning', /coarse/],
  ['2.2 mm', checkResolution([1, 1, 2.2]), 'rejected', /needs 2 mm or less/],
  ['calm images', checkNoise('left', 0.03), 'measured', /3\.0 % of the contrast/],
  ['noisy images', checkNoise('left', 0.2), 'warning', /noisy/],
  ['nothing but noise', checkNoise('left', 0.5), 'rejected', /too noisy/],
  ['lossless images', checkLossyCompression(false), 'measured', /do not state/],
  ['lossy images', checkLossyCompression(true), 'warning', /lossy compression/],
  ['no contrast agent', checkContrastAgent(false), 'measured', /do not state/],
  ['a contrast agent', checkContrastAgent(true), 'warning', /contrast agent/],
]

describe('the quality gates', () => {
  it.each(gates)('give the right verdict on %s', (_what, finding, verdict, sentence) => {
    expect(finding.verdict).toBe(verdict)
    expect(finding.sentence).toMatch(sentence)
    expect(finding.sentence).toMatch(/^[A-Z0-9].*\.$/)
    expect(finding.sentence).not.toMatch(/undefined|NaN/)
    expect(finding.check).toMatch(/^[A-Z_]+$/)
  })

  it('use the worst finding', () => {
    const findings = gates.map(([, finding]) => finding)
    const passed = findings.filter(({ verdict }) => verdict === 'measured')
    const warned = findings.filter(({ verdict }) => verdict !== 'rejected')
    expect(worstVerdict([])).toBe('measured')
    expect(worstVerdict(passed)).toBe('measured')
    expect(worstVerdict(warned)).toBe('warning')
    expect(worstVerdict(findings)).toBe('rejected')
  })

  it('require a second pass below the certainty of ordinary crops', () => {
    expect(isUncertain(0.94)).toBe(false)
    expect(isUncertain(0.85)).toBe(true)
  })
})

describe('estimating noise', () => {
  const grid = makeGrid([36, 40, 36])
  const tissue = ([x, y, z]: readonly [number, number, number]) =>
    Math.hypot(x - 18, y - 20, z - 18) < 9 ? 400 : 1000 + 100 * Math.sin(x / 6 + y / 5)
  const noisy = (sigma: number) => {
    const random = seededRandom(3)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return paint(grid, (point) => tissue(point) + sigma * normal())
  }

  it('recovers added noise, whatever the structures', () => {
    const contrast = 1100 - 400
    expect(estimateNoise(noisy(0))).toBeLessThan(0.01)
    for (const sigma of [20, 60, 120]) {
      const expected = sigma / contrast
      const found = estimateNoise(noisy(sigma))
      expect(found).toBeGreaterThan(0.6 * expected)
      expect(found).toBeLessThan(1.3 * expected)
    }
  })

  it('is exact for noise alone on two even tissues', () => {
    const random = seededRandom(5)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const sigma = 20
    const halves = paint(grid, ([x]) => (x < 18 ? 500 : 1500) + sigma * normal())
    // The 5th and the 95th percentile lie 1.2816 standard deviations outside the two tissues.
    const expected = sigma / (1000 + 2 * 1.2816 * sigma)
    expect(estimateNoise(halves) / expected).toBeGreaterThan(0.95)
    expect(estimateNoise(halves) / expected).toBeLessThan(1.1)
  })

  it('ignores the background around a brain', () => {
    const random = seededRandom(4)
    const stripped = paint(grid, ([x, y, z]) =>
      Math.hypot(x - 18, y - 20, z - 18) < 14 ? 1000 + 300 * (random() - 0.5) : 0,
    )
    expect(estimateNoise(stripped)).toBeGreaterThan(0.2)
    expect(estimateNoise(paint(grid, () => 0))).toBe(0)
  })
})
