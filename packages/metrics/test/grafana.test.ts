/**
 * metrics/test/grafana: the dashboard and the configuration that are given away name only what a
 * node tells.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { partSkip } from '@troupe/tools/parts'
import { METRICS } from '#metrics/catalog/all'

const fileOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
}

const dashboard = JSON.parse(readFileSync(fileOf('grafana/troupe.json'), 'utf8')) as {
  readonly panels: readonly Panel[]
}
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

describe('the dashboard', () => {
  it('asks for no metric that is not there, and for no histogram by its bare name', () => {
    const types = new Map(METRICS.map(({ name, type }) => [`troupe_${name}`, type]))
    for (const expression of expressions) {
      const names = [...expression.matchAll(/troupe_\w+/g)].map(([name]) => name)
      assert.ok(names.length > 0, expression)
      for (const name of names) {
        const base = name.replace(/_bucket$/, '')
        assert.ok(types.has(base), `${name} in ${expression}`)
        assert.equal(types.get(base) === 'histogram', name !== base, expression)
      }
    }
  })

  it('takes rates of counters, and of nothing else', () => {
    const counters = new Set(METRICS.flatMap((one) => (one.type === 'counter' ? one.name : [])))
    for (const expression of expressions) {
      for (const [, before = '', name = ''] of expression.matchAll(/(\w*\()?troupe_(\w+)/g)) {
        const isCounted = counters.has(name) || name.endsWith('_bucket')
        assert.equal(before === 'rate(', isCounted, expression)
      }
    }
  })

  it('has a row for each part of a node, and panels that do not lie on each other', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    assert.deepEqual(rows, [
      'Summary',
      'Mailbox wait',
      'Mailbox depth',
      'Events',
      'Process activity',
      'Processes',
      'Resources',
      'Logging',
      'Network',
      'Leader, registrar, services',
      'Machine',
    ])
    const ids = dashboard.panels.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    )
    assert.equal(new Set(cells).size, cells.length)
  })
})

describe('what Docker is given', () => {
  it('names files that the package brings', () => {
    const compose = readFileSync(fileOf('compose.yaml'), 'utf8')
    const named = [...compose.matchAll(/- \.\/(\S+?):/g)].map(([, path = '']) => path)
    assert.deepEqual(named, ['prometheus.yml', 'grafana/provisioning', 'grafana/troupe.json'])
    const { files } = JSON.parse(readFileSync(fileOf('package.json'), 'utf8')) as {
      readonly files: readonly string[]
    }
    for (const path of [...named, 'compose.yaml']) {
      assert.ok(existsSync(fileOf(path)), path)
      assert.ok(files.includes(path.split('/')[0] as string), path)
    }
  })

  it('has Grafana ask the Prometheus that it starts', () => {
    const source = readFileSync(fileOf('grafana/provisioning/datasources/troupe.yaml'), 'utf8')
    const [, address = ''] = /url: http:\/\/(\S+)/.exec(source) ?? []
    assert.ok(readFileSync(fileOf('compose.yaml'), 'utf8').includes(`listen-address=${address}\n`))
  })
})

describe('the configuration of Prometheus', { skip: partSkip('promtool') }, () => {
  it('is one', () => {
    const flags = ['check', 'config', fileOf('prometheus.yml')]
    const { status, stdout, stderr } = spawnSync('promtool', flags, { encoding: 'utf8' })
    assert.equal(status, 0, `${stdout}${stderr}`)
  })
})
