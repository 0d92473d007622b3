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
  readonly id: number
  readonly toast: Toast
  readonly place: number
}

const SHOWN_MS = 5_000
const toasts = signal<readonly Told[]>([])
let last = 0

/** Tells something. */
export function tell(toast: Toast): void {
  last += 1
  const id = last
  toasts.value = withToast(toasts.value, { id, toast })
  after(SHOWN_MS, () => {
    toasts.value = toasts.value.filter((each) => each.id !== id)
  })
}

/** Where it is told. */
export function Toasts(): VNode {
  return (
    <output class="toasts">
      {toasts.value.map(({ id, toast, place }) => (
        <span
          key={id}
          class={`toast tone-${toast.tone}`}
          style={{ gridRow: `${TOASTS_MAX - place}` }}
        >
          {toast.text}
        </span>
      ))}
    </output>
  )
}
