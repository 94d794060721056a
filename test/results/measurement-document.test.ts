import { describe, expect, it } from 'vitest'
import type { DicomDataset } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  hasAttribute,
  readSequence,
  readString,
  readStrings,
} from '../../src/dicom/read-attributes.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import { calibratedModel } from '../support/calibrated-norms.ts'
import { composeMadeUpResult, madeUpHorns } from '../support/made-up-result.ts'
import { writeEnhancedPhantom, writePhantomSeries } from '../support/phantom-dicom.ts'

const small = { columns: 16, rows: 12, slices: 10 }
const items = (dataset: DicomDataset, keyword: string) => readSequence(dataset, keyword) ?? []
const item = (dataset: DicomDataset, ...path: readonly string[]) =>
  path.reduce((level, keyword) => items(level, keyword)[0]!, dataset)
const meaning = (dataset: DicomDataset, keyword: string) =>
  readString(item(dataset, keyword), 'CodeMeaning')

/** What an item of the tree says, without its children. */
function describeValue(node: DicomDataset): string {
  switch (readString(node, 'ValueType')) {
    case 'CODE':
      return meaning(node, 'ConceptCodeSequence')!
    case 'TEXT':
      return `"${readString(node, 'TextValue')}"`
    case 'NUM': {
      const value = item(node, 'MeasuredValueSequence')
      const unit = readString(item(value, 'MeasurementUnitsCodeSequence'), 'CodeValue')
      return `${readString(value, 'NumericValue')} ${unit}`
    }
    case 'IMAGE': {
      const image = item(node, 'ReferencedSOPSequence')
      const segments = readStrings(image, 'ReferencedSegmentNumber') ?? []
      if (segments.length === 0) return 'an image'
      return `segment${segments.length > 1 ? 's' : ''} ${segments.join(' ')}`
    }
    case 'UIDREF':
      return readString(node, 'UID')!.replace(/^2\.25\.\d+$/, 'a UID')
    default: {
      const [template] = items(node, 'ContentTemplateSequence')
      return template === undefined ? '' : `TID ${readString(template, 'TemplateIdentifier')}`
    }
  }
}

/** The tree of a document as lines, indented by level. */
function outline(node: DicomDataset, level = 0): string[] {
  const name = meaning(node, 'ConceptNameCodeSequence')
  return [
    `${'  '.repeat(level)}${name}: ${describeValue(node)}`.replace(/: $/, ''),
    ...items(node, 'ContentSequence').flatMap((child) => outline(child, level + 1)),
  ]
}

async function measure(
  files: readonly Uint8Array[],
  changes: Parameters<typeof composeMadeUpResult>[1] = {},
) {
  const result = await composeMadeUpResult(files, { reportPdf: false, ...changes })
  const { dataset } = parsePart10(result.bytesOf('measurements'))
  const segmentation = result.instances.find(({ role }) => role === 'segmentation')!
  return { ...result, dataset, segmentation }
}

/** UIDs of series and instances of a hierarchical reference. */
function references(study: DicomDataset) {
  return items(study, 'ReferencedSeriesSequence').map((series) => [
    readString(series, 'SeriesInstanceUID'),
    items(series, 'ReferencedSOPSequence').map((one) =>
      readString(one, 'ReferencedSOPInstanceUID'),
    ),
  ])
}

