/** What shows a program has a port of its own, whatever else runs on this machine. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { startNode } from 'troupe'
import { inTurn, readSeeingPort, showCluster, showFigures } from '#traffic/cli/seeing'

describe('what shows a program', () => {
  it('takes another port when its own is taken, and says so', async (t) => {
    const other = createServer().listen(0, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const node = await startNode('seen@localhost', { logSinks: [], handleSignals: false })
    t.after(() => node.stop())
    const { line } = await showCluster(node, port)
    assert.match(line, new RegExp(`^Observer {2}http://127.0.0.1:\\d+/ \\(${port} is taken\\)$`))
    assert.ok(!line.includes(`:${port}/`))
    const figures = await showFigures(node, port)
    assert.match(
      figures,
      new RegExp(`^metrics {3}http://127.0.0.1:\\d+/metrics \\(${port} is taken`),
    )
  })

  it('is told before whatever is printed meanwhile', async () => {
    const lines: string[] = []
    const lookout = Promise.resolve({ line: 'first', stop: async () => {} })
    const print = inTurn(lookout, (line) => lines.push(line))
    print('second')
    await lookout
    await new Promise((resolve) => setImmediate(resolve))
    print('third')
    assert.deepEqual(lines, ['first', 'second', 'third'])
  })

  it('is a port, a free one, or none', () => {
    assert.deepEqual(['9911', '0', 'off'].map(readSeeingPort), [9911, 0, 'off'])
    for (const wrong of ['', 'on', '-1', '1.5', '65536', ' 1']) {
      assert.equal(readSeeingPort(wrong), undefined, wrong)
    }
  })
})
