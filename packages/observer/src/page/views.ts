/**
 * page/views: the pages whose script is here, and how the others get here.
 *
 * Once the first page is shown the others are loaded when nothing else is to be done: going to one
 * waits for nothing.
 */
import { type Signal, signal } from '@preact/signals'
import { whenIdle } from './base/clock.js'
import { PAGES, type PageEntry, type PageView } from './pages.js'

/** What draws a page, or why it is not there. */
export type Loaded =
  | { readonly kind: 'view'; readonly view: PageView }
  | { readonly kind: 'failed'; readonly message: string }

const loaded: ReadonlyMap<PageEntry, Signal<Loaded | undefined>> = new Map(
  PAGES.map((entry) => [entry, signal<Loaded | undefined>(undefined)]),
)

/** Undefined: it is on its way. */
export const loadedOf = (entry: PageEntry): Loaded | undefined => loaded.get(entry)?.value

/** Loads a page, unless it is there. */
export async function loadPage(entry: PageEntry): Promise<void> {
  const kept = loaded.get(entry)
  if (kept === undefined || kept.peek() !== undefined) return
  kept.value = await entry.load().then(
    (view): Loaded => ({ kind: 'view', view }),
    (error): Loaded => ({ kind: 'failed', message: String(error) }),
  )
}

/** Loads all pages, when there is time. */
export const loadRest = (): void =>
  whenIdle(() => {
    for (const entry of PAGES) void loadPage(entry)
  })
