/**
 * metrics/test/additions-kit: what users add to a page, on a virtual clock.
 */
import { Registry } from '@troupe/metrics'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { familyText } from '#metrics/exposition/write'
import { Additions } from '#metrics/own/additions'

export interface AdditionsStage {
  readonly registry: Registry
  readonly clock: VirtualClock
  readonly additions: Additions
  /** Told of each failure. */
  readonly failed: readonly string[]
  text(): Promise<string>
}

export function additionsStage(
  registry = new Registry(),
  collects: Readonly<Record<string, () => unknown>> = {},
  writing: () => void = () => {},
): AdditionsStage {
  const clock = virtualClock()
  const failed: string[] = []
  const additions = new Additions(registry, {
    standing: () => new Map(),
    ...{ collects, writing, nowMs: () => clock.nowMs(), rest: () => Promise.resolve() },
    deadline: (ms) => {
      let cancel = (): void => {}
      const late = new Promise<void>((resolve) => {
        cancel = clock.after(ms, () => resolve())
      })
      return { late, cancel }
    },
    failed: (name, why) => failed.push(`${name}: ${why}`),
  })
  const text = async (): Promise<string> => {
    const families = await clock.until(additions.families({ node: 'n' }))
    return families.map((one) => familyText(one, 'text')).join('')
  }
  return { registry, clock, additions, failed, text }
}
