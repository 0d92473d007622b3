/**
 * cluster/registrar/composite/first-route: where a node is, by whoever of several knows it first.
 *
 * What a mirror says at once is the answer at once; otherwise the first that comes with a place.
 */
import type { NodeRoute, Registrar } from '#contract'

type Answer = NodeRoute | undefined

/** Never rejects, and never waits for one that is slow when another one knows. */
export function firstRoute(
  registrars: readonly Pick<Registrar, 'resolve'>[],
  node: string,
): Answer | Promise<Answer> {
  const answers = registrars.map((registrar) => registrar.resolve(node))
  const known = answers.filter((answer) => !(answer instanceof Promise)) as readonly Answer[]
  const placed = known.find(hasPlace)
  const open = answers.filter((answer) => answer instanceof Promise) as readonly Promise<Answer>[]
  const fallback = known.find((answer) => answer !== undefined)
  return placed !== undefined || open.length === 0 ? (placed ?? fallback) : firstOf(open, fallback)
}

function firstOf(open: readonly Promise<Answer>[], fallback: Answer): Promise<Answer> {
  return new Promise((settle) => {
    let left = open.length
    let best = fallback
    for (const one of open) {
      one
        .catch(() => undefined)
        .then((answer) => {
          left -= 1
          best ??= answer
          if (hasPlace(answer)) settle(answer)
          else if (left === 0) settle(best)
        })
    }
  })
}

const hasPlace = (answer: Answer): boolean => answer !== undefined && answer.addresses.length > 0
