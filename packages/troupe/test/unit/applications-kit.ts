/**
 * What the tests of applications share: a table whose node is made of notes.
 *
 * Members are no processes: a test says how each behaves, and every step is noted in order.
 */
import {
  type AnySpawnable,
  type ApplicationChange,
  type ApplicationMember,
  type ApplicationNotice,
  type ApplicationSpec,
  behaviourOf,
  type ExitReason,
  type Logger,
  Pid,
  TroupeError,
} from '#contract'
import { ApplicationTable, type ApplicationVerbs, type Launch } from '#runtime/applications/index'
import { virtualClock } from '#testing/virtual-clock'

/** How a member behaves; each may be changed by a test. */
export interface Conduct {
  /** How long it takes to start, in milliseconds; default 0. */
  readonly startMs?: number
  /** It does not start. */
  readonly fails?: boolean
  /** How long it takes to end when asked to; default 0; Infinity: it does not. */
  readonly endMs?: number
  /** So many processes of its own, which end with it only when they are told. */
  readonly children?: number
}

interface FakeProcess {
  readonly pid: Pid
  readonly label: string
  readonly application: string
  readonly conduct: Conduct
  readonly ended: Promise<ExitReason>
  end(reason: ExitReason): void
}

const conducts = new WeakMap<AnySpawnable, Conduct>()

/** A member of this name that behaves so. */
export function member(name: string, conduct: Conduct = {}): ApplicationMember {
  const start = { [behaviourOf]: {} } as unknown as AnySpawnable
  conducts.set(start, conduct)
  return { name, start }
}

/** A specification whose callbacks note that they were called. */
export function noting(told: string[], spec: ApplicationSpec): ApplicationSpec {
  const { name } = spec
  const note = (step: string) => () => void told.push(`${name}: ${step}`)
  const [init, start, stop] = [note('init'), note('start'), note('stop')]
  return { init, start, stop, terminate: note('terminate'), ...spec }
}

/** The processes of the fake node, and what has happened to them, in order. */
class FakeNode {
  readonly clock = virtualClock()
  readonly told: string[] = []
  readonly notices: ApplicationNotice[] = []
  readonly changes: ApplicationChange[] = []
  readonly launches: Launch[] = []
  readonly logged: string[] = []
  readonly processes = new Map<number, FakeProcess>()
  #ids = 0

  create(application: string, label: string, conduct: Conduct): FakeProcess {
    this.#ids += 1
    const pid = Pid.of('unit@test', this.#ids, 1)
    let settle: (reason: ExitReason) => void = () => {}
    const ended = new Promise<ExitReason>((resolve) => {
      settle = resolve
    })
    const end = (reason: ExitReason): void => {
      if (!this.processes.delete(pid.id)) return
      this.told.push(`${label} ends: ${typeof reason === 'string' ? reason : reason.kind}`)
      settle(reason)
    }
    const process = { pid, label, application, conduct, ended, end }
    this.processes.set(pid.id, process)
    return process
  }

  async start(launch: Launch, { start, name = 'anonymous' }: ApplicationMember) {
    this.launches.push(launch)
    const conduct = conducts.get(start) ?? {}
    const { startMs = 0, fails = false, children = 0 } = conduct
    if (startMs > 0) await new Promise<void>((resolve) => this.clock.after(startMs, resolve))
    if (fails) throw new TroupeError('INIT_FAILED', { process: name, problem: 'it said no' })
    this.told.push(`${name} starts`)
    const { pid, ended } = this.create(launch.application, name, conduct)
    for (let i = 1; i <= children; i += 1) this.create(launch.application, `${name}.${i}`, conduct)
    return { pid, ended }
  }

  exit(pid: Pid, reason: ExitReason): void {
    const process = this.processes.get(pid.id)
    const { endMs = 0 } = process?.conduct ?? {}
    if (endMs === 0) process?.end(reason)
    else if (Number.isFinite(endMs)) this.clock.after(endMs, () => process?.end(reason))
  }

  /** Ends a member, or what has this label, as if by itself. */
  end(label: string, reason: ExitReason): void {
    for (const process of [...this.processes.values()]) {
      if (process.label === label) process.end(reason)
    }
  }

  /** Keeps the messages alone. */
  logger(): Logger {
    const log = (message: string): void => void this.logged.push(message)
    const levels = { trace: log, debug: log, info: log, warning: log, error: log }
    const rest = { level: 'info' as const, setLevel: () => {}, pin: () => {} }
    return { ...levels, ...rest, with: () => this.logger() }
  }
}

function verbsOf(node: FakeNode): ApplicationVerbs {
  const { processes, clock } = node
  return {
    node: 'unit@test',
    clock,
    logFor: () => node.logger(),
    spawnMember: (launch, spec) => node.start(launch, spec),
    exit: (pid, reason) => node.exit(pid, reason),
    kill: (pid) => processes.get(pid.id)?.end('killed'),
    ended: (pid) => processes.get(pid.id)?.ended ?? Promise.resolve('no-process' as const),
    processesOf: (name) =>
      [...processes.values()].filter((one) => one.application === name).map(({ pid }) => pid),
    env: (key) => (key === 'from-node' ? 'node' : undefined),
    phase: () => 'running',
    notify: (notice) => node.notices.push(notice),
    changed: (change) => node.changes.push(change),
  }
}

export function make() {
  const node = new FakeNode()
  const verbs = verbsOf(node)
  const table = new ApplicationTable(verbs)
  const { clock, told, notices, changes, launches, logged, processes } = node
  const load = (spec: ApplicationSpec): void => table.load(noting(told, spec))
  const create: FakeNode['create'] = (...given) => node.create(...given)
  const end: FakeNode['end'] = (...given) => node.end(...given)
  return {
    clock,
    told,
    notices,
    changes,
    launches,
    logged,
    processes,
    create,
    table,
    load,
    end,
    verbs,
  }
}

export const crash: ExitReason = Object.freeze({
  kind: 'crash',
  message: 'Error: boom',
  code: undefined,
  stack: undefined,
})

export const code = (expected: string) => (thrown: unknown) =>
  TroupeError.is(thrown) && thrown.code === expected
