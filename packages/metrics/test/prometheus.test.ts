/**
 * metrics/test/prometheus: a real Prometheus finds three nodes by asking one of them, scrapes all,
 * and answers what they told; one of them tells of all three on one page.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { metrics } from '@troupe/metrics'
import { partSkip } from '@troupe/tools/parts'
import { freePort } from '@troupe/tools/ports'
import { embeddedRegistrar, type Node, startNode } from 'troupe'
import { get, portOf } from '#test/stage'

/** How often it is asked for what has not come yet. */
const TRIES_MAX = 2_000
const TOKEN = 'the-token-of-this-test'
const COOKIE = 'a cookie of this test alone'
const authorization = `Bearer ${TOKEN}`
const NAMES = ['a@localhost', 'b@localhost', 'c@localhost'] as const

interface Vector {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

describe('a real Prometheus', {
  skip: partSkip('prometheus') || partSkip('promtool'),
  timeout: 240_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-prometheus-'))
  const nodes: Node[] = []
  let port = 0
  let program: ChildProcess | undefined

  before(async () => {
    for (const [at, name] of NAMES.entries()) {
      const registrar = embeddedRegistrar({ folder: join(folder, 'meet') })
      const options = { port: 0, token: TOKEN, collectIntervalMs: 200, cluster: at === 0 }
      nodes.push(
        await startNode(name, {
          ...{ logSinks: [], handleSignals: false },
          network: { cookie: COOKIE, registrar, acceptors: [{ port: 0 }] },
          applications: [metrics(options)],
        }),
      )
    }
    const [first] = nodes
    assert.ok(first !== undefined)
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, configuration(portOf(first)))
    port = await freePort()
    program = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
  })

  after(async () => {
    if (program !== undefined) {
      const ended = new Promise<void>((resolve) => program?.once('exit', () => resolve()))
      program.kill('SIGKILL')
      await ended
    }
    for (const node of nodes) await node.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What it says of the targets it could not scrape. */
  async function problems(): Promise<string> {
    const { body } = await get(port, '/api/v1/targets')
    const { activeTargets: targets } = JSON.parse(body).data
    return targets.map(({ lastError }: { readonly lastError: string }) => lastError).join('; ')
  }

  /** What it answers to a query, as soon as that is for three nodes. */
  async function query(text: string, lines: number): Promise<readonly Vector[]> {
    for (let tries = 0; ; tries += 1) {
      if (tries === TRIES_MAX) assert.fail(`no answer to ${text}: ${await problems()}`)
      const path = `/api/v1/query?query=${encodeURIComponent(text)}`
      const { status, body } = await get(port, path).catch(() => ({ status: 0, body: '' }))
      const found = status === 200 ? (JSON.parse(body).data.result as readonly Vector[]) : []
      if (found.length >= lines) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it('scrapes each node that one of them names, and answers its figures', async () => {
    const up = await query('up == 1', 3)
    assert.deepEqual(up.map(({ metric }) => metric['instance']).sort(), [...NAMES])
    const running = await query('troupe_processes', 5)
    const told = new Set(running.map(({ metric }) => metric['node']))
    assert.deepEqual([...told].sort(), [...NAMES])
    for (const { value } of running) assert.ok(Number(value[1]) >= 3)
    const types = JSON.parse((await get(port, '/api/v1/metadata?metric=troupe_turn_seconds')).body)
    assert.equal(types.data.troupe_turn_seconds[0].type, 'histogram')
  })

  it('reads all nodes from the one that tells of the whole cluster', async () => {
    const [first] = nodes
    assert.ok(first !== undefined)
    const { body: input } = await get(portOf(first), '/metrics', { authorization })
    for (const name of NAMES) assert.ok(input.includes(`troupe_node_up{node="${name}"} 1\n`), name)
    assert.ok(input.includes('remote_node="'))
    const states = 'troupe_scrape_nodes{node="a@localhost",state="answered"} 3\n'
    assert.ok(input.includes(states))
    for (const name of NAMES) {
      assert.ok(input.includes(`troupe_host_memory_size_bytes{node="${name}"}`), name)
    }
    const lint = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    assert.deepEqual([lint.status, `${lint.stdout}${lint.stderr}`.trim()], [0, ''])
  })

  it('is told of no node that has left', async () => {
    const [first, , last] = nodes
    assert.ok(first !== undefined && last !== undefined)
    const told = async (): Promise<readonly (string | undefined)[]> => {
      const { body } = await get(portOf(first), '/sd', { authorization })
      const targets = JSON.parse(body) as readonly { readonly labels: Record<string, string> }[]
      return targets.map(({ labels }) => labels['__meta_troupe_node']).sort()
    }
    await last.stop()
    while ((await told()).includes(last.name)) await new Promise((turn) => setTimeout(turn, 5))
    assert.deepEqual(await told(), ['a@localhost', 'b@localhost'])
  })
})

const configuration = (sdPort: number): string => `
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: troupe
    honor_labels: true
    authorization: { type: Bearer, credentials: ${TOKEN} }
    http_sd_configs:
      - url: http://127.0.0.1:${sdPort}/sd
        refresh_interval: 1s
        authorization: { type: Bearer, credentials: ${TOKEN} }
    relabel_configs:
      - source_labels: [__meta_troupe_node]
        target_label: instance
`
