/**
 * What the tests of applications share: a table whose node is made of notes.
 *
 * Members are no processes: a test says how each behaves, and every step is noted in order.
 */
import {
  type AnySpawnable,
  type ApplicationMember,
  type ApplicationNotice,
  type ApplicationSpec,
  behaviourOf,
  type ExitReason,
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

export function make(changes: Partial<ApplicationVerbs> = {}) {
  const clock = virtualClock()
  const told: string[] = []
  const notices: ApplicationNotice[] = []
  const launches: Launch[] = []
  const logged: string[] = []
  const processes = new Map<number, FakeProcess>()
  let ids = 0

  const create = (application: string, label: string, conduct: Conduct): FakeProcess => {
    ids += 1
    const pid = Pid.of('unit@test', ids, 1)
    let settle: (reason: ExitReason) => void = () => {}
    const ended = new Promise<ExitReason>((resolve) => {
      settle = resolve
    })
    const end = (reason: ExitReason): void => {
      if (!processes.delete(pid.id)) return
      told.push(`${label} ends: ${typeof reason === 'string' ? reason : reason.kind}`)
      settle(reason)
    }
    const process = { pid, label, application, conduct, ended, end }
    processes.set(pid.id, process)
    return process
  }

  const verbs: ApplicationVerbs = {
    node: 'unit@test',
    clock,
    logFor: () => {
      const log = (message: string): void => void logged.push(message)
      const rest = { level: 'info' as const, setLevel: () => {}, pin: () => {} }
      const logger = { trace: log, debug: log, info: log, warning: log, error: log, ...rest }
      return { ...logger, with: () => ({ ...logger, with: () => logger as never }) }
    },
    spawnMember: async (launch, { start, name = 'anonymous' }) => {
      launches.push(launch)
      const conduct = conducts.get(start) ?? {}
      const { startMs = 0, fails = false, children = 0 } = conduct
      if (startMs > 0) await new Promise<void>((resolve) => clock.after(startMs, resolve))
      if (fails) throw new TroupeError('INIT_FAILED', { process: name, problem: 'it said no' })
      told.push(`${name} starts`)
      const { pid, ended } = create(launch.application, name, conduct)
      for (let i = 1; i <= children; i += 1) create(launch.application, `${name}.${i}`, conduct)
      return { pid, ended }
    },
    exit: (pid, reason) => {
      const process = processes.get(pid.id)
      const { endMs = 0 } = process?.conduct ?? {}
      if (endMs === 0) process?.end(reason)
      else if (Number.isFinite(endMs)) clock.after(endMs, () => process?.end(reason))
    },
    kill: (pid) => processes.get(pid.id)?.end('killed'),
    ended: (pid) => processes.get(pid.id)?.ended ?? Promise.resolve('no-process' as const),
    processesOf: (name) =>
      [...processes.values()].filter((one) => one.application === name).map(({ pid }) => pid),
    env: (key) => (key === 'from-node' ? 'node' : undefined),
    notify: (notice) => notices.push(notice),
    ...changes,
  }

  const table = new ApplicationTable(verbs)
  const load = (spec: ApplicationSpec): void => table.load(noting(told, spec))
  /** Ends a member, or what has this label, as if by itself. */
  const end = (label: string, reason: ExitReason): void => {
    for (const process of [...processes.values()]) if (process.label === label) process.end(reason)
  }
  return { clock, told, notices, launches, logged, processes, create, table, load, end, verbs }
}

export const crash: ExitReason = Object.freeze({
  kind: 'crash',
  message: 'Error: boom',
  code: undefined,
  stack: undefined,
})

export const code = (expected: string) => (thrown: unknown) =>
  TroupeError.is(thrown) && thrown.code === expected
