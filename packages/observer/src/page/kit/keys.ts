/**
 * page/kit/keys: keys that a view asks for while it is there.
 */
import { useLayoutEffect, useRef } from 'preact/hooks'

type Handler = (event: KeyboardEvent) => void
const handlers: Map<string, Handler>[] = []

/** Keys of a view, by `event.key`; the view that came last is asked first. */
export function useKeys(keys: Readonly<Record<string, Handler>>): void {
  const current = useRef(keys)
  current.current = keys
  const names = Object.keys(keys).join(' ')
  // A view that can be seen has its keys.
  useLayoutEffect(() => {
    const own = new Map(
      names
        .split(' ')
        .map((name): [string, Handler] => [name, (event) => current.current[name]?.(event)]),
    )
    handlers.push(own)
    return () => {
      handlers.splice(handlers.indexOf(own), 1)
    }
  }, [names])
}

/** Gives a key to the view that asked for it last; false: none did. */
export function ownKey(event: KeyboardEvent): boolean {
  const own = handlers.findLast((keys) => keys.has(event.key))?.get(event.key)
  own?.(event)
  return own !== undefined
}
