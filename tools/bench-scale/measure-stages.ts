import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningOrthanc } from '../../test/support/orthanc.ts'
import { startService } from '../../test/support/service.ts'
import { summarize } from '../bench/statistics.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'

interface JobAnswer {
  readonly id: string
  readonly state: string
  readonly timings: readonly { stage: string; milliseconds: number }[]
}

/** Computing time of one study on this machine, and its files in the archive. */
export interface MeasuredStudy {
  /** Sum of the stages that use the process's own cores, median of several studies, milliseconds. */
  readonly computeMilliseconds: number
  readonly orthancStudyIds: readonly string[]
  /** The files of one result. */
  readonly resultFiles: readonly string[]
}

const archiveStages = ['catalogue', 'fetch', 'history', 'store', 'verify']

/** Measures a few crop studies with the real service, one after another. */
export async function measureStages(
  orthanc: RunningOrthanc,
  folder: string,
  studies: number,
): Promise<MeasuredStudy> {
  const crop = makeSampleSeries().filter(({ description }) => description === 'HippoCrop')
  const service = await startService({
    archive: orthanc,
    startSeconds: 300,
    environment: { SWEEP_SECONDS: '0' },
  })
  const sums: number[] = []
  const orthancStudyIds: string[] = []
  let lastJob = ''
  try {
    // The first one is slower and ignored.
    for (let index = 0; index <= studies; index += 1) {
      const place = mkdtempSync(join(tmpdir(), 'hippovolume-scale-'))
      const { files } = writeSampleStudy(place, `scale ${index}`, crop, `SCALE-${index}`)
      let studyId = ''
      for (const file of files) studyId = (await orthanc.upload(readFileSync(file))).studyId
      rmSync(place, { recursive: true, force: true })
      const path = `/api/v1/studies/${studyId}/runs`
      const headers = { 'content-type': 'application/json' }
      let job = await service.json<JobAnswer>(path, { method: 'POST', headers, body: '{}' })
      while (job.state === 'queued' || job.state === 'running') {
        await sleep(50)
        job = await service.json<JobAnswer>(`/api/v1/jobs/${job.id}`)
      }
      if (job.state !== 'succeeded') throw new Error(`a study ended ${job.state}`)
      const own = job.timings.filter(({ stage }) => !archiveStages.includes(stage))
      if (index > 0) sums.push(own.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
      orthancStudyIds.push(studyId)
      lastJob = job.id
    }
    const { outcome } = await service.json<{
      outcome: { result: { stored: { orthancInstanceId: string }[] } }
    }>(`/api/v1/jobs/${lastJob}/results`)
    const resultFiles: string[] = []
    for (const { orthancInstanceId } of outcome.result.stored) {
      const answer = await orthanc.request(`/instances/${orthancInstanceId}/file`)
      const file = join(folder, `${orthancInstanceId}.dcm`)
      writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
      resultFiles.push(file)
    }
    return { computeMilliseconds: summarize(sums).median, orthancStudyIds, resultFiles }
  } finally {
    await service.stop()
  }
}
