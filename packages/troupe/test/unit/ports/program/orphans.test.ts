/** ports/program: what becomes of a program when the node's own program ends. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isAlive } from '#test/unit/ports/program/program-kit'
import { until } from '#test/unit/ports/web/web-kit'

/** Runs a node of its own with one program; gives both. */
async function nodeWith(t: TestContext, command: string, args: readonly string[], then = '') {
  const source = `
    import { actor, ProgramReader, programPort, startNode } from 'troupe'
    const node = await startNode('orphans@localhost', { logSinks: [] })
    const reader = actor(ProgramReader, { on: {
      started: (_state, { osPid }) => { console.log(osPid); ${then} },
      line: () => {}, errorLine: () => {}, ended: () => {},
    } })
    await node.spawn(reader, { name: 'reader' })
    const args = [{ command: '${command}', args: ${JSON.stringify(args)}, reader: 'reader' }]
    await node.spawn(programPort, { args })
    setInterval(() => {}, 60_000)
  `
  const cwd = fileURLToPath(new URL('../../../../', import.meta.url))
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => owner.kill('SIGKILL'))
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string]
  return { owner, osPid: Number(line) }
}

describe('a program whose node', { timeout: 120_000 }, () => {
  it('is killed with SIGKILL sees its input end', async (t) => {
    const { owner, osPid } = await nodeWith(t, 'cat', [])
    assert.ok(isAlive(osPid))
    owner.kill('SIGKILL')
    await until(() => !isAlive(osPid))
  })

  it('exits without stopping is killed', async (t) => {
    const { osPid } = await nodeWith(t, 'sleep', ['600'], 'setImmediate(() => process.exit(3))')
    await until(() => !isAlive(osPid))
  })

  it('is stopped by a signal is stopped with it', async (t) => {
    const { owner, osPid } = await nodeWith(t, 'sleep', ['600'])
    owner.kill('SIGTERM')
    await until(() => !isAlive(osPid))
  })
})
