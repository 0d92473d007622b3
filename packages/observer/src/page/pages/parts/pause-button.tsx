/**
 * page/pages/parts/pause-button: lets a list of records stand still, or go on.
 */
import type { Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from '#page/kit/basics'

export function PauseButton({ paused }: { readonly paused: Signal<boolean> }): VNode {
  return (
    <Button
      icon="pause"
      pressed={paused.value}
      onPress={() => {
        paused.value = !paused.value
      }}
    >
      {paused.value ? 'Go on' : 'Pause'}
    </Button>
  )
}
