/**
 * nodes/launcher: starts the three programs of the system, and again whichever ends.
 *
 * A supervisor with one process for each program; they find each other by themselves, and no
 * message between them comes through here. A program that is started again gets the ports it had.
 * Asked to end, it ends them from the intake to the web, so that the last account tells of all.
 *
 *   programs (one-for-one): printer, web, storage, ingest
 */

import {
  type AnySpawnable,
  actor,
  type Pid,
  type ProcessContext,
  type ProgramEnded,
  ProgramReader,
  programPort,
  protocol,
  startNode,
  supervisor,
} from 'troupe'
import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import type { Screen } from '#traffic/cli/screen'
import { inTurn, openLookout } from '#traffic/cli/seeing'
import { nodeOptions } from '#traffic/system/run'
import { joiningOf } from './joining.js'
import { ROLES, type Role } from './page.js'

/** The longest orderly end of all, in milliseconds: the system promises two seconds. */
const STOP_TIMEOUT_MS = 1_900
/** The longest end of each; storage has to write what is not on disk yet. */
const END_MS: Readonly<Record<Role, number>> = { ingest: 600, storage: 1_500, web: 600 }
/** Restarts that are taken calmly, and the wait before each. */
const INTENSITY = Object.freeze({ restarts: 100, withinMs: 60_000 })
const BACKOFF = Object.freeze({ immediate: 2, firstMs: 100, maxMs: 2_000 })

/** Set for the programs that are started here: they end when their input does. */
export const CHILD_VARIABLE = 'TRAFFIC_CHILD'

/** Addresses that a program prints, and the flag that asks for the same port again. */
const PORT_LINES: readonly (readonly [string, RegExp])[] = [
  ['udp-port', /udp 127\.0\.0\.1:(\d+)$/],
  ['tcp-port', /tls 127\.0\.0\.1:(\d+)$/],
  ['https-port', /https?:\/\/127\.0\.0\.1:(\d+)\/$/],
]

/** What is known of one program; outlives its process and all its runs. */
interface Run {
  readonly role: Role
  readonly words: readonly string[]
  readonly ports: Map<string, string>
  isReady: boolean
  wasReady: boolean
}

interface Launch {
  readonly runs: readonly Run[]
  readonly print: (line: string) => void
  /** Ends all with this exit code. */
  readonly end: (exitCode: number) => void
  isTold: boolean
}

/** Runs all programs until it is asked to end. `words` are the flags, as they were given. */
export async function runPrograms(
  program: string,
  words: readonly string[],
  flags: Flags,
  screen: Screen,
): Promise<ProgramEnd> {
  let exitCode = 0
  const node = await startNode(flags.name, {
    ...nodeOptions(flags, screen),
    stopTimeoutMs: STOP_TIMEOUT_MS,
  })
  const own = [...process.execArgv, program, ...words]
  const lookout = openLookout({
    ...{ port: flags.observerPort, name: observerOf(flags.name) },
    hasMetrics: flags.metricsPort !== 'off',
    network: () => joiningOf(flags, false),
  })
  const launch: Launch = {
    runs: ROLES.map((role, at) => ({
      ...{ role, words: [...own, '--role', role, ...metricsOf(flags, at)], ports: new Map() },
      ...{ isReady: false, wasReady: false },
    })),
    print: inTurn(lookout, (line) => screen.print(line)),
    end: (code) => {
      exitCode = code
      void node.stop()
    },
    isTold: false,
  }
  const start = programsOf(launch)
  node.loadApplication({ name: 'programs', members: [{ name: 'programs', start }] })
  await node.startApplication('programs')
  await node.stopped
  await (await lookout).stop()
  return { kind: 'ended', exitCode }
}

/** The hidden node that looks at the three. */
const observerOf = (name: string): string => name.replace('@', '-observer@')

/** Each program has a port of its own. */
function metricsOf({ metricsPort }: Flags, at: number): readonly string[] {
  const isFixed = metricsPort === 0 || metricsPort === 'off'
  return ['--metrics', `${isFixed ? metricsPort : metricsPort + at}`]
}

function programsOf(launch: Launch): AnySpawnable {
  const printer = { name: 'printer', start: printerActor, args: [launch] }
  // They end in the opposite order.
  const inOrder = ['web', 'storage', 'ingest'] as const
  const children = inOrder.map((role) => ({
    name: role,
    start: programActor,
    args: [launch.runs.find((run) => run.role === role)],
    shutdownMs: END_MS[role] + 200,
  }))
  return supervisor<readonly AnySpawnable[]>({
    ...{ name: 'programs', type: 'one-for-one', restart: 'permanent' },
    ...{ intensity: INTENSITY, backoff: BACKOFF },
    children: [printer, ...children],
  })
}

interface ProgramState {
  readonly run: Run
  port: Pid | undefined
}

/** One program: its end is the end of this process. */
const programActor = actor(protocol('traffic-program', {}), {
  init: (run: Run): ProgramState => ({ run, port: undefined }),
  async started(state, context) {
    const { role, words, ports } = state.run
    const same = [...ports].flatMap(([flag, port]) => [`--${flag}`, port])
    const options = {
      ...{ command: process.execPath, args: [...words, ...same], inheritEnv: true },
      env: { [CHILD_VARIABLE]: role },
      ...{ tag: role, reader: 'printer', stopTimeoutMs: END_MS[role] },
    }
    state.port = await context.spawn(programPort, { args: [options], monitor: true })
  },
  on: {},
  handleDown(state, { reason }, context) {
    state.port = undefined
    context.stop(reason === 'normal' ? 'shutdown' : reason)
  },
  async terminate({ port }, _reason, context) {
    if (port === undefined) return
    context.exit(port, 'shutdown')
    await context.ended(port)
  },
})

/** Prints what the programs say, and knows by it when they are ready and where they listen. */
const printerActor = actor(ProgramReader, {
  init: (launch: Launch) => launch,
  on: {
    started: () => {},
    line(launch, { tag, text }) {
      const run = runOf(launch, tag)
      if (run === undefined) return
      if (text === 'ready') {
        ready(launch, run)
        return
      }
      for (const [flag, pattern] of PORT_LINES) {
        const port = pattern.exec(text)?.[1]
        if (port !== undefined) run.ports.set(flag, port)
      }
      launch.print(`${run.role.padEnd(7)} ${text}`)
    },
    errorLine: ({ print }, { tag, text }) => print(`${(tag ?? '').padEnd(7)} ${text}`),
    ended,
  },
})

const runOf = ({ runs }: Launch, tag: string | undefined): Run | undefined =>
  runs.find(({ role }) => role === tag)

function ready(launch: Launch, run: Run): void {
  if (run.wasReady) launch.print(`${run.role} is back`)
  run.isReady = true
  run.wasReady = true
  if (launch.isTold || !launch.runs.every(({ wasReady }) => wasReady)) return
  launch.isTold = true
  launch.print('ready')
}

function ended(launch: Launch, told: ProgramEnded, _context: ProcessContext): void {
  const run = runOf(launch, told.tag)
  if (run === undefined || told.end === 'stopped') return
  run.isReady = false
  const how = told.signal ?? `code ${told.exitCode}`
  if (run.wasReady) launch.print(`${run.role} has ended (${how}) and is started again`)
  else {
    // What is wrong at the first start will be wrong again.
    launch.print(`${run.role} could not start (${how})`)
    launch.end(1)
  }
}
