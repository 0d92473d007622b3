/**
 * testing/recording-context: a process context that writes down what is done through it.
 *
 * Only the verbs with an effect outside are replaced; all else goes to the real context, also
 * what a later version adds. A stub that fits is asked instead of the real node.
 *
 * @source design 9; ergo-features 29 (egress kinds)
 */
import type { ProcessContext } from '#contract'
import { recordedEvents } from './recorded-events.js'
import { recordedRelations } from './recorded-relations.js'
import { recordedSending } from './recorded-sending.js'
import { recordedSpawning } from './recorded-spawning.js'
import { recordedTimers } from './recorded-timers.js'
import type { Recorder } from './recorder.js'

/** Verbs by name, as loosely as a proxy needs them. */
export type Verbs = Readonly<Record<string, unknown>>

/** Decorates the context of the subject. */
export function recordingContext(recorder: Recorder, real: ProcessContext): ProcessContext {
  const replaced: Verbs = {
    ...recordedSending(recorder, real),
    ...recordedSpawning(recorder, real),
    ...recordedRelations(recorder, real),
    ...recordedEvents(recorder, real),
    ...recordedTimers(recorder, real),
  }
  const bound = new Map<PropertyKey, unknown>()
  const get = (target: object, key: PropertyKey): unknown => {
    // What a behaviour hangs on the context of its process, as a leader does.
    if (Object.hasOwn(target, key)) return Reflect.get(target, key)
    if (typeof key === 'string' && Object.hasOwn(replaced, key)) return replaced[key]
    const value: unknown = Reflect.get(real, key, real)
    if (typeof value !== 'function') return value
    if (!bound.has(key)) bound.set(key, value.bind(real))
    return bound.get(key)
  }
  const has = (_target: object, key: PropertyKey): boolean => Reflect.has(real, key)
  // An empty target, because a proxy over a frozen context may not show other values than it.
  return new Proxy({}, { get, has }) as unknown as ProcessContext
}
