/** two-nodes: both programs of the README, as they stand, in processes of their own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

describe('the two programs of the README', () => {
  it('meet with a cookie they made themselves, and end together', async () => {
    const home = await mkdtemp(join(tmpdir(), 'two-nodes-'))
    const env = { ...process.env, HOME: home }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.includes('ready')) child.kill('SIGTERM')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
    const [code] = (await once(child, 'exit')) as [number]
    assert.match(told, /shop: the shop is open\n.*customer: a teapot costs 600 cents\nready/s)
    assert.equal(code, 0)
    const { mode } = await stat(join(home, '.troupe', 'cookie'))
    assert.equal(mode & 0o777, 0o600)
    await rm(home, { recursive: true })
  })

  it('say how they are run', async () => {
    const child = spawn(process.execPath, [main, '--help'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [text] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    assert.match(text, /npm start -- two-nodes/)
  })
})
