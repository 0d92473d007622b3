/**
 * page/frame/help: the keys there are.
 */
import type { VNode } from 'preact'
import { Dialog } from '#page/kit/dialog'
import { PAGES } from '#page/pages'
import { overlay } from './keys.js'

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['/'], 'Search, or the filter of the view'],
  [['?'], 'This help'],
  [['j'], 'Next row'],
  [['k'], 'Row before'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close what lies over the page'],
]

/** All keys, as a window. */
export function Help(): VNode {
  const close = (): void => {
    overlay.value = 'none'
  }
  const pages = PAGES.map(({ key, title }) => [['g', key], title] as const)
  return (
    <Dialog title="Keyboard" onClose={close}>
      <dl class="keys">
        {[...KEYS, ...pages].map(([keys, words]) => (
          <div key={keys.join()}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
