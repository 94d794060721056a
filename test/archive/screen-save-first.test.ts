import { describe, expect, it } from 'vitest'
import type { AnswerBody, ArchiveHttp } from '../../src/archive/archive-http.ts'
import { readCatalogue } from '../../src/archive/read-catalogue.ts'

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'
const mr = '1.2.840.10008.5.1.4.1.1.4'

type Tags = Readonly<Record<string, string>>

/** An archive with one series of these instances, in the order of its list. */
function holding(instances: readonly Tags[]): { http: ArchiveHttp; asked: string[] } {
  const asked: string[] = []
  const answers: Record<string, unknown> = {
    '/studies/study': {
      ID: 'study',
      IsStable: true,
      LastUpdate: '20260101T000000',
      MainDicomTags: { StudyInstanceUID: '1.2' },
      PatientMainDicomTags: { PatientID: 'P' },
    },
    '/studies/study/series?expand': [
      { ID: 'series', MainDicomTags: { SeriesInstanceUID: '1.2.3' } },
    ],
    '/studies/study/instances?expand': instances.map(({ ImagePositionPatient }, index) => ({
      ID: `instance-${index}`,
      FileUuid: `file-${index}`,
      ParentSeries: 'series',
      IndexInSeries: index + 1,
      MainDicomTags: {
        SOPInstanceUID: `1.2.3.${index + 1}`,
        InstanceNumber: String(index),
        ...(ImagePositionPatient && { ImagePositionPatient }),
      },
    })),
  }
  const http = {
    async exchange(
      { path }: { path: string },
      consume: (body: AnswerBody, headers: object) => unknown,
    ) {
      const index = /instance-(\d+)/.exec(path)?.[1]
      if (index !== undefined) asked.push(path)
      const tags = index === undefined ? answers[path] : instances[Number(index)]
      async function* body() {
        yield Buffer.from(JSON.stringify(tags))
      }
      return tags === undefined ? undefined : consume(body() as never, {})
    },
    close: async () => {},
  }
  return { http: http as unknown as ArchiveHttp, asked }
}

const slice = (z: number): Tags => ({
  SOPClassUID: mr,
  Modality: 'MR',
  SeriesDescription: 'T1 MPRAGE',
  ImageType: 'ORIGINAL\\PRIMARY\\M\\ND',
  ImagePositionPatient: `0\\0\\${z}`,
})
const save: Tags = {
  SOPClassUID: secondaryCapture,
  Modality: 'OT',
  ImageType: 'DERIVED\\SECONDARY',
}
const screen: Tags = {
  SOPClassUID: mr,
  Modality: 'MR',
  ImageType: 'DERIVED\\SECONDARY\\SCREEN SAVE',
}

async function factsOf(instances: readonly Tags[]) {
  const { http, asked } = holding(instances)
  const { series } = await readCatalogue(http, 'study')
  return { facts: series[0]!, asked }
}

describe('a picture of a screen that the archive lists first in a series', () => {
  it('does not represent the series', async () => {
    for (const picture of [save, screen]) {
      const { facts, asked } = await factsOf([picture, save, slice(1), slice(2)])
      expect(facts).toMatchObject({
        modality: 'MR',
        seriesDescription: 'T1 MPRAGE',
        sopClassUid: mr,
      })
      expect(facts.instances).toHaveLength(4)
      expect(asked).toHaveLength(2)
    }
  })

  it('represents a series without other images, after a few requests', async () => {
    const { facts, asked } = await factsOf(Array.from({ length: 30 }, () => save))
    expect(facts.sopClassUid).toBe(secondaryCapture)
    expect(asked.length).toBeLessThan(10)
  })

  it('needs no further request for a series that starts with an image', async () => {
    const { facts, asked } = await factsOf([slice(0), save, slice(1)])
    expect(facts.sopClassUid).toBe(mr)
    expect(asked).toHaveLength(1)
  })
})
