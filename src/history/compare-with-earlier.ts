import type { TimePoint, UnusedStudy } from '../measurement/change-over-time.ts'
import { compareOverTime } from '../measurement/compare-over-time.ts'
import { nameAcquisition, readAcquisition } from '../selection/acquisition.ts'
import { readIdentity } from '../selection/patient-identity.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'
import type {
  ComparisonContext,
  EarlierComparison,
  EarlierImages,
  MeasuredStudy,
  StudyToMeasure,
} from './comparison.ts'
import { findEarlierStudies, shield } from './find-earlier-studies.ts'
import { lookAtEarlier } from './look-at-earlier.ts'
import { nameExam } from './name-exam.ts'

function thisPoint(study: MeasuredStudy, studyDate: string): TimePoint {
  const { series, chosen, volumes, model, softwareVersion, intracranialVolumeMm3 } = study
  return {
    studyInstanceUid: study.studyInstanceUid,
    studyDate,
    yearsBefore: 0,
    age: collectStudyFacts(chosen, series).patientAge,
    volumes,
    ...(intracranialVolumeMm3 === undefined ? {} : { intracranialVolumeMm3 }),
    model: { name: model.name, version: model.version },
    softwareVersion,
    scanner: nameAcquisition(readAcquisition(chosen, series)),
    comparable: true,
    sentence: undefined,
  }
}

/** A comparison that ended before the search for studies. */
function withoutLooking(points: readonly TimePoint[], why: string): EarlierComparison {
  // About this study; elsewhere the same words are used about an earlier one.
  const ofThis = why.replace(/^It /, 'This study ').replace(/^Its /, 'Its own ')
  const sentence = `No search for earlier studies was made. ${ofThis}`
  const change = { timePoints: points, rates: [], published: [], unused: [], sentence }
  return { change, images: [], toMeasure: [] }
}

/**
 * Finds earlier studies of the same person, reads their results by this product, and compares. The
 * returned value contains no names and no birth dates. Throws what the archive throws during the
 * search; an earlier study that cannot be read is listed among the unused ones.
 */
export async function compareWithEarlier(
  study: MeasuredStudy,
  context: ComparisonContext,
): Promise<EarlierComparison> {
  const { studyDate } = collectStudyFacts(study.chosen, study.series)
  const { identity, problem } = readIdentity(study.series)
  const point = studyDate === undefined ? [] : [thisPoint(study, studyDate)]
  if (problem !== undefined) return withoutLooking(point, problem.sentence)
  if (studyDate === undefined || !/^\d{8}$/.test(studyDate)) {
    return withoutLooking([], 'It has no study date.')
  }

  const { archive, maximumStudies, signal } = context
  const { studyInstanceUid } = study
  const { patientId } = identity
  const moment = { studyInstanceUid, patientId, studyDate, studyTime: study.chosen.studyTime }
  const { studies, total } = await findEarlierStudies(archive, moment, maximumStudies, signal)
  const points = [...point]
  const images: EarlierImages[] = []
  const unused: UnusedStudy[] = []
  const toMeasure: StudyToMeasure[] = []
  const exams = new Set([nameExam(study.series)])
  for (const earlier of studies) {
    signal.throwIfAborted()
    const look = await shield(
      () => lookAtEarlier(earlier, { ...study, identity, studyDate }, context),
      ({ code, message }) => ({
        unused: {
          studyInstanceUid: earlier.studyInstanceUid,
          studyDate: earlier.studyDate,
          reason: code,
          sentence: `It could not be read. ${message}`,
        },
      }),
      signal,
    )
    // Newest first, and of copies only the measured one: others repeat it.
    if (look.exam !== undefined && exams.has(look.exam)) {
      unused.push({
        studyInstanceUid: earlier.studyInstanceUid,
        studyDate: earlier.studyDate,
        reason: 'SAME_EXAM',
        sentence: 'It is a copy of another study of this patient; both count as one.',
      })
      continue
    }
    if (look.point || look.toMeasure) exams.add(look.exam)
    if (look.point) points.push(look.point)
    if (look.point?.comparable && look.source) {
      const { yearsBefore: years } = look.point
      images.push({ ...earlier, years, source: look.source })
    }
    if (look.unused) unused.push(look.unused)
    if (look.toMeasure) toMeasure.push(look.toMeasure)
  }
  const left = total - studies.length
  const notes =
    left === 0 ? [] : [`Only the newest ${studies.length} of ${total} earlier studies were used.`]
  images.sort((a, b) => b.years - a.years)
  return { change: compareOverTime(points, unused, notes), images, toMeasure }
}
