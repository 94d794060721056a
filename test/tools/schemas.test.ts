import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import nomis from '../../src/measurement/norms/nomis.json' with { type: 'json' }
import rules from '../../src/selection/default-series-rules.json' with { type: 'json' }
import { formatSchema, schemaFiles } from '../../tools/docs/schemas.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it.each(Object.entries(schemaFiles))(
  '%s is what the code says (npm run docs -- schemas)',
  (path, schema) => {
    expect(JSON.parse(read(path))).toEqual(JSON.parse(formatSchema(schema)))
  },
)

it('judge files like any other validator', () => {
  const [ofRules, ofNorms] = Object.keys(schemaFiles).map((path) =>
    new Ajv2020({ strict: false }).compile(JSON.parse(read(path))),
  )
  expect(ofRules!(rules), JSON.stringify(ofRules!.errors)).toBe(true)
  expect(ofNorms!(nomis), JSON.stringify(ofNorms!.errors)).toBe(true)
  const nested = (test: object) => ({ terms: { a: { all: [{ not: test }] } } })
  expect(ofRules!(nested({ attribute: 'echoTime', above: 3 }))).toBe(true)
  expect(ofRules!(nested({ attribute: 'echoTime' }))).toBe(false)
  expect(ofRules!(nested({ attribute: 'patientId', is: '1' }))).toBe(false)
  expect(ofNorms!({ ...nomis, schemaVersion: 1 })).toBe(false)
})
