import { createCanvas, loadImage } from 'canvas'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import { cropLabels, listRegions } from '../../src/measurement/hippocampus-labels.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import type { MeasuredSeries } from '../../src/measuring/measure-series.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { composeResults } from '../../src/pipeline/compose-results.ts'
import { selectSeries } from '../../src/selection/select-series.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { timeSteps } from '../../src/telemetry/time-steps.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import { makeFacts } from '../selection/make-facts.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const rules = { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 }
const manifest = {
  name: 'phantom net',
  version: '1.0.0',
  sha256: 'a'.repeat(64),
} as unknown as ModelManifest

describe('composing the results of a study', () => {
  let chosen: SeriesFacts
  let measured: MeasuredSeries

  beforeAll(async () => {
    // A crop that says neither age nor sex, as real ones do.
    const files = writePhantomSeries({ patientAge: undefined, patientSex: undefined, slices: 36 })
    const instances = files.map(parsePart10)
    const [facts] = seriesFactsOfFiles(instances)
    chosen = { ...facts!, patientBirthDate: undefined, patientSex: undefined }
    const frames = (await Promise.all(instances.map(decodeInstance))).flat()
    const { volume, order } = assembleVolume(frames)
    const middle = volume.intensities.length / 2
    const labels = Uint8Array.from(volume.intensities, (value, index) =>
      value < 140 ? 0 : index < middle ? 1 : 2,
    )
    const labelMap = { dimensions: volume.dimensions, affine: volume.affine, labels }
    const volumes = [measureHippocampus(labelMap, 'unknown')]
    const sourceSlices = order.map((index) => frames[index]!)
    measured = {
      kind: 'crop',
      instances,
      sourceSlices,
      volume,
      labelMap,
      regions: listRegions([{ side: 'unknown', labels: cropLabels }]),
      volumes,
      quality: [],
      verdict: 'measured',
      confidence: [],
      warnings: [],
    }
  })

  async function compose(
    sibling: Partial<SeriesFacts>,
    drawIdentity = false,
    drawStudy: boolean | undefined = undefined,
  ) {
    const series = [chosen, makeFacts({ seriesNumber: 2, ...sibling })]
    const { verdicts } = selectSeries(series, rules)
    const step = timeSteps(
      () => 0,
      () => {},
      new AbortController().signal,
    )
    const identity = {
      studyInstanceUid: '1.2.3',
      sourceSeriesInstanceUid: chosen.seriesInstanceUid,
      contentDigest: 'content',
      modelSha256: manifest.sha256,
      softwareVersion: '1.0.0',
      configDigest: 'settings',
      runNumber: 0,
      analysedAt: new Date('2026-01-02T10:15:00Z'),
    }
    return composeResults(
      {
        identity,
        series,
        chosen,
        verdicts,
        measured,
        manifest,
        norms: builtinNorms,
        software: { name: 'HippoVolume', version: '1.0.0' },
        replaces: undefined,
        drawIdentity,
        drawStudy,
        language: 'en',
        reportPdf: false,
      },
      step,
    )
  }

  /** Rows of the page in which two pages differ. */
  async function findDifference(one: Uint8Array, other: Uint8Array): Promise<number[]> {
    const [a, b] = await Promise.all(
      [one, other].map(async (png) => {
        const image = await loadImage(Buffer.from(png))
        const context = createCanvas(image.width, image.height).getContext('2d')
        context.drawImage(image, 0, 0)
        const { data } = context.getImageData(0, 0, image.width, image.height)
        const bytes = image.width * 4
        return Array.from({ length: image.height }, (_, row) =>
          Buffer.from(data.subarray(row * bytes, (row + 1) * bytes)),
        )
      }),
    )
    expect(b).toHaveLength(a!.length)
    return a!.flatMap((row, index) => (row.equals(b![index]!) ? [] : [index]))
  }

  it('gives the same bytes for the same input', async () => {
    const [one, two] = [await compose({}), await compose({})]
    expect(Buffer.compare(await one.page.toPng(), await two.page.toPng())).toBe(0)
    expect(one.instances.map(({ role }) => role)).toEqual([
      'segmentation',
      'measurements',
      'report',
      'details',
      'montage',
    ])
    for (const [index, { bytes }] of one.instances.entries()) {
      expect(Buffer.compare(bytes, two.instances[index]!.bytes)).toBe(0)
    }
  })

  it('draws age and sex from a sibling series, in one line of the page', async () => {
    const woman = await compose({ patientAge: '061Y', patientSex: 'F' })
    const older = await compose({ patientAge: '084Y', patientSex: 'F' })
    const man = await compose({ patientAge: '061Y', patientSex: 'M' })
    for (const [one, other] of [
      [woman, older],
      [woman, man],
    ] as const) {
      const rows = await findDifference(await one.page.toPng(), await other.page.toPng())
      expect(rows.length).toBeGreaterThan(3)
      expect(rows.at(-1)! - rows[0]!).toBeLessThan(60)
    }
  })

  it('sets BurnedInAnnotation, whichever setting puts identity on the page', async () => {
    const burnedIn = ({ instances }: Awaited<ReturnType<typeof compose>>) => {
      const page = instances.find(({ role }) => role === 'report')!
      return readString(parsePart10(page.bytes).dataset, 'BurnedInAnnotation')
    }
    const [without, withName, withStudy] = [
      await compose({}, false, false),
      await compose({}, true, false),
      await compose({}),
    ]
    expect([without, withName, withStudy].map(burnedIn)).toEqual(['NO', 'YES', 'YES'])
    expect(Buffer.compare(without.page.rgb, withName.page.rgb)).not.toBe(0)
    expect(Buffer.compare(without.page.rgb, withStudy.page.rgb)).not.toBe(0)
  })
})
