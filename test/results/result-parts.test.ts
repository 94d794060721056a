import { describe, expect, it } from 'vitest'
import { generalEquipmentModule } from '../../src/results/common-modules.ts'
import { makeResultUids } from '../../src/results/result-uids.ts'
import { intracranialVolumeGroup } from '../../src/results/sr/tid-1501-intracranial-volume.ts'

const identity = {
  studyInstanceUid: '1.2',
  sourceSeriesInstanceUid: '1.2.3',
  contentDigest: 'c',
  modelSha256: 'm',
  softwareVersion: '1.0.0',
  configDigest: 's',
  runNumber: 0,
}
const makers = {
  software: { name: 'HippoVolume', version: '1.0.0' },
  model: { name: 'unet', version: '1.2.0', sha256: '0123456789abcdef'.repeat(4) },
}

describe('what a result is made from', () => {
  it.each(Object.keys(identity) as (keyof typeof identity)[])('%s changes its UIDs', (part) => {
    const changed = { ...identity, [part]: part === 'runNumber' ? 1 : 'other' }
    for (const role of ['seg', 'sr', 'sc', 'details', 'montage', 'pdf', 'rejection'] as const) {
      const before = makeResultUids(identity, role)
      const after = makeResultUids(changed, role)
      expect(after.sopInstanceUid).not.toBe(before.sopInstanceUid)
      expect(after.seriesInstanceUid).not.toBe(before.seriesInstanceUid)
    }
  })

  it('names the model as equipment by the start of its checksum', () => {
    expect(generalEquipmentModule(makers).DeviceSerialNumber).toBe('0123456789abcdef')
  })

  it('states the standard error of the intracranial volume in cubic centimetres', () => {
    const group = intracranialVolumeGroup(
      {
        trackingId: 'Intracranial volume',
        trackingUid: '2.25.1',
        volume: { mm3: 1_450_000, standardErrorMm3: 58_000 },
        sources: { image: { sopClassUid: '1.2.840.10008.5.1.4.1.1.4', sopInstanceUid: '1.2.3' } },
      },
      makers,
    )
    expect(JSON.stringify(group)).toContain('standard error 58 cm3')
  })
})
