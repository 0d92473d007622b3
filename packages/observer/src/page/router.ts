/**
 * page/router: the address as state, and how to go somewhere else.
 */
import { computed, signal } from '@preact/signals'
import { addressOf, placeOf, type Query } from './place.js'

const whole = signal(location.pathname + location.search)

export const place = computed(() => {
  const [path = '/', search = ''] = whole.value.split(/\?(.*)/s)
  return placeOf(path, search)
})

/** Goes to an address of this page; `replace` leaves no step to come back to. */
export function go(path: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (path === whole.value) return
  const samePlace = path.split('?')[0] === whole.value.split('?')[0]
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  whole.value = path
  if (!samePlace) scrollTo(0, 0)
}

/** Changes parameters of where we are; undefined takes one away. */
export function setQuery(changes: Query): void {
  const { node, page, rest, query } = place.value
  go(addressOf({ node, page, rest }, { ...Object.fromEntries(query), ...changes }), {
    replace: true,
  })
}

/** Keeps the address, and takes clicks on links of this page. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    whole.value = location.pathname + location.search
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented) return
    const special = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey
    if (special || link.origin !== location.origin || link.target !== '') return
    if (link.pathname.startsWith('/api/') || link.hasAttribute('download')) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
