/**
 * start/hello: `npm start -- hello` as a person uses it, up to Ctrl-C.
 */
import { equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { ROOT } from '#setup/workspace'
import { until } from '#test/start/launched'

/** The set-up finds everything built; a busy machine takes its time all the same. */
const READY_MAX_MS = 60_000

describe('npm start -- hello', () => {
  it('prints its answer and ready, and Ctrl-C ends it with code 0', async () => {
    const npm = spawn('npm', ['start', '--', 'hello'], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    npm.stdout.on('data', (part: Buffer) => {
      output += part
    })
    const closed = once(npm, 'close')
    await until(() => /^ready$/m.test(output), READY_MAX_MS, 'the line ready')
    match(output, /^Hello world, you are number 1\.$/m)
    process.kill(-Number(npm.pid), 'SIGINT')
    const [code] = await closed
    equal(code, 0)
  })
})
