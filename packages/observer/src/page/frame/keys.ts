/**
 * page/frame/keys: the keyboard: `g` and a letter goes to a page, `/` searches, `?` helps; keys
 * that a view has asked for come first.
 */
import { signal } from '@preact/signals'
import { after } from '#page/base/clock'
import { ownKey } from '#page/kit/keys'
import { session } from '#page/live/api'
import { nodeFor, PAGES } from '#page/pages'
import { addressOf } from '#page/place'
import { go, place } from '#page/router'

/** Which box lies over the page. */
export const overlay = signal<'none' | 'search' | 'help' | 'sources'>('none')
/** The side navigation is open, on a narrow screen. */
export const isMenuOpen = signal(false)

/** How long after `g` the second key is waited for. */
const SECOND_KEY_MS = 1_200
/** Ends the wait for the second key; undefined: there was no `g`. */
let endWait: (() => void) | undefined

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null

function goByKey(key: string): boolean {
  const page = PAGES.find((each) => each.key === key)
  if (page === undefined) return false
  const node = nodeFor(page, place.value.node, session.value?.node)
  if (page.scope === 'node' && node === undefined) return false
  go(addressOf({ node, page: page.path }))
  return true
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (event.key === 'Escape') isMenuOpen.value = false
  if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return
  if (endWait !== undefined) {
    endWait()
    endWait = undefined
    if (goByKey(event.key)) event.preventDefault()
    return
  }
  if (ownKey(event)) return
  if (event.key === 'g') {
    endWait = after(SECOND_KEY_MS, () => {
      endWait = undefined
    })
  }
  if (event.key !== '/' && event.key !== '?') return
  event.preventDefault()
  overlay.value = event.key === '/' ? 'search' : 'help'
}

export const startKeys = (): void => addEventListener('keydown', press)
