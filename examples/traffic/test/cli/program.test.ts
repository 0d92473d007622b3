/** cli/program: the three programs of the traffic examples end alike, whatever is wrong. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAMS = ['traffic', 'traffic-load', 'traffic-emergency'] as const

const mainOf = (program: string): string =>
  fileURLToPath(new URL(`../../../${program}/dist/main.js`, import.meta.url))

async function run(program: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [mainOf(program), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { out: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.error += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

describe('each program of the traffic examples', { timeout: 240_000 }, () => {
  for (const program of PROGRAMS.filter((name) => existsSync(mainOf(name)))) {
    it(`explains itself and ends with 0: ${program}`, async () => {
      const { code, out, error } = await run(program, '--help')
      assert.deepEqual([code, error], [0, ''])
      assert.match(out, /^Usage: npm start -- /m)
    })

    it(`refuses a flag it does not know with a code, no stack and 2: ${program}`, async () => {
      const { code, out, error } = await run(program, '--vehicels', '3')
      assert.deepEqual([code, out], [2, ''])
      assert.match(error, /^OPTION_INVALID: [^\n]*--vehicels[^\n]*\n$/)
    })
  }

  it('says what cannot be opened, with a code and 1', async (t) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const port = String((server.address() as AddressInfo).port)
    const traffic = ['--udp-port', '0', '--tcp-port', '0', '--no-data', '--https-port', port]
    for (const end of [
      await run('traffic', ...traffic),
      await run('traffic-emergency', '--port', port),
    ]) {
      assert.equal(end.code, 1)
      assert.match(end.error, new RegExp(`^PORT_IN_USE: the tcp port 127\\.0\\.0\\.1:${port} is`))
      assert.doesNotMatch(end.error, /\n {4}at /)
    }
    const { code, error } = await run('traffic-load', 'no.such.host.invalid:9092')
    assert.deepEqual([code, error], [1, 'no.such.host.invalid is no known host\n'])
  })
})
