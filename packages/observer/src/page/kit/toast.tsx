/**
 * page/kit/toast: tells for a while what has been done; at most three at a time.
 */
import { signal } from '@preact/signals'
import type { VNode } from 'preact'
import { after } from '#page/base/clock'

interface Toast {
  readonly tone: 'good' | 'bad'
  readonly text: string
}

const SHOWN_MS = 5_000
const toasts = signal<readonly Toast[]>([])

/** Tells something. */
export function tell(toast: Toast): void {
  toasts.value = [...toasts.value, toast].slice(-3)
  after(SHOWN_MS, () => {
    toasts.value = toasts.value.filter((each) => each !== toast)
  })
}

/** Where it is told. */
export function Toasts(): VNode {
  return (
    <output class="toasts">
      {toasts.value.map(({ tone, text }) => (
        <span key={text} class={`toast tone-${tone}`}>
          {text}
        </span>
      ))}
    </output>
  )
}
