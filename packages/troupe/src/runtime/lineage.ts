/**
 * runtime/lineage: what a process has from where it comes: parent, leader, application, env.
 *
 * Shared by siblings and never changed: a process that sets a value of its environment gets a
 * lineage of its own, so that a million children carry one reference each.
 *
 * @source ergo-features 3 (environment, inheritance)
 */
import { type LogThreshold, type Pid, requireOption } from '#contract'

export interface Lineage {
  readonly parent: Pid | undefined
  readonly leader: Pid | undefined
  readonly application: string | undefined
  /** Keys in lower case. */
  readonly env: ReadonlyMap<string, unknown>
  /** Undefined: that of the node. */
  readonly logLevel: LogThreshold | undefined
}

/** An environment with more values on top; undefined deletes one. */
export function withEnv(
  env: ReadonlyMap<string, unknown>,
  values: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, unknown> {
  if (values === undefined) return env
  const merged = new Map(env)
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) merged.delete(key.toLowerCase())
    else merged.set(key.toLowerCase(), value)
  }
  return merged
}

/** OPTION_INVALID for what is no set of values. */
export function requireEnv(env: unknown): void {
  const holds = env === undefined || (typeof env === 'object' && env !== null)
  requireOption(holds, 'env', env, 'give an object')
}

/** OPTION_INVALID for what cannot be a key of an environment; else the form it is kept in. */
export function envKey(key: unknown): string {
  requireOption(typeof key === 'string', 'key', key, 'give a string')
  return String(key).toLowerCase()
}

/** What a process without a parent has. */
export function rootLineage(values: Readonly<Record<string, unknown>> | undefined): Lineage {
  return {
    parent: undefined,
    leader: undefined,
    application: undefined,
    env: withEnv(new Map(), values),
    logLevel: undefined,
  }
}
