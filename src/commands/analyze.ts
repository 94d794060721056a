import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorRecord, HippoError, recordError, toHippoError } from '../errors.ts'
import type { ImpressionLanguage } from '../impression/templates.ts'
import { createSegmenter } from '../inference/segmenter.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import { writeNifti } from '../nifti/write-nifti.ts'
import { analyzeFiles } from '../offline/analyze-files.ts'
import { catalogueFiles, type FileStudy } from '../offline/catalogue-files.ts'
import { findingsBehind } from '../pipeline/compose-rejection.ts'
import { isRejection } from '../queue/run-job.ts'
import type { SeriesKind, SeriesVerdict } from '../selection/series-choice.ts'
import type { SeriesRules } from '../selection/series-rules.ts'
import { software } from '../software.ts'
import { resolveManifest } from '../wiring/shipped-model.ts'
import { listFiles } from './list-files.ts'
import { createProgress, type Progress } from './progress.ts'
import { isImage } from './read-image.ts'
import { localizeWhenNeeded } from './segment.ts'

export interface AnalyzeOptions {
  readonly language: ImpressionLanguage
  readonly output: string
  readonly seriesDescription: string
  readonly maximumSliceSpacing: number
  readonly prefer: SeriesKind
  readonly contrastEnhanced: 'refuse' | 'measure'
  readonly seriesRules: SeriesRules
  readonly norms: Norms
  readonly drawIdentity: boolean
  /** Omits accession number, dates and description of the study from the page. */
  readonly hideStudy?: boolean | undefined
  readonly pdf: boolean
  readonly model: string
  readonly threads: number
  readonly json: boolean
  readonly quiet: boolean
}

/**
 * The outcome of one study: results.json, and the output of --json. `rejected`: its images cannot
 * be measured; `failed`: something else went wrong, such as a full disk, and the study may be
 * measurable.
 */
interface StudyAnswer {
  readonly studyInstanceUid: string
  readonly state: 'measured' | 'rejected' | 'failed'
  readonly verdicts: readonly SeriesVerdict[]
  readonly [fact: string]: unknown
}

async function analyzeStudy(
  study: FileStudy,
  folder: string,
  tools: MeasuringTools,
  options: AnalyzeOptions,
): Promise<StudyAnswer> {
  const { studyInstanceUid } = study
  let verdicts: readonly SeriesVerdict[] = []
  const files: string[] = []
  const save = async (name: string, bytes: Uint8Array) => {
    await writeFile(join(folder, name), bytes).catch((error: unknown) => {
      throw toHippoError(error, 'store')
    })
    files.push(name)
  }
  const analysedAt = new Date(Math.floor(Date.now() / 1000) * 1000)
  await mkdir(folder, { recursive: true })
  try {
    const analysis = await analyzeFiles(
      study,
      {
        tools,
        rules: {
          seriesDescription: options.seriesDescription,
          maximumSliceSpacing: options.maximumSliceSpacing,
          minimumInstances: 10,
          preferred: options.prefer,
          contrastEnhanced: options.contrastEnhanced,
          series: options.seriesRules,
        },
        norms: options.norms,
        drawIdentity: options.drawIdentity,
        drawStudy: !options.hideStudy,
        timeZone: process.env.TZ || undefined,
        language: options.language,
        reportPdf: options.pdf,
        reportRejected: true,
        software,
        readFile: (path) => readFile(path),
        analysedAt,
        monotonicClock: () => performance.now(),
      },
      {
        onVerdicts: (found) => {
          verdicts = found
        },
        onRejection: async ({ page, instances }) => {
          await save('report.png', await page.toPng())
          for (const { role, bytes } of instances) await save(`${role}.dcm`, bytes)
        },
      },
      new AbortController().signal,
    )
    await save('report.png', analysis.png)
    await save('details.png', analysis.detailsPng)
    await save('montage.png', analysis.montagePng)
    if (analysis.pdf) await save('report.pdf', analysis.pdf)
    await save('labels.nii.gz', writeNifti(analysis.measured.labelMap, { gzip: true }))
    for (const { role, bytes } of analysis.instances) await save(`${role}.dcm`, bytes)
    const { name, version, sha256 } = tools.segmenter.manifest
    const { kind, volumes, intracranialVolume, horns, verdict, quality, warnings } =
      analysis.measured
    return {
      studyInstanceUid,
      state: 'measured',
      verdicts,
      measuredSeriesInstanceUid: analysis.measuredSeriesInstanceUid,
      kind,
      volumes,
      intracranialVolume,
      ...(horns?.length && { temporalHorns: horns }),
      verdict,
      quality,
      warnings,
      norms: analysis.interpretation.norms,
      asymmetry: analysis.interpretation.asymmetry,
      impression: analysis.impression,
      model: { name, version, sha256 },
      softwareVersion: software.version,
      analysedAt: analysedAt.toISOString(),
      timings: analysis.timings,
      files,
      folder,
    }
  } catch (error) {
    const problem = toHippoError(error, 'infer')
    const quality = findingsBehind(problem)
    const record = recordError(problem)
    const state = isRejection(problem) ? 'rejected' : 'failed'
    return { studyInstanceUid, state, verdicts, quality, error: record, files, folder }
  }
}

