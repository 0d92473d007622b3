/**
 * page/pages/application/tree-legend: what the colours of a tree mean.
 */
import type { VNode } from 'preact'
import { KINDS, STATES } from '#page/model/process-query'
import type { TreeColour } from '#page/model/tree-colour'

const LEGENDS: Readonly<Record<TreeColour, readonly (readonly [string, string])[]>> = {
  state: STATES.map((state) => [`state-${state}`, state] as const),
  kind: KINDS.map((kind) => [`kind-${kind}`, kind] as const),
  mailbox: [
    ['heat-none', '0'],
    ['heat-calm', '1'],
    ['heat-warm', '10'],
    ['heat-high', '100'],
    ['heat-hot', '1,000 and more'],
  ],
  wait: [
    ['heat-none', '0'],
    ['heat-calm', '1 ms'],
    ['heat-warm', '50 ms'],
    ['heat-high', '0.5 s'],
    ['heat-hot', '5 s and more'],
  ],
  utilisation: [
    ['heat-none', '0 %'],
    ['heat-calm', '1 %'],
    ['heat-warm', '10 %'],
    ['heat-high', '40 %'],
    ['heat-hot', '80 % and more'],
  ],
  throughput: [
    ['heat-none', '0/s'],
    ['heat-calm', '0.1/s'],
    ['heat-warm', '10/s'],
    ['heat-high', '100/s'],
    ['heat-hot', '1,000/s and more'],
  ],
}

export function TreeLegend({ colour }: { readonly colour: TreeColour }): VNode {
  return (
    <ul class="tree-legend" aria-label={`Colours: ${colour}`}>
      {LEGENDS[colour].map(([name, words]) => (
        <li key={name}>
          <span class={`tree-sample ${name}`} aria-hidden="true" />
          {words}
        </li>
      ))}
    </ul>
  )
}
