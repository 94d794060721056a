import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultSeriesRules } from '../../src/selection/default-series-rules.ts'
import { meetsCondition } from '../../src/selection/meets-condition.ts'
import { parseSeriesRules } from '../../src/selection/parse-series-rules.ts'
import { selectSeries } from '../../src/selection/select-series.ts'
import { type Condition, ruleAttributes } from '../../src/selection/series-rules.ts'
import { readValues } from '../../src/selection/series-values.ts'
import { openSeriesRules } from '../../src/wiring/open-series-rules.ts'
import { makeFacts } from './make-facts.ts'
import { realisticSeries } from './realistic-series.ts'

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(content: unknown) {
  const path = join(folder, 'rules.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return openSeriesRules(path)
}
const settings = { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 }
const find = (what: string) => realisticSeries.find((one) => one.what === what)!.facts
const judge = (what: string, content: object) =>
  selectSeries([find(what)], { ...settings, series: open({ extends: 'default', ...content }) })
    .verdicts[0]!

describe('conditions', () => {
  const values = readValues(
    makeFacts({ echoTime: 3, imageType: ['ORIGINAL', 'PRIMARY', 'M', 'NORM'], flipAngle: 0 }),
  )
  const holds = (condition: Condition) =>
    meetsCondition(condition, values, { limits: { short: 5 }, words: { normal: 'nor(?:m|mal)' } })

  it.each<[boolean, Condition]>([
    [true, { attribute: 'echoTime', below: 5 }],
    [true, { attribute: 'echoTime', below: 'short', above: 2 }],
    [false, { attribute: 'echoTime', below: 3 }],
    [false, { attribute: 'echoTime', above: 3 }],
    [true, { attribute: 'echoTime', is: [1, 3] }],
    [true, { attribute: 'flipAngle', is: 0 }],
    [true, { attribute: 'flipAngle', known: true }],
    [true, { attribute: 'imageType', is: 'norm' }],
    [false, { attribute: 'imageType', is: 'NOR' }],
    [true, { attribute: 'imageType', matches: '^nor' }],
    [true, { attribute: 'imageType', matches: '^{{normal}}$' }],
    [false, { attribute: 'imageType', matches: '^{{normal}}.' }],
    [true, { attribute: 'modality', is: ['CT', 'mr'] }],
    [false, { attribute: 'inversionTime', above: 0 }],
    [false, { attribute: 'inversionTime', known: true }],
    [true, { attribute: 'inversionTime', known: false }],
    [true, { attribute: 'scanOptions', known: false }],
    [false, { attribute: 'modality', above: 0 }],
    [false, { attribute: 'echoTime', below: 'no such limit' }],
    [true, { all: [] }],
    [true, { atLeast: 2, of: [{ all: [] }, { any: [] }, { all: [] }] }],
    [false, { atLeast: 2, of: [{ all: [] }, { any: [] }] }],
    [false, { term: 'no such term' }],
    [false, { any: [] }],
    [true, { not: { all: [{ attribute: 'echoTime', above: 5 }, { all: [] }] } }],
  ])('is %s: %j', (expected, condition) => {
    expect(holds(condition)).toBe(expected)
  })
})

describe('a file of rules', () => {
  it('is complete by itself unless it extends the shipped rules', () => {
    expect(open({})).toEqual({ limits: {}, rules: [], preferences: [] })
    expect(open({ extends: 'default' })).toEqual(defaultSeriesRules)
    expect(openSeriesRules('builtin')).toBe(defaultSeriesRules)
  })

  it('changes limits, and omits, replaces and adds rules', () => {
    expect(judge('slab of the temporal lobes', { limits: { minimumSliceExtent: 60 } }).chosen).toBe(
      true,
    )
    expect(
      judge('MPRAGE after contrast agent', { without: ['contrast-agent', 'contrast-name'] }).chosen,
    ).toBe(true)
    const own = {
      reason: 'SITE_RULE',
      when: { attribute: 'manufacturer', is: 'SIEMENS' },
      sentence: 'It comes from {manufacturer}.',
    }
    expect(judge('Siemens MPRAGE', { rules: [{ id: 'vendor', ...own }] })).toMatchObject({
      reason: 'SITE_RULE',
      sentence: 'It comes from SIEMENS.',
    })
    const rules = open({ extends: 'default', rules: [{ id: 'coverage', ...own }] }).rules
    expect(rules.map(({ id }) => id)).toEqual(defaultSeriesRules.rules.map(({ id }) => id))
    expect(rules.find(({ id }) => id === 'coverage')?.reason).toBe('SITE_RULE')
  })

  it('replaces words of the shipped expressions', () => {
    const { agent } = defaultSeriesRules.words!
    const ours = open({ extends: 'default', words: { agent: `${agent}|spaet` } })
    const facts = makeFacts({ images: 176, seriesDescription: 'T1 MPRAGE spaet' })
    const reasonBy = (series: typeof ours) =>
      selectSeries([facts], { ...settings, series }).verdicts[0]?.reason
    expect(reasonBy(defaultSeriesRules)).toBe('CHOSEN')
    expect(reasonBy(ours)).toBe('CONTRAST_AGENT')
  })

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', '{', /rules\.json, which is not JSON/],
    ['is a list', [], /object/],
    ['has an unknown part', { rule: [] }, /additional|rule/],
    ['names an unknown reason', { rules: [{ id: 'a', reason: 'UGLY' }] }, /rules/],
    [
      'asks for what is not known',
      { rules: [{ id: 'a', reason: 'SITE_RULE', when: { attribute: 'x', is: 1 }, sentence: 'a' }] },
      /rules\/0/,
    ],
    [
      'names an unknown limit',
      {
        rules: [
          {
            id: 'a',
            reason: 'SITE_RULE',
            when: { not: { attribute: 'echoTime', above: 'much' } },
            sentence: 'a',
          },
        ],
      },
      /"a" names the unknown limit "much"/,
    ],
    [
      'names an unknown term',
      { rules: [{ id: 'a', reason: 'SITE_RULE', when: { term: 'much' }, sentence: 'a' }] },
      /"a" names the unknown term "much"/,
    ],
    [
      'has terms in a circle',
      { terms: { a: { not: { term: 'b' } }, b: { all: [{ term: 'a' }] } } },
      /"a" refers to itself/,
    ],
    ...(['(', '{{b}}', '{{c}}'] as const).map((word): [string, unknown, RegExp] => [
      `has the word ${word}`,
      {
        words: { a: word, c: 'x{{c}}' },
        preferences: [
          { id: 'a', points: 1, because: 'b', when: { attribute: 'name', matches: '{{a}}' } },
        ],
      },
      /"a" has an invalid regular expression/,
    ]),
    [
      'has a broken expression',
      {
        preferences: [
          { id: 'a', points: 1, because: 'b', when: { attribute: 'name', matches: '(' } },
        ],
      },
      /"a" has an invalid regular expression/,
    ],
    [
      'leaves out what is not there',
      { extends: 'default', without: ['coverages'] },
      /no shipped rule "coverages"/,
    ],
    [
      'has one rule twice',
      {
        rules: ['a', 'a'].map((id) => ({
          id,
          reason: 'SITE_RULE',
          when: { all: [] },
          sentence: 'a',
        })),
      },
      /"a" is defined twice/,
    ],
  ])('is refused when it %s', (_, content, problem) => {
    expect(() => open(content)).toThrow(problem)
    expect(() => open(content)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it('is refused when it cannot be read', () => {
    expect(() => openSeriesRules(join(folder, 'nowhere.json'))).toThrow(/cannot be read/)
  })

  it('may use every attribute the schema names', () => {
    const known = Object.keys(readValues(makeFacts()))
    expect(known).toEqual(expect.arrayContaining([...ruleAttributes]))
  })

  it('may be any of the examples of the documentation', () => {
    const page = readFileSync(new URL('../../docs/series-choice.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!)
    expect(examples.length).toBeGreaterThanOrEqual(4)
    for (const example of examples) {
      expect(() => parseSeriesRules(JSON.parse(example), defaultSeriesRules), example).not.toThrow()
    }
    const [strict] = examples.filter((example) => example.includes('"id": "derived"'))
    const series = parseSeriesRules(JSON.parse(strict!), defaultSeriesRules)
    const kindOf = (what: string) => selectSeries([find(what)], { ...settings, series }).kind
    expect(kindOf('MP2RAGE, uniform images')).toBe('head')
    expect(kindOf('MP2RAGE, T1 map')).toBeUndefined()
    expect(kindOf('GE reformat')).toBeUndefined()
    for (const { id } of [...defaultSeriesRules.rules, ...defaultSeriesRules.preferences]) {
      expect(page, id).toContain(`\`${id}\``)
    }
  })
})
