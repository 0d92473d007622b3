/** Helpers of the program tests: real programs, and a reader that keeps what it is told. */
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { actor, type MailboxOptions, type Node, type Pid } from 'troupe'
import { type Program, ProgramDataReader, ProgramReader, programPort } from '#ports'
import type { ProgramEnded, ProgramStarted } from '#ports/program/message'
import type { ProgramOptions } from '#ports/program/options'
import { startedAs } from '#test/unit/ports/ports-kit'

export const startedNode = (t: TestContext): Promise<Node> => startedAs(t, 'program')

/** What the reader was told, in order: `line a`, `error b`, `data 6162`. */
export interface Told {
  readonly all: string[]
  readonly started: ProgramStarted[]
  readonly ended: ProgramEnded[]
}

export const emptyTold = (): Told => ({ all: [], started: [], ended: [] })

/** A reader of lines that keeps what it is told; each line waits for `hold`. */
export const lineKeeper = (told: Told, hold?: () => Promise<void>) =>
  actor(ProgramReader, {
    on: {
      started: (_state, given) => void told.started.push(given),
      async line(_state, { text }) {
        await hold?.()
        told.all.push(`line ${text}`)
      },
      errorLine: (_state, { text }) => void told.all.push(`error ${text}`),
      ended: (_state, given) => void told.ended.push(given),
    },
  })

export const dataKeeper = (told: Told) =>
  actor(ProgramDataReader, {
    on: {
      started: (_state, given) => void told.started.push(given),
      data: (_state, { bytes }) => void told.all.push(Buffer.from(bytes).toString('hex')),
      errorLine: (_state, { text }) => void told.all.push(`error ${text}`),
      ended: (_state, given) => void told.ended.push(given),
    },
  })

export interface Running {
  readonly node: Node
  readonly told: Told
  readonly program: Pid<typeof Program>
}

export interface RunSettings {
  readonly hold?: () => Promise<void>
  readonly mailbox?: MailboxOptions
}

/** Runs a program whose reader is named `reader`. */
export async function run(
  t: TestContext,
  options: ProgramOptions,
  { hold, mailbox }: RunSettings = {},
): Promise<Running> {
  const node = await startedNode(t)
  const told = emptyTold()
  const isBinary = options.output?.kind === 'binary'
  const definition = isBinary ? dataKeeper(told) : lineKeeper(told, hold)
  await node.spawnAny(definition, { name: 'reader', ...(mailbox && { mailbox }) })
  const program = await node.spawn(programPort, { args: [{ reader: 'reader', ...options }] })
  return { node, told, program }
}

/** A program of the shell, so that a test says in one line what it does. */
export const shell = (script: string): ProgramOptions => ({ command: 'sh', args: ['-c', script] })

/** A program of Node.js. */
export const script = (source: string): ProgramOptions => ({
  command: process.execPath,
  args: ['-e', source],
})

/** True while a process of this number runs; one that waits to be buried does not. */
export function isAlive(osPid: number): boolean {
  try {
    process.kill(osPid, 0)
  } catch {
    return false
  }
  return stateOf(osPid) !== 'Z'
}

/** The state that Linux tells; undefined elsewhere, or when it has gone meanwhile. */
function stateOf(osPid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${osPid}/stat`, 'latin1')
    return stat[stat.lastIndexOf(')') + 2]
  } catch {
    return undefined
  }
}
