/**
 * account/effects-judge: what the effects of one job, in the order in which they came, break.
 *
 * Pure. A try may well have its effect twice, by two tries or under two terms: that is at least
 * once. It may not be the effect of somebody who was relieved before, nor of a try after a later
 * one, whatever its term, nor of two who both hold the same try by the same word.
 */
import type { Breach } from './breach.js'
import type { EffectFact } from './facts.js'

const told = ({ attempt, term, worker }: EffectFact): string =>
  `attempt ${attempt} under term ${term} by ${worker}`

/** Breaches in the effects of one job; `right`: the digest of its one right result, if known. */
export function judgeEffects(
  effects: readonly EffectFact[],
  right: string | undefined,
): readonly Breach[] {
  const taken = effects.filter(({ kind }) => kind === 'taken')
  return [
    ...oldAfterNew(taken),
    ...takenTwice(taken),
    ...sharedTries(effects),
    ...taken
      .filter(({ digest }) => right !== undefined && digest !== right)
      .map((effect) => breach('wrong-effect', effect, `${told(effect)} was ${effect.digest}`)),
  ]
}

const breach = (kind: Breach['kind'], { job }: EffectFact, detail: string): Breach => ({
  kind,
  job,
  detail,
})

function oldAfterNew(taken: readonly EffectFact[]): readonly Breach[] {
  let newest: EffectFact | undefined
  return taken.flatMap((effect) => {
    const before = newest
    const isOld =
      before !== undefined && (effect.term < before.term || effect.attempt < before.attempt)
    if (!isOld) {
      newest = effect
      return []
    }
    return [breach('old-after-new', effect, `${told(effect)} after ${told(before)}`)]
  })
}

const tryOf = ({ attempt, term }: EffectFact): string => `${attempt}/${term}`

function takenTwice(taken: readonly EffectFact[]): readonly Breach[] {
  const first = new Map<string, EffectFact>()
  return taken.flatMap((effect) => {
    const before = first.get(tryOf(effect))
    if (before === undefined) {
      first.set(tryOf(effect), effect)
      return []
    }
    return [breach('taken-twice', effect, `${told(effect)} and by ${before.worker}`)]
  })
}

/** Where the store took only one of both, or none: that two have one try is wrong by itself. */
function sharedTries(effects: readonly EffectFact[]): readonly Breach[] {
  const first = new Map<string, EffectFact>()
  return effects.flatMap((effect) => {
    const before = first.get(tryOf(effect))
    if (before === undefined) first.set(tryOf(effect), effect)
    if (before === undefined || before.worker === effect.worker) return []
    if (before.kind === 'taken' && effect.kind === 'taken') return []
    return [breach('shared-try', effect, `${told(effect)} and by ${before.worker}`)]
  })
}
