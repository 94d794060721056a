import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HippoError } from '../errors.ts'
import { describeHead, describeRefusedHead, headColumns } from '../research/head-row.ts'
import { idOfImage, type Person, parsePeople } from '../research/read-people.ts'
import type { ResultRow } from '../research/result-row.ts'
import { writeCsv } from '../research/write-csv.ts'
import { listVolumes, type SegmentedImage } from './segment-image.ts'

/** Who the images show. */
export interface Subjects {
  /** By the path of the image. */
  readonly ids: ReadonlyMap<string, string>
  /** By the path of the image; empty without a table of people. */
  readonly people: ReadonlyMap<string, Person>
}

async function readPeople(path: string): Promise<ReadonlyMap<string, Person>> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw new HippoError('FILE_UNREADABLE', `${path} does not exist or cannot be read.`, { cause })
  })
  return parsePeople(content, path)
}

const list = (names: readonly string[]) =>
  names.length > 5
    ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
    : names.join(', ')

/**
 * The person of each image, by the ids in the file names. Throws FILE_UNREADABLE and
 * REQUEST_INVALID: for an unusable table, images without a row, and two images with one id.
 */
export async function findSubjects(
  inputs: readonly string[],
  peoplePath: string | undefined,
): Promise<Subjects> {
  const ids = new Map(inputs.map((input) => [input, idOfImage(input)]))
  const seen = new Map<string, string>()
  for (const [input, id] of ids) {
    const other = seen.get(id)
    if (other !== undefined) {
      throw new HippoError(
        'REQUEST_INVALID',
        `${other} and ${input} have the same id, ${id}; a table needs a unique id for each image.`,
      )
    }
    seen.set(id, input)
  }
  if (peoplePath === undefined) return { ids, people: new Map() }
  const known = await readPeople(peoplePath)
  const strangers = [...seen].filter(([id]) => !known.has(id))
  if (strangers.length > 0) {
    const named = strangers.map(([id, input]) => `${id} (${basename(input)})`)
    throw new HippoError('REQUEST_INVALID', `${peoplePath} has no row for ${list(named)}.`)
  }
  return {
    ids,
    people: new Map([...ids].map(([input, id]) => [input, known.get(id)!])),
  }
}

function describeRow(image: SegmentedImage, { ids, people }: Subjects): ResultRow {
  const id = ids.get(image.input)!
  const person = people.get(image.input)
  if (image.state === 'rejected') return describeRefusedHead(id, person, image.error)
  return describeHead(id, person, { ...image, volumes: listVolumes(image.volumes) })
}

/** Throws REQUEST_INVALID where a table would replace a file that is read. */
export function checkTablePath(table: string, read: readonly string[]): void {
  const isRead = read.some((path) => resolve(path) === resolve(table))
  if (!isRead) return
  throw new HippoError('REQUEST_INVALID', `The table would overwrite ${table}.`)
}

/**
 * Writes a row for each image as it is measured. Throws FILE_UNREADABLE where the table cannot be
 * written.
 */
export async function writeTable(
  path: string,
  images: AsyncIterable<SegmentedImage>,
  subjects: Subjects,
): Promise<void> {
  async function* describeRows() {
    for await (const image of images) yield describeRow(image, subjects)
  }
  await mkdir(dirname(path), { recursive: true })
  const file = createWriteStream(path)
  await new Promise<void>((opened, failed) => {
    file.once('open', () => opened())
    file.once('error', (cause) =>
      failed(new HippoError('FILE_UNREADABLE', `${path} cannot be written.`, { cause })),
    )
  })
  await pipeline(writeCsv(describeRows(), headColumns), file)
}
