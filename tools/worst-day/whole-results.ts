import type { RunningOrthanc } from '../../test/support/orthanc.ts'

/** Modalities of the instances of one result, and how many of each it has: the report has three pages. */
export const wholeResult: Readonly<Record<string, number>> = { SEG: 1, SR: 1, OT: 3 }

export interface ResultCounts {
  readonly studies: number
  readonly exactlyOne: number
  readonly none: number
  /** Number of studies with duplicates or incomplete results. */
  readonly otherwise: number
}

/** Counts the results of each study in the archive. */
export async function countWholeResults(orthanc: RunningOrthanc): Promise<ResultCounts> {
  const find = async (query: object) => {
    const answer = await orthanc.request('/tools/find', {
      method: 'POST',
      body: JSON.stringify(query),
    })
    return (await answer.json()) as unknown
  }
  const studies = (await find({ Level: 'Study', Query: {} })) as string[]
  const counts = new Map(studies.map((id) => [id, new Map<string, number>()]))
  for (const modality of Object.keys(wholeResult)) {
    const series = (await find({
      Level: 'Series',
      Expand: true,
      Query: { Modality: modality },
    })) as {
      ParentStudy: string
      Instances: string[]
    }[]
    for (const { ParentStudy, Instances } of series) {
      const ofStudy = counts.get(ParentStudy)
      ofStudy?.set(modality, (ofStudy.get(modality) ?? 0) + Instances.length)
    }
  }
  const all = [...counts.values()]
  const wanted = Object.entries(wholeResult)
  const exactlyOne = all.filter((of) => wanted.every(([name, count]) => of.get(name) === count))
  const none = all.filter((of) => of.size === 0)
  return {
    studies: all.length,
    exactlyOne: exactlyOne.length,
    none: none.length,
    otherwise: all.length - exactlyOne.length - none.length,
  }
}
