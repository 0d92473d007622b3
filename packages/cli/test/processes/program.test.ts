/**
 * processes/program: the program `troupe` itself: its pipe, its signals, its exit codes.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Demo } from './demo.js'

const PROGRAM = fileURLToPath(new URL('../../bin/troupe.mjs', import.meta.url))

let demo: Demo
before(async () => {
  demo = await Demo.start('program')
})
after(() => demo.stop())

/** Runs the program; `act` is told all that it has printed so far. */
async function run(
  typed: readonly string[],
  act: (text: string, child: ReturnType<typeof spawn>) => void = () => {},
) {
  const env = { ...process.env, ...demo.env }
  const child = spawn(process.execPath, [PROGRAM, ...typed], { env, stdio: 'pipe' })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    act(out, child)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('close', (...ended) => resolve(ended))
  })
  return { code, signal, out, err }
}

/** Files that are read before a command is known: what is imported without a condition. */
function readAtOnce(file: URL, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  const text = readFileSync(file, 'utf8')
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export) [^;]*?from '([^']+)';$/gm)) {
    const [, room] = /^#(?:cli\/)?(.+)$/.exec(specifier) ?? []
    if (room !== undefined) readAtOnce(new URL(`../../dist/${room}.js`, import.meta.url), seen)
    else if (specifier.startsWith('.')) readAtOnce(new URL(specifier, file), seen)
    else seen.add(specifier)
  }
  return seen
}

describe('the program', () => {
  it('reads nothing of the platform before it knows that a node is asked', () => {
    const files = [...readAtOnce(new URL('../../dist/index.js', import.meta.url))]
    deepEqual(
      files.filter((file) => !file.startsWith('file:')),
      ['node:util'],
    )
    ok(files.some((file) => file.endsWith('/arguments/parse.js')))
    ok(files.length <= 15, files.join('\n'))
  })

  it('prints its help and ends with 0', async () => {
    const { code, out, err } = await run(['--help'])
    deepEqual([code, err], [0, ''])
    match(out, /^Looks into running nodes/)
    ok(!out.includes('\u001b'))
  })

  it('tells a mistake on standard error and ends with 2', async () => {
    const { code, out, err } = await run(['tpo'])
    deepEqual([code, out], [2, ''])
    equal(err, 'Error: There is no command "tpo".\nDid you mean: troupe top\n')
  })

  it('asks a node, and ends by itself', async () => {
    const { code, out, err } = await run(['ping', '--json'])
    deepEqual([code, err], [0, ''])
    equal(JSON.parse(out).node, demo.name)
  })

  it('ends in order when it is interrupted between two pings', async () => {
    const { code, signal, err } = await run(['ping', '-c', '1000'], (out, child) => {
      if (out.includes('answered')) child.kill('SIGINT')
    })
    deepEqual([code, signal], [0, null])
    match(err, /asked, \d+ answered/)
  })

  it('ends without a word when nobody reads any more', async () => {
    const { code, err } = await run(['ping', '-c', '1000'], (_out, child) => {
      child.stdout?.destroy()
    })
    deepEqual([code, err.replace(/\d+ asked, \d+ answered\n/, '')], [0, ''])
  })

  it('completes what is typed, and is silent where it cannot', async () => {
    const { out } = await run(['__complete', '--', 'de'])
    equal(out, 'dead-letters\n')
    const nobody = await run(['__complete', '--', 'tree', '--connect', 'tcp://127.0.0.1:1', ''])
    deepEqual([nobody.code, nobody.out, nobody.err], [0, '', ''])
  })
})
