/**
 * system/launcher: starts all programs of the cluster, and again whichever ends.
 *
 * A supervisor with one process for each program; they find each other by themselves, and nothing
 * between them comes through here. A coordinator that is started again gets the port it had.
 * Asked to end, it ends the workers first, so that they can still put back what they have. What it
 * prints waits for the line of the Observer, which is the first.
 *
 *   programs (one-for-one): printer, coordinators, workers, closer
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import { inTurn } from '@troupe-examples/traffic/cli/seeing'
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
import type { Flags } from '#jobs/cli/flags'
import { backingOf } from './backing.js'
import { HTTP_PORT, METRICS_PORT } from './coordinator-program.js'
import type { Ground } from './ground.js'
import { lookoutOf } from './lookout.js'
import { COORDINATORS, type Role, shortNameOf } from './names.js'
import { CHILD_VARIABLE, STOP_TIMEOUT_MS } from './program-node.js'
import { untilServing } from './serving.js'

/** The longest end of one program, in milliseconds, before it is killed. */
const END_MS = STOP_TIMEOUT_MS + 500
/** And of all of them: workers, then coordinators. */
const STOP_ALL_MS = 2 * END_MS + 1_000
/** Restarts that are taken calmly, and the wait before each. */
const INTENSITY = Object.freeze({ restarts: 200, withinMs: 60_000 })
const BACKOFF = Object.freeze({ immediate: 2, firstMs: 100, maxMs: 2_000 })

const ADDRESS = /^http:\/\/127\.0\.0\.1:(\d+)\/$/

/** What is known of one program; outlives its process and all its runs. */
interface Run {
  readonly role: Role
  readonly name: string
  readonly words: readonly string[]
  /** Where a coordinator answers, once it has said so. */
  httpPort: string | undefined
  port: Pid | undefined
  /** Its number in the operating system, for whoever wants to kill it. */
  osPid: number | undefined
  isReady: boolean
}

interface Launch {
  readonly runs: readonly Run[]
  readonly ground: Ground
  readonly width: number
  readonly print: (line: string) => void
  /** Ends all with this exit code. */
  readonly end: (exitCode: number) => void
  isTold: boolean
  isEnding: boolean
}

/** Runs all programs until it is asked to end. */
export async function runPrograms(
  program: string,
  words: readonly string[],
  flags: Flags,
  printNow: (line: string) => void,
): Promise<ProgramEnd> {
  const kept = flags.dataFolder
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'troupe-jobs-')))
  try {
    const ground = await (await backingOf(flags)).ground(folder)
    const lookout = lookoutOf({ ...flags, ...ground.found })
    const print = inTurn(lookout, printNow)
    try {
      print(
        kept === undefined ? `jobs are kept until the end, in ${folder}` : `jobs are in ${folder}`,
      )
      if (ground.told !== undefined) print(ground.told)
      const own = [...process.execArgv, program, ...words, '--data', folder, ...ground.words]
      return { kind: 'ended', exitCode: await launched({ flags, own, ground, print }) }
    } finally {
      await (await lookout).stop()
      await ground.stop()
    }
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true, force: true })
  }
}

interface LaunchParts {
  readonly flags: Flags
  /** How this program was started. */
  readonly own: readonly string[]
  readonly ground: Ground
  readonly print: (line: string) => void
}

/** Runs them on what there is for them; settles with an exit code. */
async function launched({ flags, own, ground, print }: LaunchParts): Promise<number> {
  let exitCode = 0
  const node = await startNode(`${flags.name}-launcher@localhost`, {
    // Ends of programs are told by the printer, and nothing else happens here.
    ...{ logSinks: [], stopTimeoutMs: STOP_ALL_MS },
  })
  const runs = runsOf(flags, own)
  const launch: Launch = {
    ...{ runs, ground, print, isTold: false, isEnding: false },
    width: Math.max(...runs.map(({ name }) => name.length)),
    end: (code) => {
      exitCode = code
      void node.stop()
    },
  }
  const members = [{ name: 'programs', start: programsOf(launch) }]
  node.loadApplication({ name: 'programs', members })
  await node.startApplication('programs', { mode: 'permanent' })
  await node.stopped
  return exitCode
}

function runsOf(flags: Flags, own: readonly string[]): readonly Run[] {
  const run = (role: Role, index: number, more: readonly string[]): Run => ({
    ...{ role, name: shortNameOf(role, flags.name, index) },
    words: [...own, '--role', role, '--index', `${index}`, ...more],
    ...{ httpPort: undefined, port: undefined, osPid: undefined, isReady: false },
  })
  const { httpPort = HTTP_PORT, metricsPort = METRICS_PORT, workersMax } = flags
  const portOf = (at: number): string => `${httpPort === 0 ? 0 : httpPort + at}`
  const metricsOf = (at: number): readonly string[] => {
    const isFixed = metricsPort === 0 || metricsPort === 'off'
    return ['--metrics', `${isFixed ? metricsPort : metricsPort + at}`]
  }
  return [
    ...Array.from({ length: COORDINATORS }, (_, at) =>
      run('coordinator', at + 1, ['--http-port', portOf(at), ...metricsOf(at)]),
    ),
    ...Array.from({ length: workersMax }, (_, at) =>
      run('worker', at + 1, metricsOf(COORDINATORS + at)),
    ),
  ]
}

