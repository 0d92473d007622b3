/**
 * testing/unit-kit: one actor, supervisor or pool alone, on a real node in virtual time.
 *
 * The subject runs as it would anywhere; the kit stands around it: a parent that spawned it, a
 * tester that talks to it, probes for its neighbours, stubs for what need not be there, and a
 * journal of all it did. Uses no hook of any test runner.
 * Limit: one subject per kit; what its children do is not in the journal.
 *
 * @source ergo-features 29 (unit), weakness 28
 */
import { AssertionError } from 'node:assert'
import type { AnyProtocol, Spawnable } from '#contract'
import type { StartOptions, UnitGiven, UnitKit, UnitOptions } from './unit-contract.js'
import { UnitStage } from './unit-stage.js'

/**
 * Makes the world around a subject without starting it, so that probes and stubs can be laid out
 * before its `init` runs. Times are virtual milliseconds.
 *
 * @example
 * await using kit = await prepareUnit(counterActor)
 * const audit = await kit.probe('audit')
 * await kit.start({ args: [0] })
 * @source ergo-features 29 (Prepare, Run)
 */
export async function prepareUnit<P extends AnyProtocol, A extends readonly unknown[]>(
  definition: Spawnable<P, A>,
  options: UnitOptions = {},
): Promise<UnitKit<P, A>> {
  const stage = await UnitStage.make(definition, options)
  return stage as unknown as UnitKit<P, A>
}

/**
 * Runs one actor, supervisor or pool alone.
 *
 * Rejects as `spawn` does, and with an AssertionError when `init` needs time to pass: then use
 * `prepareUnit`, `start` and `advance`.
 *
 * @example
 * await using kit = await unitKit(counterActor, { args: [0] })
 * await kit.send('increment', { by: 5 })
 * kit.expect.sent({ to: 'audit', message: 'counted' }).once()
 * @source ergo-features 29 (unit)
 */
export async function unitKit<P extends AnyProtocol, A extends readonly unknown[]>(
  definition: Spawnable<P, A>,
  ...given: UnitGiven<NoInfer<A>>
): Promise<UnitKit<P, A>> {
  const options = (given[0] ?? {}) as UnitOptions & StartOptions<readonly unknown[]>
  const stage = await UnitStage.make(definition, options)
  try {
    const starting = stage.start(options)
    let open = true
    const close = (): void => {
      open = false
    }
    starting.then(close, close)
    await stage.settle()
    if (open) throw initWaits()
    await starting
    return stage as unknown as UnitKit<P, A>
  } catch (thrown) {
    await stage.stop()
    throw thrown
  }
}

function initWaits(): AssertionError {
  return new AssertionError({
    message:
      'init of the subject waits for time to pass or for an answer: make the kit with ' +
      'prepareUnit, lay out stubs and probes, call start() without await, then advance',
  })
}
