/**
 * testing/recorded-spawning: children, written down and stubbed.
 */
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type Pid,
  type ProcessContext,
  type SpawnOptions,
} from '#contract'
import type { Open, Spawned } from './journal.js'
import type { Recorder } from './recorder.js'

type AnyOptions = SpawnOptions & { readonly args?: readonly unknown[] }

/** The verbs by which a process makes others. */
export function recordedSpawning(recorder: Recorder, real: ProcessContext) {
  const spawn = (definition: AnySpawnable, given: AnyOptions = {}): Promise<Pid> => {
    const { args = [], ...options } = given
    const behaviour = (definition[behaviourOf] as unknown as Behaviour).name
    const pending = { outcome: 'pending' as const, pid: undefined, error: undefined }
    const entry = { kind: 'spawned' as const, definition, behaviour, name: options.name }
    const spawned = { ...entry, args, options, ...pending }
    const record: Open<Spawned> = recorder.journal.add<Spawned>(spawned)
    const promise = stubbed(recorder, real, definition, given) ?? real.spawnAny(definition, given)
    promise.then(
      (pid) => {
        record.outcome = 'started'
        record.pid = pid
      },
      (error: unknown) => {
        record.outcome = 'failed'
        record.error = error
      },
    )
    return promise
  }
  return { spawn, spawnAny: spawn }
}

function stubbed(
  recorder: Recorder,
  real: ProcessContext,
  definition: AnySpawnable,
  given: AnyOptions,
): Promise<Pid> | undefined {
  // Not asked whether the subject is alive: children made in `init` are stubbed as well.
  const verdict = recorder.stubs.spawn(definition)
  switch (verdict?.kind) {
    case undefined:
      return undefined
    case 'give':
      return Promise.resolve(verdict.pid)
    case 'fail':
      return Promise.reject(verdict.error)
    case 'probe':
      return recorder.verbs.spawnProbe(real, definition, given)
  }
}
