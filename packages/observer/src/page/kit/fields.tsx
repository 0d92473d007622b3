/**
 * page/kit/fields: what a viewer types and chooses.
 */
import type { RefObject, VNode } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { after } from '#page/base/clock'
import { useKeys } from './keys.js'

/** A field with its name above it. */
export function Field({
  label,
  value,
  onValue,
  type = 'text',
  inputMode,
  placeholder,
  hideLabel = false,
}: {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly type?: 'text' | 'number' | 'password'
  /** Which keys a telephone offers. */
  readonly inputMode?: 'decimal' | 'numeric'
  readonly placeholder?: string
  readonly hideLabel?: boolean
}): VNode {
  const id = useId()
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : ''}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        {...({ type } as { type: 'text' })}
        {...(inputMode === undefined ? {} : { inputMode })}
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  )
}

/** A text of several lines, in letters of one width. */
export function TextArea({
  label,
  value,
  onValue,
}: {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
}): VNode {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="input input-area mono"
        rows={8}
        spellcheck={false}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  )
}

/** One of a few. */
export function Choice<T extends string>({
  label,
  value,
  choices,
  onValue,
  hideLabel = false,
}: {
  readonly label: string
  readonly value: T
  /** With the words for each. */
  readonly choices: readonly (readonly [T, string])[]
  readonly onValue: (value: T) => void
  readonly hideLabel?: boolean
}): VNode {
  const id = useId()
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : ''}>
        {label}
      </label>
      <select
        id={id}
        class="input"
        value={value}
        onChange={(event) => onValue(event.currentTarget.value as T)}
      >
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}

const SETTLE_MS = 250

/** A way back or a link may change a filter; what is being typed is not overwritten. */
function useOutside(input: RefObject<HTMLInputElement | null>, value: string): void {
  useEffect(() => {
    const field = input.current
    if (field !== null && document.activeElement !== field) field.value = value
  }, [value])
}

/** A filter that is told when the viewer pauses; `/` leads to it. */
export function SearchField({
  label,
  value,
  onValue,
}: {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
}): VNode {
  const input = useRef<HTMLInputElement>(null)
  const cancel = useRef<(() => void) | undefined>(undefined)
  useKeys({
    '/': (event) => {
      event.preventDefault()
      input.current?.focus()
    },
  })
  // What else has been chosen since a letter was typed holds.
  const told = useRef(onValue)
  told.current = onValue
  useEffect(() => () => cancel.current?.(), [])
  useOutside(input, value)
  return (
    <input
      ref={input}
      class="input input-search"
      type="search"
      aria-label={label}
      placeholder={`${label}  ( / )`}
      autocomplete="off"
      spellcheck={false}
      defaultValue={value}
      onInput={(event) => {
        const text = event.currentTarget.value
        cancel.current?.()
        cancel.current = after(SETTLE_MS, () => told.current(text))
      }}
    />
  )
}

/** Parts of a view, one at a time; which one is part of the address. */
export function Tabs<T extends string>({
  label,
  value,
  tabs,
  onValue,
}: {
  readonly label: string
  readonly value: T
  readonly tabs: readonly (readonly [T, string])[]
  readonly onValue: (value: T) => void
}): VNode {
  return (
    <div class="tabs" role="group" aria-label={label}>
      {tabs.map(([tab, words]) => (
        <button
          key={tab}
          type="button"
          class="tab"
          aria-pressed={tab === value}
          onClick={() => onValue(tab)}
        >
          {words}
        </button>
      ))}
    </div>
  )
}
