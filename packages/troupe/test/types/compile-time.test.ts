/**
 * types: how long TypeScript takes for a project of 200 actors with 10 messages each.
 *
 * The budget is 2 s on a quiet machine; the figure is printed. The guard is far above it, since
 * a time on a busy machine proves nothing: it catches types that explode, not those that grow.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ACTORS = 200
const REQUESTS = 5
const MESSAGES = 5
const GUARD_MS = 120_000

/** One file with a protocol, an actor as functions or as a class, and somebody who talks to it. */
function actorFile(index: number): string {
  const requests = Array.from({ length: REQUESTS }, (_, at) => `ask${at}`)
  const messages = Array.from({ length: MESSAGES }, (_, at) => `tell${at}`)
  const types = [
    ...messages.map((name) => `  ${name}: message<{ at: number; word: string }>(),`),
    ...requests.map((name) => `  ${name}: request<{ id: string }, readonly number[]>(),`),
  ]
  return [
    "import { Actor, actor, type Handlers, message, type Node, protocol, request } from 'troupe'",
    `export const P${index} = protocol('p${index}', {`,
    ...types,
    '})',
    ...(index % 2 === 0
      ? asFunctions(index, messages, requests)
      : asClass(index, messages, requests)),
    `export async function talk${index}(node: Node): Promise<number> {`,
    `  const pid = await node.spawn(made${index}, { name: 'n${index}', args: [${index}] })`,
    ...messages.map((name) => `  node.send(pid, '${name}', { at: 1, word: 'x' })`),
    ...requests.map((name) => `  const ${name} = await node.call(pid, '${name}', { id: 'x' })`),
    `  return ${requests.map((name) => `${name}.length`).join(' + ')}`,
    '}',
    '',
  ].join('\n')
}

const asFunctions = (index: number, messages: string[], requests: string[]): string[] => [
  `export const made${index} = actor(P${index}, {`,
  '  init: (start: number) => ({ sum: start, seen: [] as number[] }),',
  '  on: {',
  ...messages.map((name) => `    ${name}(state, { at, word }) { state.sum += at + word.length },`),
  ...requests.map((name) => `    ${name}: (state, { id }) => [...state.seen, id.length],`),
  '  },',
  '})',
]

const asClass = (index: number, messages: string[], requests: string[]): string[] => [
  `export class made${index} extends Actor.of(P${index}) implements Handlers<typeof P${index}> {`,
  '  #sum = 0',
  '  override init(start: number) { this.#sum = start }',
  ...messages.map((name) => `  ${name}({ at }: { at: number; word: string }) { this.#sum += at }`),
  ...requests.map((name) => `  ${name}({ id }: { id: string }) { return [id.length, this.#sum] }`),
  '}',
]

/** Supervisors over all of them, twenty each. */
function supervisorsFile(): string {
  const indices = Array.from({ length: ACTORS }, (_, index) => index)
  const child = (index: number): string =>
    `    { name: 'n${index}', start: made${index}, args: [${index}] },`
  const groups = indices.filter((index) => index % 20 === 0)
  return [
    "import { supervisor } from 'troupe'",
    ...indices.map((index) => `import { made${index} } from './actor-${index}.js'`),
    ...groups.flatMap((first) => [
      `export const group${first} = supervisor({`,
      '  children: [',
      ...indices.slice(first, first + 20).map(child),
      '  ],',
      '})',
    ]),
    '',
  ].join('\n')
}

const OPTIONS = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noImplicitOverride: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  },
}

/** TypeScript's own command, wherever the workspace has installed it. */
function compiler(): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
}

const here = dirname(fileURLToPath(import.meta.url))
const project = join(here, `generated-${process.pid}`)
const run = promisify(execFile)

describe('the types of Troupe', () => {
  before(async () => {
    await mkdir(project, { recursive: true })
    const write = (name: string, text: string): Promise<void> =>
      writeFile(join(project, name), text)
    await write('tsconfig.json', JSON.stringify(OPTIONS))
    await write('supervisors.ts', supervisorsFile())
    for (let index = 0; index < ACTORS; index += 1) {
      await write(`actor-${index}.ts`, actorFile(index))
    }
  })

  after(() => rm(project, { recursive: true, force: true }))

  it('compile in a project of 200 actors of 10 messages', async (test) => {
    const command = [compiler(), '-p', project, '--extendedDiagnostics']
    const { stdout } = await run(process.execPath, command, { timeout: GUARD_MS })
    const seconds = (name: string): number =>
      Number(new RegExp(`^${name} time:\\s+([\\d.]+)s`, 'm').exec(stdout)?.[1])
    const totalSeconds = seconds('Total')
    test.diagnostic(`200 actors of 10 messages: ${totalSeconds} s, check ${seconds('Check')} s`)
    assert.ok(totalSeconds * 1_000 < GUARD_MS, stdout)
  })
})
