/**
 * runtime/floating: promises of the program that reject with nobody listening.
 *
 * A handler's own rejection belongs to its process. A promise that nobody awaits belongs to no
 * process; Node would end the whole program for it. While a node runs, such rejections are
 * counted and logged instead.
 *
 * Limit: one listener for the program, however many nodes run in it.
 *
 * @source design 4.11
 */

/** Is told what was rejected, and the promise. */
export type FloatingListener = (thrown: unknown, promise: Promise<unknown>) => void

/** Tells a listener of all that comes; gives the way to end that. */
export type WatchFloating = (listener: FloatingListener) => () => void

const listeners = new Set<FloatingListener>()
let count = 0

const onRejection = (thrown: unknown, promise: Promise<unknown>): void => {
  count += 1
  for (const listener of listeners) listener(thrown, promise)
}

/** Floating rejections of this program since it started to count. */
export const floatingRejections = (): number => count

/** Counts from now on and tells `listener`; gives the way to end that. */
export const watchFloating: WatchFloating = (listener) => {
  if (listeners.size === 0) process.on('unhandledRejection', onRejection)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) process.off('unhandledRejection', onRejection)
  }
}
