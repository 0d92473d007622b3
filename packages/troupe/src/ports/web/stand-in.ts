/**
 * ports/web/stand-in: a small object in place of one of Node's that costs more.
 *
 * It answers itself what is asked for often; for all else, and for what Node looks for inside, it
 * makes the whole one, once. It is an instance of what it stands for.
 */

/** What makes the whole one when it is needed. */
export interface StandIn {
  readonly whole: object
}

/** Completes a class of stand-ins; what it lacks comes from the whole. `sample` is Node's own. */
export function complete(prototype: StandIn, sample: object): void {
  const base: object = Object.getPrototypeOf(sample)
  Object.setPrototypeOf(prototype, base)
  const inside = Reflect.ownKeys(sample).filter((key) => typeof key === 'symbol')
  for (const key of [...Reflect.ownKeys(base), ...inside]) {
    if (Object.hasOwn(prototype, key)) continue
    Object.defineProperty(prototype, key, {
      configurable: true,
      get(this: StandIn): unknown {
        const { whole } = this
        const value: unknown = Reflect.get(whole, key, whole)
        return typeof value === 'function' ? value.bind(whole) : value
      },
    })
  }
}
