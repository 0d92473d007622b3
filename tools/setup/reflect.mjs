/**
 * setup/reflect: what a dependency of @peculiar/x509 wants of `Reflect`.
 *
 * The package that brings it is not needed. Metadata are kept by class and key, and not inherited:
 * more is not asked for. It has no effect where somebody brought the real one.
 */

/** @type {WeakMap<object, Map<unknown, unknown>>} */
const kept = new WeakMap()

const shim = {
  /** @param {unknown} key @param {object} target */
  getMetadata: (key, target) => kept.get(target)?.get(key),
  /** @param {unknown} key @param {object} target */
  getOwnMetadata: (key, target) => kept.get(target)?.get(key),
  /** @param {unknown} key @param {unknown} value @param {object} target */
  defineMetadata(key, value, target) {
    const own = kept.get(target) ?? new Map()
    kept.set(target, own.set(key, value))
  },
}

if (!('getMetadata' in Reflect)) Object.assign(Reflect, shim)
