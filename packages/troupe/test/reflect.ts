/**
 * What a dependency of @peculiar/x509 wants of `Reflect`; the package that brings it is not needed.
 *
 * Metadata are kept by class and key, and not inherited: more is not asked for. It has no effect
 * where somebody brought the real one.
 */
const kept = new WeakMap<object, Map<unknown, unknown>>()

const shim = {
  getMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
  getOwnMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const own = kept.get(target) ?? new Map<unknown, unknown>()
    kept.set(target, own.set(key, value))
  },
}

if (!('getMetadata' in Reflect)) Object.assign(Reflect, shim)
