/**
 * page/pages/process/state: what `inspect()` of an actor answers, as a tree.
 */
import type { VNode } from 'preact'
import type { ToldProcess } from '#page/model/told'
import { ValueTree } from '#page/pages/parts/value-tree'
import { Nothing, Pane } from './pane.js'

export function StateCard({ sheet: { inspected } }: { readonly sheet: ToldProcess }): VNode {
  return (
    <Pane title="State" height="tall" note="as inspect() tells it">
      {inspected === undefined ? (
        <Nothing>
          This behaviour has no <code>inspect()</code>. Give it one that answers what you would want
          to see here.
        </Nothing>
      ) : (
        <div class="pane-padded">
          <ValueTree value={inspected} label="State" />
        </div>
      )}
    </Pane>
  )
}
