import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exportHost } from '../../src/http/host-metrics.ts'
import { repositoryPath } from '../../tools/repository-path.ts'
import { createTestApp, type TestApp } from '../http/test-app.ts'

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
}

const dashboard = JSON.parse(
  readFileSync(repositoryPath('monitoring/grafana-dashboard.json'), 'utf8'),
) as { panels: Panel[]; annotations: { list: { expr: string }[] } }
const { groups } = parse(readFileSync(repositoryPath('monitoring/alerts.yml'), 'utf8')) as {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }[]
}
const rules = groups.flatMap((group) => group.rules)
const expressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
  ...rules.map(({ expr }) => expr),
]

/** Metrics with the labels that an expression asks of them. */
function listSelectors(expr: string): { name: string; labels: string[] }[] {
  const pattern = /\b((?:hippovolume|process|nodejs)_\w+)(?:\{([^}]*)\})?/g
  return [...expr.matchAll(pattern)].map(([, name = '', inside = '']) => ({
    name,
    labels: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }))
}

/** Labels that Prometheus adds itself, and the bound of a bucket. */
const ownLabels = ['instance', 'job', 'le']

describe('the dashboard and the alert rules', () => {
  let test: TestApp
  let known: Map<string, readonly string[]>

  beforeAll(async () => {
    test = await createTestApp()
    exportHost(test.metrics.registry, {
      dataFolder: tmpdir(),
      analysisMemory: async () => 1,
      softwareVersion: '1.2.3',
      activeModel: () => ({ name: 'unet', version: '1' }),
    })
    known = new Map(
      test.metrics.registry.getMetricsAsArray().flatMap((metric) => {
        const { name, type, labelNames } = metric as unknown as {
          name: string
          type?: string
          labelNames: string[]
        }
        const isHistogram = type === 'histogram' || 'buckets' in metric
        const suffixes = isHistogram ? ['_bucket', '_sum', '_count'] : ['']
        return suffixes.map((suffix) => [`${name}${suffix}`, labelNames] as const)
      }),
    )
  })
  afterAll(() => test.close())

  it('name only metrics and labels that the service has', () => {
    const unknown = expressions.flatMap(listSelectors).flatMap(({ name, labels }) => {
      const has = known.get(name)
      if (has === undefined) return [name]
      return labels
        .filter((label) => !has.includes(label) && !ownLabels.includes(label))
        .map((label) => `${name}{${label}}`)
    })
    expect(unknown).toEqual([])
  })

  it('detect an unknown metric', () => {
    expect(listSelectors('rate(hippovolume_gone_total{odd=~"a"}[5m])')).toEqual([
      { name: 'hippovolume_gone_total', labels: ['odd'] },
    ])
    expect(known.has('hippovolume_gone_total')).toBe(false)
  })

  it('use only existing buckets', async () => {
    const asked = expressions.flatMap((expr) => [
      ...expr.matchAll(/(hippovolume_\w+)_bucket\{[^}]*le="([^"]+)"/g),
    ])
    expect(asked.length).toBeGreaterThan(0)
    for (const [, name = '', bound] of asked) {
      const metric = test.metrics.registry.getSingleMetric(name) as unknown as { buckets: number[] }
      expect(metric.buckets, name).toContain(Number(bound))
    }
  })

  it('between them show every metric of our own', () => {
    const shown = new Set(expressions.flatMap(listSelectors).map(({ name }) => name))
    const own = [...known.keys()].filter((name) => name.startsWith('hippovolume_'))
    const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '')
    const shownBases = new Set([...shown].map(base))
    expect(own.filter((name) => !shownBases.has(base(name)))).toEqual([])
  })

  it('place no panel over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })

  it('give every alert a severity and a sentence', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(labels, alert).toMatchObject({ severity: expect.stringMatching(/warning|critical/) })
      expect(annotations, alert).toMatchObject({ summary: expect.stringMatching(/\.$|\?$/) })
    }
  })
})
