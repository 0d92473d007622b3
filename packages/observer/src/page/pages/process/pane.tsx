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
