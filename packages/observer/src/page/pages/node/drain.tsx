/**
 * page/pages/node/drain: a node finishes what it has, for so long at most, and stops.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Action } from '#page/kit/action'
import { Field } from '#page/kit/fields'

/** What a node waits by itself, in seconds; and the longest it takes. */
const USUAL_SECONDS = '30'
const SECONDS_MAX = 86_400
const WORDS = 'It takes itself out of routing, finishes what it has for so long at most, and stops.'

export function Drain({ node }: { readonly node: string }): VNode {
  const given = useSignal(USUAL_SECONDS)
  const seconds = Number(given.value)
  const isGood = given.value.trim() !== '' && seconds > 0 && seconds <= SECONDS_MAX
  return (
    <Action
      node={node}
      label="Drain and stop"
      order={{ do: 'drain', deadlineMs: Math.ceil(seconds * 1_000) }}
      confirm={node}
      notYet={isGood ? undefined : `Give seconds: more than 0, at most ${SECONDS_MAX}.`}
      onOpen={() => {
        given.value = USUAL_SECONDS
      }}
      words={WORDS}
    >
      <Field
        label="At most, in seconds"
        inputMode="decimal"
        value={given.value}
        onValue={(value) => {
          given.value = value
        }}
      />
    </Action>
  )
}
