/** Licences that allow everyone to use, change and redistribute what is shipped. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Zlib',
])
/** Acceptable for tools that are not shipped: their output is not under their licence. */
const allowedInDevelopment = new Set(['MPL-2.0'])

/** Packages whose licence was reviewed by a person, and why it is acceptable. */
const read: Readonly<Record<string, string>> = {
  'caniuse-lite': 'CC-BY-4.0 on data; named in the SBOM',
  'dejavu-fonts-ttf': 'fonts under the Bitstream Vera licence, free to use, change and embed',
  rechoir: 'MIT in its LICENSE; its package.json states it in an old form',
}

export interface Component {
  readonly name: string
  readonly group?: string
  readonly version: string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string }
    readonly expression?: string
  }[]
}

/** Whether an SPDX expression (names, AND, OR, outer brackets) allows a listed licence. */
export function isAllowed(expression: string, isDevelopment: boolean): boolean {
  const ways = expression.replaceAll(/[()]/g, '').split(' OR ')
  return ways.some((way) =>
    way
      .split(' AND ')
      .every((name) => allowed.has(name) || (isDevelopment && allowedInDevelopment.has(name))),
  )
}

/** A sentence for each package whose licence is not on the list. */
export function checkLicences(components: readonly Component[]): string[] {
  return components.flatMap(({ name, version, properties = [], licenses = [] }) => {
    if (name in read) return []
    const isDevelopment = properties.some((one) => one.name === 'cdx:npm:package:development')
    const texts = licenses.map(
      ({ license, expression }) => expression ?? license?.id ?? license?.name,
    )
    const isFine =
      texts.length > 0 &&
      texts.every((text) => text !== undefined && isAllowed(text, isDevelopment))
    return isFine
      ? []
      : [`${name} ${version}: the licence "${texts.join(', ')}" is not on the list`]
  })
}
