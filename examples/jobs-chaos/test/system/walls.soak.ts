/**
 * test/system/walls.soak: walls part real nodes of real programs, and these meet again.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { between } from '#chaos/net/walls'
import { Cluster } from '#chaos/system/cluster'
import { Wiring } from '#chaos/system/wiring'
import { machineWorld, until } from '#chaos/world/world'

const MEMBER = fileURLToPath(new URL('../fake/member-program.js', import.meta.url))
const PATIENCE = { limitMs: 20_000, everyMs: 20 }

async function openCluster(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-walls-'))
  const options = { main: MEMBER, folder, effectsUrl: 'http://127.0.0.1:1', world: machineWorld }
  const cluster = await Cluster.make({ ...options, say: () => {} })
  t.after(async () => {
    await cluster.stop(1_000)
    await rm(folder, { recursive: true })
  })
  await cluster.start()
  /** The last it said of its connections. */
  const saidBy = async (name: string): Promise<string> => {
    const lines = (await readFile(join(folder, `${name}.log`), 'utf8')).split('\n')
    return lines.findLast((line) => line.startsWith('connected with')) ?? ''
  }
  const says = async (name: string, ...nodes: readonly string[]): Promise<void> => {
    const wanted = `connected with ${nodes.map((node) => `${node}@localhost`).join(' ')}`
    const isSaid = await until(machineWorld, PATIENCE, async () => (await saidBy(name)) === wanted)
    assert.ok(isSaid, `${name} said: ${await saidBy(name)}`)
  }
  return { cluster, says }
}

const at = (...names: readonly string[]) => names.map((name) => `${name}@localhost`)

describe('a wall between real programs', () => {
  const skip = !Wiring.isPossible && 'nobody can tell here whose a line is'

  it('parts one from all, both ways or one, and they meet again', { skip }, async (t) => {
    const { cluster, says } = await openCluster(t)
    const { walls } = cluster.wiring
    const others = ['jobs2', 'jobs3', 'worker1', 'worker2', 'worker3']
    await says('jobs1', ...others)
    const rest = at(...others)
    const fall = walls.build(between(at('jobs1'), rest, 'both'))
    await says('jobs1')
    await says('jobs2', 'jobs3', 'worker1', 'worker2', 'worker3')
    fall()
    await says('jobs1', ...others)
    await says('worker3', 'jobs1', 'jobs2', 'jobs3', 'worker1', 'worker2')
    const oneWay = walls.build(between(at('jobs1'), at('jobs2'), 'one'))
    await says('jobs2', 'jobs3', 'worker1', 'worker2', 'worker3')
    oneWay()
    await says('jobs2', 'jobs1', 'jobs3', 'worker1', 'worker2', 'worker3')
  })
})
