/** Random choices from a source of numbers in [0, 1). */
export interface RandomChoices {
  next(): number
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number
  pick<Item>(items: readonly Item[]): Item
  bytes(count: number): Uint8Array
}

export function chooseBy(next: () => number): RandomChoices {
  const below = (count: number) => Math.floor(next() * count)
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  }
}
