/**
 * page/pages/process/pane: a card as tall as what is in it, up to a height from which on it
 * scrolls. It grows and never shrinks while it is looked at: rows that come and go do not move what
 * stands below.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Card } from '#page/kit/basics'

export function Pane({
  title,
  note,
  actions,
  height = 'low',
  children,
}: {
  readonly title: string
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  /** From where on it scrolls; `whole`: it never does. */
  readonly height?: 'low' | 'tall' | 'whole'
  readonly children: ComponentChildren
}): VNode {
  const box = useRef<HTMLDivElement>(null)
  const tallest = useRef(0)
  useLayoutEffect(() => {
    const pane = box.current
    if (pane === null || pane.offsetHeight <= tallest.current) return
    tallest.current = pane.offsetHeight
    pane.style.minHeight = `${tallest.current}px`
  })
  return (
    <Card title={title} flush note={note} actions={actions}>
      <div ref={box} class={`pane pane-${height}`} tabIndex={0}>
        {children}
      </div>
    </Card>
  )
}

/** What stands in a pane that has nothing to show. */
export const Nothing = ({ children }: { readonly children: ComponentChildren }): VNode => (
  <p class="pane-nothing">{children}</p>
)

/** The heads of a plain table: columns of words, then columns of figures. */
export const Heads = ({
  words,
  figures,
}: {
  readonly words: readonly string[]
  readonly figures: readonly string[]
}): VNode => (
  <thead>
    <tr>
      {words.map((title) => (
        <th key={title} scope="col">
          {title}
        </th>
      ))}
      {figures.map((title) => (
        <th key={title} scope="col" class="end">
          {title}
        </th>
      ))}
    </tr>
  </thead>
)