/** Writes results.json; a study whose results cannot be written has failed. */
async function saveAnswer(answer: StudyAnswer, folder: string): Promise<StudyAnswer> {
  try {
    await writeFile(join(folder, 'results.json'), `${JSON.stringify(answer, null, 2)}\n`)
    return answer
  } catch (error) {
    return { ...answer, state: 'failed', error: recordError(toHippoError(error, 'store')) }
  }
}

function showFiles({ folder, files }: StudyAnswer): void {
  const names = files as string[]
  if (names.length > 0) console.log(`  written to ${folder}: ${names.join(', ')}`)
}

function describeVerdict(verdict: SeriesVerdict): string {
  const { seriesNumber, seriesDescription, chosen, sentence } = verdict
  const name = [seriesNumber, seriesDescription].filter((part) => part !== undefined).join(' ')
  return `  ${chosen ? '*' : '-'} ${name || 'unnamed series'}: ${sentence}`
}

function show(answer: StudyAnswer): void {
  console.log(`Study ${answer.studyInstanceUid}: ${answer.state}`)
  for (const [line, { length }] of Map.groupBy(answer.verdicts.map(describeVerdict), String)) {
    console.log(length === 1 ? line : `${line} (${length} series)`)
  }
  if (answer.state !== 'measured') {
    const { stage, message } = answer.error as ErrorRecord
    console.log(answer.state === 'failed' ? `  at the stage ${stage}: ${message}` : `  ${message}`)
    showFiles(answer)
    return
  }
  for (const volume of answer.volumes as { side: string; [part: string]: unknown }[]) {
    const parts = ['anterior', 'posterior', 'total'].map(
      (part) => `${part} ${Math.round(Number(volume[`${part}Mm3`]))}`,
    )
    console.log(`  side ${volume.side}: ${parts.join(', ')} mm3`)
  }
  const icv = (answer.intracranialVolume as { mm3: number } | undefined)?.mm3
  if (icv !== undefined) console.log(`  intracranial volume: about ${Math.round(icv / 1000)} cm3`)
  for (const warning of answer.warnings as string[]) console.log(`  warning: ${warning}`)
  showFiles(answer)
}

/** Throws REQUEST_INVALID when the first of the files is an image that `segment` reads. */
async function refuseImages([first]: readonly string[]): Promise<void> {
  if (first === undefined || !isImage(await readFile(first))) return
  throw new HippoError(
    'REQUEST_INVALID',
    `${first} is a NIfTI or FreeSurfer image. "hippovolume analyze" takes DICOM files; "hippovolume segment" measures such images.`,
  )
}

async function findStudies(paths: readonly string[], progress: Progress) {
  const files = await listFiles(paths)
  const catalogue = await catalogueFiles(files, readFile, (done) =>
    progress.count('read', done, files.length),
  )
  if (catalogue.studies.length === 0) {
    await refuseImages(files)
    throw new HippoError(
      'FILE_UNREADABLE',
      `No DICOM image was found among ${files.length} files. ${catalogue.skipped[0]?.reason ?? ''}`.trim(),
    )
  }
  return catalogue
}

/**
 * Runs the whole analysis on DICOM files, without an archive. Returns the exit code: 0 if every
 * study was measured, else 1. One study is written directly into the output folder, several into a
 * folder each, named by their StudyInstanceUID.
 */
export async function analyze(paths: readonly string[], options: AnalyzeOptions): Promise<number> {
  const progress = createProgress(process.stderr, options.quiet || options.json)
  const { studies, skipped } = await findStudies(paths, progress)
  if (skipped.length > 0) {
    progress.say(`skipped ${skipped.length} files that are not readable DICOM images`)
  }
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model),
    threads: options.threads,
  })
  const tools = { segmenter, localizer: localizeWhenNeeded() }
  const answers: StudyAnswer[] = []
  try {
    for (const [index, study] of studies.entries()) {
      const isOnly = studies.length === 1
      const folder = isOnly ? options.output : join(options.output, study.studyInstanceUid)
      const answer = await saveAnswer(await analyzeStudy(study, folder, tools, options), folder)
      answers.push(answer)
      if (!options.json) show(answer)
      if (!isOnly) progress.count('studies', index + 1, studies.length)
    }
  } finally {
    await Promise.all([segmenter.close(), tools.localizer.close()])
  }
  if (options.json) console.log(JSON.stringify({ studies: answers, skipped }, null, 2))
  return answers.every(({ state }) => state === 'measured') ? 0 : 1
}
