import type { AttributeSource } from '../selection/attribute-source.ts'

/** An instance's attributes by keyword as Orthanc's simplified-tags gives them. */
export type SimplifiedTags = Readonly<Record<string, unknown>>

const isItem = (item: unknown): item is SimplifiedTags => typeof item === 'object' && item !== null

/** Lets an instance's tags be read like any other source of attributes. */
export function readFromTags(tags: SimplifiedTags): AttributeSource {
  const text = (keyword: string): string | undefined => {
    const value = tags[keyword]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
  const texts = (keyword: string) =>
    text(keyword)
      ?.split('\\')
      .map((part) => part.trim()) ?? []
  const numbers = (keyword: string) => {
    const values = texts(keyword).map((value) => (value === '' ? Number.NaN : Number(value)))
    return values.every(Number.isFinite) ? values : []
  }
  const items = (keyword: string) => {
    const value = tags[keyword]
    return Array.isArray(value) ? value.filter(isItem).map(readFromTags) : []
  }
  return { text, texts, numbers, items }
}
