/**
 * page/pages/process/pane: a card of one height, that scrolls: its neighbours never move.
 */
import type { ComponentChildren, VNode } from 'preact'
import { Card } from '#page/kit/basics'

export function Pane({
  title,
  note,
  actions,
  tall = false,
  children,
}: {
  readonly title: string
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly tall?: boolean
  readonly children: ComponentChildren
}): VNode {
  return (
    <Card title={title} flush note={note} actions={actions}>
      <div class={tall ? 'pane pane-tall' : 'pane'} tabIndex={0}>
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
