// Writes the table of settings into docs/settings.md from the configuration's schema; --check only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { configSchema } from '../../src/config.ts'

const page = new URL('../../docs/settings.md', import.meta.url)
const marks = /(<!-- settings:begin[^>]*-->\n)[\s\S]*?(<!-- settings:end -->)/

/** One row per setting: name, default (or that it is required), meaning. */
export function formatSettingsTable(): string {
  const rows = Object.entries(configSchema.properties).map(([name, schema]) => {
    const { default: fallback, description } = schema as unknown as {
      default?: unknown
      description: string
    }
    const isRequired = fallback === undefined && configSchema.required.includes(name as never)
    const value = isRequired ? '**required**' : fallback === undefined ? '' : `\`${fallback}\``
    return `| \`${name}\` | ${value} | ${description} |`
  })
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

/** The text of docs/settings.md with an up-to-date table. */
export function updateSettings(text: string): string {
  return text.replace(marks, `$1\n${formatSettingsTable()}\n\n$2`)
}

if (import.meta.main) {
  const text = readFileSync(page, 'utf8')
  const updated = updateSettings(text)
  if (process.argv.includes('--check') && updated !== text) {
    console.error('docs/settings.md: the table is out of date. Run npm run docs -- settings.')
    process.exitCode = 1
  } else {
    writeFileSync(page, updated)
  }
}