describe('the structured report', () => {
  it('states the volumes of segments and whole, their device and method, by TID 1500', async () => {
    const warning = 'The model is less certain of this series than of most.'
    const { dataset, measured } = await measure(
      [writeEnhancedPhantom({ ...small, seriesInstanceUid: '1.2.3.4' })],
      { side: 'right', warnings: [warning] },
    )
    const [{ anteriorMm3, posteriorMm3, totalMm3 }] = measured.volumes as never as [
      Record<'anteriorMm3' | 'posteriorMm3' | 'totalMm3', number>,
    ]
    const algorithm = [
      '        Algorithm Name: "made-up-unet"',
      '        Algorithm Version: "1.2.0"',
      `        Algorithm Parameters: "sha256 ${'ab'.repeat(32)}"`,
      '        Algorithm Manufacturer: "HippoVolume"',
      '        Algorithm Family: Artificial Intelligence',
    ]
    const group = (number: 1 | 2, part: 'Anterior' | 'Posterior', volume: number) => [
      '    Measurement Group: TID 1411',
      `      Tracking Identifier: "Right hippocampus, ${part.toLowerCase()}"`,
      '      Tracking Unique Identifier: a UID',
      '      Finding category: Anatomical Structure',
      '      Finding: Hippocampus',
      `      Referenced Segment: segment ${number}`,
      '      Source series for segmentation: 1.2.3.4',
      '      Finding Site: Hippocampus',
      '        Laterality: Right',
      `        Topographical modifier: ${part}`,
      `      Volume: ${volume} mm3`,
      ...algorithm,
    ]
    expect(outline(dataset)).toEqual([
      'Imaging Measurement Report: TID 1500',
      '  Language of Content Item and Descendants: English (United States)',
      '  Observer Type: Device',
      '  Device Observer UID: a UID',
      '  Device Observer Name: "HippoVolume"',
      '  Device Observer Manufacturer: "HippoVolume"',
      '  Device Observer Model Name: "HippoVolume"',
      `  Device Observer Serial Number: "${'ab'.repeat(8)}"`,
      '  Procedure reported: Brain MRI',
      '  Image Library',
      '    Image Library Group',
      '      Modality: Magnetic Resonance',
      '      Frame of Reference UID: a UID',
      '      Source: an image',
      '  Imaging Measurements',
      ...group(1, 'Anterior', anteriorMm3),
      ...group(2, 'Posterior', posteriorMm3),
      '    Measurement Group: TID 1501',
      '      Tracking Identifier: "Right hippocampus"',
      '      Tracking Unique Identifier: a UID',
      '      Finding category: Anatomical Structure',
      '      Finding: Hippocampus',
      '      Source: an image',
      '      Finding Site: Hippocampus',
      '        Laterality: Right',
      `      Volume: ${totalMm3} mm3`,
      '        Derivation: Total',
      '        Source of Measurement: segments 1 2',
      ...algorithm,
      '  Qualitative Evaluations',
      '    Impression: "Automatic hippocampal volumetry: right 0.20 ml. Percentiles cannot be given; the report says why. Measured with warnings; see the report. Research software, not a diagnosis; valid only after a reader has checked the outlines."',
      '      Language of Content Item and Descendants: English (United States)',
      '    Comment: "Research use only. Not for diagnostic use."',
      '    Comment: "No percentile. The size of the head is unknown: the intracranial volume can only be measured in a whole head."',
      `    Comment: "${warning}"`,
    ])
  })

  it('compares each side of a head with a population, and states the asymmetry', async () => {
    const files = writePhantomSeries({ ...small, patientAge: '061Y', patientSex: 'F' })
    const manifest = {
      ...calibratedModel,
      sha256: 'ab'.repeat(32),
    } as unknown as ModelManifest
    const { dataset, interpretation } = await measure(files, { kind: 'head', manifest })
    const { norms, asymmetry } = interpretation
    if (!norms.compared) throw new Error(norms.sentence)
    const lines = outline(dataset)
    for (const side of norms.sides) {
      const percentile = Number(side.percentile.value.toFixed(1))
      const zValue = Number(side.zScore.value.toFixed(2))
      const zScore = `        Z-Score of measurement: ${zValue} 1`
      const first = lines.indexOf(zScore) - 3
      /** Distances of the ends, which a reader subtracts and adds. */
      const ends = (
        { low, high }: { low: number; high: number },
        value: number,
        digits: number,
      ) => {
        const unit = digits === 1 ? '%' : '1'
        const distance = (end: number) => Number(Math.abs(end - value).toFixed(digits))
        return [
          `          -, range of lower measurement uncertainty: ${distance(Number(low.toFixed(digits)))} ${unit}`,
          `          +, range of upper measurement uncertainty: ${distance(Number(high.toFixed(digits)))} ${unit}`,
        ]
      }
      expect(lines.slice(first, first + 8)).toEqual([
        `        Percentile Ranking of measurement: ${percentile} %`,
        ...ends(side.percentile, percentile, 1),
        zScore,
        ...ends(side.zScore, zValue, 2),
        `        Mean Value of population: ${Number(side.expectedMm3.toFixed(1))} mm3`,
        `        Standard deviation of population: ${Number(side.standardDeviationMm3.toFixed(1))} mm3`,
      ])
      expect(lines[first + 8]).toMatch(
        /18 to 100 years; same age, .*This model measures 80.0 % .*95 % intervals/,
      )
      expect(lines[first + 9]).toMatch(/Reference Authority: "Potvin O/)
    }
    for (const part of ['anterior', 'posterior'] as const) {
      const standings = norms.sides.map(({ parts }) => parts![part].zScore.value.toFixed(2))
      for (const value of standings) {
        const at = lines.indexOf(`        Z-Score of measurement: ${Number(value)} 1`)
        expect(lines[at + 5]).toMatch(new RegExp(`The ${part} part that this model measures is`))
        // Above it stands the volume of the part, in a group of its own segment.
        const group = lines.slice(0, at).findLast((line) => /Tracking Identifier/.test(line))
        expect(group).toMatch(new RegExp(`hippocampus, ${part}`))
      }
    }
    const index = Number(asymmetry!.indexPercent.toFixed(2))
    expect(lines).toContain(`      Left-right asymmetry index: ${index} %`)
    expect(lines).toContain('        Laterality: Right and left')
    const [scheme] = items(dataset, 'CodingSchemeIdentificationSequence')
    expect(readString(scheme!, 'CodingSchemeDesignator')).toBe('99HIPPOVOLUME')
  })

  it('states the standard error of each volume, by TID 310, and the kind of range', async () => {
    const standardErrorMm3 = { anterior: 121.26, posterior: 96, total: 150 }
    const files = writePhantomSeries({ ...small, patientAge: '061Y', patientSex: 'F' })
    const { dataset } = await measure(files, { side: 'left', standardErrorMm3 })
    const lines = outline(dataset)
    const name = '+/-, range of measurement uncertainty'
    const ranges = lines.filter((line) => line.includes(name))
    // One level below the volumes of anterior, posterior and whole.
    expect(ranges).toEqual([
      `        ${name}: 121.3 mm3`,
      `        ${name}: 96 mm3`,
      `        ${name}: 150 mm3`,
    ])
    for (const range of ranges) {
      const above = lines.slice(0, lines.indexOf(range)).findLast((line) => /^ {6}\S/.test(line))
      expect(above).toMatch(/^ {6}Volume: /)
    }
    expect(lines.filter((line) => /Comment: .*one standard error/.test(line))).toHaveLength(1)
  })

  it('states volume and occupancy of a temporal horn, or the reason why a horn has none', async () => {
    const { dataset } = await measure(writePhantomSeries(small), {
      kind: 'head',
      horns: madeUpHorns,
    })
    const lines = outline(dataset)
    const horn = lines.findIndex((line) => line.includes('"Left temporal horn"'))
    expect(lines.slice(horn - 1, horn + 12)).toEqual([
      '    Measurement Group: TID 1411',
      '      Tracking Identifier: "Left temporal horn"',
      '      Tracking Unique Identifier: a UID',
      '      Finding category: Anatomical Structure',
      '      Finding: Inferior Horn of Lateral Ventricle',
      '      Referenced Segment: segment 5',
      '      Source series for segmentation: a UID',
      '      Finding Site: Inferior Horn of Lateral Ventricle',
      '        Laterality: Left',
      '      Volume: 700.5 mm3',
      '        +/-, range of measurement uncertainty: 110.3 mm3',
      '        Algorithm Name: "made-up-horn"',
      '        Algorithm Version: "0.3.0"',
    ])
    const score = lines.indexOf('      Hippocampal occupancy score: 0.8 1')
    expect(lines[score + 1]).toBe('        +/-, range of measurement uncertainty: 0.026 1')
    const ofScore = lines.slice(score + 1, score + 8)
    expect(ofScore).toContain('        Algorithm Name: "made-up-horn"')
    // Hippocampus and horn make the score; the horn has no part in the hippocampus's total.
    const segmentsOf = (some: readonly string[]) =>
      some.filter((line) => /segments \d/.test(line)).map((line) => line.trim())
    expect(segmentsOf(ofScore)).toEqual(['Source of Measurement: segments 1 2 5'])
    const total = lines.findIndex((line) =>
      line.includes('Tracking Identifier: "Left hippocampus"'),
    )
    expect(segmentsOf(lines.slice(total, total + 16))).toEqual([
      'Source of Measurement: segments 1 2',
    ])
    expect(lines).toContain('    Comment: "The right temporal horn is too narrow."')
    expect(lines.filter((line) => /occupancy score/.test(line))).toHaveLength(1)
  })

  it('omits an error that the model does not define', async () => {
    const { dataset } = await measure(writePhantomSeries(small))
    expect(outline(dataset).join()).not.toMatch(/uncertainty|standard error/)
  })

  it('is complete, preliminary, unverified, and research by description and qualification', async () => {
    const { dataset } = await measure(writePhantomSeries(small))
    expect(readString(dataset, 'CompletionFlag')).toBe('COMPLETE')
    expect(readString(dataset, 'PreliminaryFlag')).toBe('PRELIMINARY')
    expect(readString(dataset, 'VerificationFlag')).toBe('UNVERIFIED')
    expect(readString(dataset, 'ContentQualification')).toBe('RESEARCH')
    expect(readString(dataset, 'SeriesDescription')).toMatch(/RESEARCH ONLY/)
  })

  it('lists every source image and the segmentation as evidence, each in its series', async () => {
    const files = writePhantomSeries({ ...small, seriesInstanceUid: '1.2.3.4' })
    const { dataset, segmentation } = await measure(files)
    const evidence = item(dataset, 'CurrentRequestedProcedureEvidenceSequence')
    const sources = files.map((file) => parsePart10(file).sopInstanceUid).toSorted()
    expect(references(evidence)).toEqual([
      ['1.2.3.4', sources],
      [segmentation.seriesInstanceUid, [segmentation.sopInstanceUid]],
    ])
  })

  it('uses the tracking identifiers of the segmentation', async () => {
    const { dataset, bytesOf } = await measure(writePhantomSeries(small))
    const segments = items(parsePart10(bytesOf('segmentation')).dataset, 'SegmentSequence')
    const measurements = items(dataset, 'ContentSequence').find(
      (child) => meaning(child, 'ConceptNameCodeSequence') === 'Imaging Measurements',
    )!
    const groups = items(measurements, 'ContentSequence').map((group) => {
      const [id, uid] = items(group, 'ContentSequence')
      return [readString(id!, 'TextValue'), readString(uid!, 'UID')]
    })
    expect(groups.slice(0, 2)).toEqual(
      segments.map((one) => [readString(one, 'TrackingID'), readString(one, 'TrackingUID')]),
    )
    expect(new Set(groups.map(([, uid]) => uid)).size).toBe(3)
  })

  it('names the report it replaces, if any', async () => {
    const files = writePhantomSeries(small)
    const first = await measure(files)
    expect(hasAttribute(first.dataset, 'PredecessorDocumentsSequence')).toBe(false)
    const { sopClassUid, sopInstanceUid, seriesInstanceUid } = first.instances[1]!
    const old = { sopClassUid, sopInstanceUid, seriesInstanceUid }
    const measurements = { role: 'measurements', orthancInstanceId: 'x', ...old } as const
    const analysedAt = '2026-11-20T08:00:00Z'
    const { dataset } = await measure(files, {
      identity: { runNumber: 1 },
      replaces: { jobId: 'job', analysedAt, sourceInstanceCount: 10, measurements },
    })
    const [predecessor] = items(dataset, 'PredecessorDocumentsSequence')
    expect(references(predecessor!)).toEqual([[seriesInstanceUid, [sopInstanceUid]]])
    expect(readString(dataset, 'SOPInstanceUID')).not.toBe(sopInstanceUid)
  })

  it('writes volumes to a tenth of a cubic millimetre, far below their error', async () => {
    const spacing = { pixelSpacing: [0.9375, 0.9375] as const, sliceSpacing: 1.2000001 }
    const { dataset, measured } = await measure(writePhantomSeries({ ...small, ...spacing }))
    const written = outline(dataset).flatMap((line) => /Volume: (\S+) mm3/.exec(line)?.[1] ?? [])
    const [volumes] = measured.volumes
    const wanted = [volumes!.anteriorMm3, volumes!.posteriorMm3, volumes!.totalMm3]
    for (const [index, text] of written.entries()) {
      expect(text).toBe(String(Number(wanted[index]!.toFixed(1))))
    }
    expect(written).toHaveLength(3)
  })

  it('refers from each total, the asymmetry and the head to the image that shows most of it', async () => {
    const files = writePhantomSeries({ ...small, patientAge: '061Y', patientSex: 'F' })
    const { dataset, measured, segmentation } = await measure(files, { kind: 'head' })
    const { labels, dimensions } = measured.labelMap
    const size = dimensions[0] * dimensions[1]
    const countOn = (slice: number, wanted: readonly number[]) =>
      labels.subarray(slice * size, (slice + 1) * size).filter((label) => wanted.includes(label))
        .length
    const [container] = items(dataset, 'ContentSequence').filter(
      (one) => meaning(one, 'ConceptNameCodeSequence') === 'Imaging Measurements',
    )
    const groups = items(container!, 'ContentSequence').filter(
      (one) => readString(item(one, 'ContentTemplateSequence'), 'TemplateIdentifier') === '1501',
    )
    const find = (level: DicomDataset, name: string) =>
      items(level, 'ContentSequence').find(
        (one) => meaning(one, 'ConceptNameCodeSequence') === name,
      )
    const imageOf = (level: DicomDataset, name: string) =>
      item(find(level, name)!, 'ReferencedSOPSequence')
    const wanted = [
      { of: [1, 2], segments: ['1', '2'], number: 'Volume' },
      { of: [3, 4], segments: ['3', '4'], number: 'Volume' },
      { of: [1, 2, 3, 4], segments: undefined, number: 'Volume' },
      { of: [1, 2, 3, 4], segments: ['1', '2', '3', '4'], number: 'Left-right asymmetry index' },
    ]
    const sliceUids = measured.sourceSlices.map(({ id }) => id)
    for (const [index, { of, segments, number }] of wanted.entries()) {
      const image = imageOf(groups[index]!, 'Source')
      const slice = sliceUids.indexOf(readString(image, 'ReferencedSOPInstanceUID')!)
      const best = Math.max(...sliceUids.map((_, one) => countOn(one, of)))
      expect(countOn(slice, of)).toBe(best)
      const source = imageOf(find(groups[index]!, number)!, 'Source of Measurement')
      expect(readStrings(source, 'ReferencedSegmentNumber')).toEqual(segments)
      if (segments !== undefined) {
        expect(readString(source, 'ReferencedSOPInstanceUID')).toBe(segmentation.sopInstanceUid)
      }
    }
  })
})
