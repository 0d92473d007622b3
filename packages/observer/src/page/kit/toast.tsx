/**
 * page/kit/toast: tells for a while what has been done, each in a place of its own.
 */
import { signal } from '@preact/signals'
import type { VNode } from 'preact'
import { after } from '#page/base/clock'
import { TOASTS_MAX, withToast } from '#page/model/toast-places'

interface Toast {
  readonly tone: 'good' | 'bad'
  readonly text: string
}

interface Told {
  readonly toast: Toast
  readonly place: number
}

const SHOWN_MS = 5_000
const toasts = signal<readonly Told[]>([])

/** Tells something. */
export function tell(toast: Toast): void {
  toasts.value = withToast(toasts.value, { toast })
  after(SHOWN_MS, () => {
    toasts.value = toasts.value.filter((each) => each.toast !== toast)
  })
}

/** Where it is told. */
export function Toasts(): VNode {
  return (
    <output class="toasts">
      {toasts.value.map(({ toast, place }) => (
        <span
          key={place}
          class={`toast tone-${toast.tone}`}
          style={{ gridRow: `${TOASTS_MAX - place}` }}
        >
          {toast.text}
        </span>
      ))}
    </output>
  )
}
