/**
 * Ten thousand lines to one listener, from another program, all of them up and answering.
 *
 * Tells what a line costs in memory. Needs 10,100 file descriptors in each of two programs.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Line } from '#contract'
import { tcpTransport } from '#network/transport/tcp'
import { LOOPBACK } from './lines-kit.js'

const LINES = 10_000
const ROUNDS = 3
const DIALLER = fileURLToPath(new URL('./many-lines-dialler.js', import.meta.url))
/** Far above what a line costs: a leak shows, a figure is told. */
const LINE_BYTES_MAX = 65_536

interface Report {
  readonly answered: number
  readonly closed: number
  readonly bytesPerLine: number
}

describe('one listener over TCP', () => {
  it('keeps 10,000 lines up that all answer', { timeout: 120_000 }, async (t) => {
    const lines = new Set<Line>()
    let allEnded = (): void => {}
    const ended = new Promise<void>((resolve) => {
      allEnded = resolve
    })
    const before = process.memoryUsage().rss
    const listener = await tcpTransport().listen({
      ...LOOPBACK,
      accept: (line) => {
        lines.add(line)
        line.start({
          data: (bytes) => void line.write(new Uint8Array(bytes)),
          drained() {},
          closed: () => {
            lines.delete(line)
            if (lines.size === 0) allEnded()
          },
        })
      },
      refused: (problem) => assert.fail(problem),
    })
    const { port } = listener.address
    const child = fork(DIALLER, [String(port), String(LINES), String(ROUNDS)])
    const [report] = (await once(child, 'message')) as [Report]
    assert.deepEqual([report.answered, report.closed], [LINES * ROUNDS, 0])
    assert.equal(lines.size, LINES)
    const bytesPerLine = Math.round((process.memoryUsage().rss - before) / LINES)
    t.diagnostic(`accepting end ${bytesPerLine} bytes per line`)
    t.diagnostic(`dialling end ${report.bytesPerLine} bytes per line`)
    assert.ok(bytesPerLine < LINE_BYTES_MAX && report.bytesPerLine < LINE_BYTES_MAX)
    child.send('end')
    await Promise.all([ended, once(child, 'exit')])
    await listener.close()
  })
})
