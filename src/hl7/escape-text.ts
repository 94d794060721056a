const escapes: Readonly<Record<string, string>> = {
  '|': '\\F\\',
  '^': '\\S\\',
  '~': '\\R\\',
  '&': '\\T\\',
  '\\': '\\E\\',
  '\n': '\\.br\\',
}

/**
 * A text as a part of an HL7 v2 field (2.5.1, 2.7): delimiters are escaped, line breaks are \.br\, and
 * control characters, which would end segments or frames, are left out.
 */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
      .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
      .replaceAll(/[|^~&\\\n]/g, (character) => escapes[character]!)
  )
}

/** The reverse: the text of another system's field. Unknown escapes are omitted. */
export function unescapeText(field: string): string {
  const originals = new Map(Object.entries(escapes).map(([text, written]) => [written, text]))
  return field.replaceAll(/\\[^\\]*\\/g, (written) => originals.get(written) ?? '')
}

/** A field of components; texts are escaped, absent ones empty, and trailing empty ones omitted. */
export function joinComponents(components: readonly (string | undefined)[]): string {
  return components
    .map((text) => escapeText(text ?? ''))
    .join('^')
    .replace(/\^+$/, '')
}
