/**
 * A clone in which nothing was built yet: the command of `npm start` builds all that the system
 * needs, its page included, which nothing of the system imports.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '#test/list/setting'
import { FREE_PORTS } from '#test/system-process'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a clone has; whatever is made of it, or fetched for it, is left out. */
const CLONED = ['examples', 'packages', 'tools', 'package.json', 'package-lock.json']
const MADE = /^(dist.*|node_modules|traffic-data|\.tsbuildinfo)$/

/** Packages as npm has installed them; those of the clone itself are linked to the clone. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) {
    const [path, made] = [join(from, name), join(to, name)]
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), made)
    else if (name.startsWith('@troupe')) linkPackages(path, made)
    else symlinkSync(path, made)
  }
}

function clone(t: TestContext): string {
  const folder = dataFolder(t)
  const settings = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name))
  for (const name of [...CLONED, ...settings]) {
    const filter = (path: string): boolean => !MADE.test(basename(path))
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter })
  }
  linkPackages(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Starts the system as npm does, in this folder; gives the lines up to `ready`. */
async function start(t: TestContext, folder: string): Promise<readonly string[]> {
  const flags = ['traffic', ...FREE_PORTS, '--http', '--no-data', '--no-fleet']
  const words = [join(folder, 'tools', 'commands', 'start.mjs'), ...flags]
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  t.after(async () => {
    child.kill('SIGTERM')
    await closed
  })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line === 'ready') return lines
  }
  return assert.fail(`it ended before it was ready:\n${told}${lines.join('\n')}`)
}

describe('a clean clone', { timeout: 400_000 }, () => {
  it('builds the map page when the traffic system is started, and serves it', async (t) => {
    const folder = clone(t)
    const page = join(folder, 'examples', 'traffic', 'dist-page', 'main.js')
    assert.equal(existsSync(page), false)
    const lines = await start(t, folder)
    assert.equal(existsSync(page), true)
    const address = lines.map((line) => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]).find(Boolean)
    for (const path of ['/map', '/map/main.js', '/map/fleet.js', '/map/land.json']) {
      const response = await fetch(`${address}${path}`)
      assert.equal(response.status, 200, path)
      assert.ok((await response.arrayBuffer()).byteLength > 100, path)
    }
  })
})
