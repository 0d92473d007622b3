/**
 * cluster/registrar/composite/start-parts: several registrars begin; when the node may go on.
 *
 * One that is ready is enough, so that a server that cannot be had keeps nobody from starting; the
 * others are given some time, since a name that is taken should be known before anything runs.
 */
import type { Cancel, Clock } from '#base/clock'
import { TroupeError } from '#contract'
import type { Part } from './part.js'

export interface PartsStart {
  readonly parts: readonly Part[]
  readonly clock: Clock
  /** How long the others are waited for when one is ready. */
  readonly waitMs: number
  start(part: Part): Promise<void>
}

/** What nobody can go on with: another node has the name, or an option cannot be. */
export const isFatal = (thrown: unknown): boolean =>
  TroupeError.is(thrown, 'NODE_NAME_TAKEN') || TroupeError.is(thrown, 'OPTION_INVALID')

/**
 * Settles when all have begun, or one is ready and the others had their time. Rejects with what is
 * fatal, or with what the first has failed of when all have.
 */
export function startParts({ parts, clock, waitMs, start }: PartsStart): Promise<void> {
  let cancel: Cancel | undefined
  const begun = new Promise<void>((settle, reject) => {
    const failures: unknown[] = []
    let open = parts.length
    const look = (): void => {
      if (open === 0 && failures.length === parts.length) reject(failures[0])
      else if (open === 0) settle()
      else if (parts.some(({ isConnected }) => isConnected)) cancel ??= clock.after(waitMs, settle)
    }
    const done = (): void => {
      open -= 1
      look()
    }
    for (const part of parts) {
      start(part).then(done, (thrown: unknown) => {
        failures.push(thrown)
        if (isFatal(thrown)) reject(thrown)
        else done()
      })
    }
  })
  return begun.finally(() => void cancel?.())
}
