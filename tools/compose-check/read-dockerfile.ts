/** One instruction of a Dockerfile, in the stage it belongs to. */
export interface Instruction {
  readonly stage: string
  /** Upper case. */
  readonly name: string
  readonly argument: string
}

/**
 * Reads a Dockerfile of plain instructions; a line that ends with a backslash continues on the
 * next.
 */
export function readDockerfile(text: string): Instruction[] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  let stage = ''
  return lines.map((line) => {
    const [, name, argument] = /^\s*(\w+)\s+(.*)$/.exec(line)!
    if (name!.toUpperCase() === 'FROM')
      stage = / AS (\S+)$/i.exec(argument!)?.[1] ?? argument!.trim()
    return { stage, name: name!.toUpperCase(), argument: argument!.trim() }
  })
}

/** Packages that an instruction installs with apt-get. */
export function listAptPackages({ argument }: Instruction): string[] {
  const install = /apt-get install ([^&]*)/.exec(argument)?.[1] ?? ''
  return install.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'))
}