function programsOf(launch: Launch): AnySpawnable {
  const printer = { name: 'printer', start: printerActor, args: [launch] }
  const children = launch.runs.map((run) => ({
    ...{ name: run.name, start: programActor, args: [launch, run], shutdownMs: END_MS + 200 },
    restart: run.role === 'worker' ? ('transient' as const) : ('permanent' as const),
  }))
  const closer = { name: 'closer', start: closerActor, args: [launch], shutdownMs: STOP_ALL_MS }
  return supervisor<readonly AnySpawnable[]>({
    ...{ name: 'programs', type: 'one-for-one', restart: 'permanent' },
    ...{ intensity: INTENSITY, backoff: BACKOFF },
    children: [printer, ...launch.ground.children(launch.print), ...children, closer],
  })
}

interface ProgramState {
  readonly launch: Launch
  readonly run: Run
}

/** One program: its end is the end of this process. */
const programActor = actor(protocol('jobs-program', {}), {
  init: (launch: Launch, run: Run): ProgramState => ({ launch, run }),
  async started({ run }, context) {
    const same = run.httpPort === undefined ? [] : ['--http-port', run.httpPort]
    const options = {
      ...{ command: process.execPath, args: [...run.words, ...same], inheritEnv: true },
      env: { [CHILD_VARIABLE]: run.name },
      ...{ tag: run.name, reader: 'printer', stopTimeoutMs: END_MS },
    }
    run.port = await context.spawn(programPort, { args: [options], monitor: true })
  },
  on: {},
  handleDown({ launch, run }, { reason }, context) {
    run.port = undefined
    // A worker that ended in order was drained; whoever did that does not want it back.
    if (!launch.isEnding) context.stop(reason)
  },
  async terminate({ run: { port } }, _reason, context) {
    if (port !== undefined) await ended([port], context)
  },
})

/** The last that was started is the first to end: it ends the programs, those alike at once. */
const closerActor = actor(protocol('jobs-closer', {}), {
  init: (launch: Launch) => launch,
  on: {},
  async terminate(launch, _reason, context) {
    launch.isEnding = true
    for (const role of ['worker', 'coordinator'] as const) {
      const ports = launch.runs.flatMap((run) =>
        run.role === role && run.port !== undefined ? [run.port] : [],
      )
      await ended(ports, context)
    }
  },
})

/** Asks all of them to end and settles when they have. */
async function ended(ports: readonly Pid[], context: ProcessContext): Promise<void> {
  const ends = ports.map((port) => context.ended(port))
  for (const port of ports) context.exit(port, 'shutdown')
  await Promise.all(ends)
}

/** Prints what the programs say, and knows by it when they are ready and where they listen. */
const printerActor = actor(ProgramReader, {
  init: (launch: Launch) => launch,
  on: {
    started(launch, { tag, osPid }) {
      const run = runOf(launch, tag)
      if (run !== undefined) run.osPid = osPid
    },
    line(launch, { tag, text }, context) {
      const run = runOf(launch, tag)
      if (run === undefined) return
      const [, port] = ADDRESS.exec(text) ?? []
      if (port !== undefined) run.httpPort = port
      else if (text === 'ready') becomesReady(launch, run, context)
      else tell(launch, run.name, text)
    },
    errorLine: (launch, { tag, text }) => tell(launch, tag ?? '', text),
    ended: programEnded,
  },
})

const tell = ({ print, width }: Launch, name: string, text: string): void =>
  print(`${name.padEnd(width)}  ${text}`)

const runOf = ({ runs }: Launch, tag: string | undefined): Run | undefined =>
  runs.find(({ name }) => name === tag)

function becomesReady(launch: Launch, run: Run, context: ProcessContext): void {
  const { httpPort } = run
  const where = httpPort === undefined ? 'is there' : `http://127.0.0.1:${httpPort}/`
  tell(launch, run.name, `${run.isReady ? 'is back' : where} (process ${run.osPid})`)
  run.isReady = true
  if (launch.isTold || !launch.runs.every(({ isReady }) => isReady)) return
  launch.isTold = true
  const ports = launch.runs.flatMap(({ httpPort }) => httpPort ?? [])
  const wait = (delayMs: number): Promise<void> =>
    new Promise((resolve) => void context.after(delayMs, resolve))
  void untilServing(ports, { nowMs: () => context.nowMs(), wait }).then((problem) => {
    if (problem !== undefined) launch.print(problem)
    launch.print('ready')
  })
}

function programEnded(launch: Launch, told: ProgramEnded): void {
  const run = runOf(launch, told.tag)
  if (run === undefined || told.end === 'stopped' || launch.isEnding) return
  const how = told.signal ?? `code ${told.exitCode}`
  if (run.role === 'worker' && told.end === 'program-done') tell(launch, run.name, 'has left')
  else if (run.isReady) tell(launch, run.name, `has ended (${how}) and is started again`)
  else {
    // What is wrong at the first start will be wrong again.
    tell(launch, run.name, `could not start (${how})`)
    launch.end(1)
  }
}
