/**
 * page/frame/sources: what the page shows, as JSON: the addresses it is told by.
 */
import type { VNode } from 'preact'
import { Dialog } from '#page/kit/dialog'
import { taken } from '#page/live/stream'
import { overlay } from './keys.js'

/** What happens is told on a stream alone. */
const isRead = (subject: string): boolean => !subject.includes('/follow?')

const asFile = (subject: string): string =>
  `/api${subject}${subject.includes('?') ? '&' : '?'}download=1`

/** All addresses of the view. */
export function Sources(): VNode {
  const close = (): void => {
    overlay.value = 'none'
  }
  return (
    <Dialog title="This page as JSON" onClose={close}>
      <ul class="sources">
        {taken.value.filter(isRead).map((subject) => (
          <li key={subject}>
            <a
              class="mono"
              href={`/api${subject}`}
              title={decoded(subject)}
              target="_blank"
              rel="noopener"
            >
              /api{decoded(subject)}
            </a>
            <a class="button button-small" href={asFile(subject)} download>
              Save
            </a>
          </li>
        ))}
      </ul>
      <p class="aside">Programs read the same addresses; see the reference of the API.</p>
    </Dialog>
  )
}

/** As people read it. */
const decoded = (subject: string): string => {
  try {
    return decodeURIComponent(subject)
  } catch {
    return subject
  }
}
