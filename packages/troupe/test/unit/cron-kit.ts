/**
 * What the tests of the calendar share: a calendar whose node is made of notes.
 */
import {
  type AnySpawnable,
  behaviourOf,
  type CronJob,
  type CronTick,
  Pid,
  TroupeError,
} from '#contract'
import { CronTable, type CronVerbs } from '#runtime/cron/index'
import { virtualClock } from '#testing/virtual-clock'

export const start = Date.UTC(2025, 0, 1)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const spawnable = { [behaviourOf]: {} } as unknown as AnySpawnable

export function make(verbs: Partial<CronVerbs> = {}) {
  const clock = virtualClock({ startWallMs: start })
  const sent: { readonly to: unknown; readonly message: string; readonly payload: unknown }[] = []
  const logged: unknown[] = []
  const say = (message: string, fields?: unknown): void => void logged.push([message, fields])
  const cron = new CronTable({
    node: 'unit@test',
    clock,
    log: { error: say, warning: say },
    send: (to, message, payload) => {
      sent.push({ to, message, payload })
      return undefined
    },
    spawn: async () => Pid.of('unit@test', 1, 1),
    ended: async () => 'normal',
    ...verbs,
  })
  return { clock, cron, sent, logged }
}

/** A job that notes how many seconds after the start each run was due. */
export function noting(job: Omit<CronJob, 'action' | 'name'> & { readonly name?: string }) {
  const seconds: number[] = []
  const run = ({ timeMs }: CronTick): void => {
    seconds.push((timeMs - start) / SECOND)
  }
  const timed = { name: 'job', timeZone: 'UTC', action: { kind: 'run', run }, ...job } as CronJob
  return { job: timed, seconds }
}

/** A job whose runs end when the test says so. */
export function held(job: Partial<CronJob>) {
  const open: (() => void)[] = []
  const ticks: number[] = []
  const run = ({ timeMs }: CronTick): Promise<void> => {
    ticks.push((timeMs - start) / MINUTE)
    return new Promise((resolve) => open.push(resolve))
  }
  const action = { kind: 'run', run } as const
  const heldJob: CronJob = { name: 'job', spec: '* * * * *', timeZone: 'UTC', action, ...job }
  return { job: heldJob, open, ticks }
}

export const code = (expected: string) => (thrown: unknown) =>
  TroupeError.is(thrown) && thrown.code === expected
