/**
 * page/pages/application/tree-view: the picture of a supervision tree: moved by dragging, drawn
 * nearer by the wheel, walked through by keys.
 *
 * Keys: arrows walk, Enter opens the process, Space folds, `f` shows only what is below it, `+`,
 * `-` and `0` zoom.
 */
import type { VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { Button } from '#page/kit/basics'
import type { Look } from '#page/model/row-rates'
import type { TreeColour } from '#page/model/tree-colour'
import type { TreeBox } from '#page/model/tree-fold'
import { nodePath } from '#page/place'
import { go } from '#page/router'
import { Boxes } from './tree-boxes.js'
import { type DrawnTree, NEARER, pressed, useTree } from './use-tree.js'

export interface TreeViewProps {
  readonly node: string
  readonly boxes: readonly TreeBox[]
  readonly colour: TreeColour
  readonly look: Look
  readonly matches: ReadonlySet<PidText>
  readonly onFold: (pid: PidText) => void
  readonly onSpread: (pid: PidText) => void
  readonly onFocus: (pid: PidText) => void
}

export function TreeView(props: TreeViewProps): VNode {
  const tree = useTree(props.boxes)
  const chosen = tree.chosen.value
  const onOpen = (box: TreeBox): void => {
    if (box.kind === 'more') props.onSpread(box.parent)
    else go(nodePath(props.node, 'processes', [box.key]))
  }
  const press = (event: KeyboardEvent): void => {
    if (!pressed(event.key, tree, { ...props, onOpen })) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="tree">
      <div
        ref={tree.screen}
        class="tree-screen"
        role="tree"
        tabIndex={0}
        aria-label="Supervision tree"
        aria-activedescendant={chosen === undefined ? undefined : `box-${chosen}`}
        onKeyDown={press}
      >
        <Boxes
          {...props}
          placed={tree.placed}
          lines={tree.picture.lines}
          view={tree.view.value}
          size={tree.picture}
          chosen={chosen}
          onChoose={tree.choose}
          onOpen={onOpen}
        />
      </div>
      <Foot tree={tree} />
    </div>
  )
}

/** Below the picture: nothing stands over it. */
const Foot = ({ tree }: { readonly tree: DrawnTree }): VNode => (
  <div class="tree-foot">
    <span class="tree-hint">
      <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> walk, <kbd>Enter</kbd> opens,{' '}
      <kbd>Space</kbd> folds, <kbd>f</kbd> shows what is below, drag moves
    </span>
    <ZoomButtons tree={tree} />
  </div>
)

const ZoomButtons = ({ tree }: { readonly tree: DrawnTree }): VNode => (
  <div class="tree-buttons">
    <Button title="Nearer" onPress={() => tree.zoom(NEARER)}>
      +
    </Button>
    <Button title="Farther" onPress={() => tree.zoom(1 / NEARER)}>
      −
    </Button>
    <Button title="Show all of it" onPress={tree.fit}>
      Fit
    </Button>
  </div>
)
