/**
 * page/pages/tracing/samplers: what begins a trace at a node, and how that is changed.
 */
import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { SamplerSheet } from 'troupe'
import { Action } from '#page/kit/action'
import { Card } from '#page/kit/basics'
import { Choice, Field } from '#page/kit/fields'
import { PidLink } from '#page/kit/links'
import { SAMPLERS } from '#page/pages/parts/sampler-choices'

type Scope = SamplerSheet['scope']

export function SamplerCard({
  node,
  samplers,
  exporters,
}: {
  readonly node: string
  readonly samplers: readonly SamplerSheet[]
  readonly exporters: readonly string[]
}): VNode {
  return (
    <Card
      title="What begins a trace"
      note={exporters.length === 0 ? 'kept here alone' : `told to ${exporters.join(', ')}`}
      actions={<SamplerForm node={node} />}
    >
      <ul class="samplers">
        {samplers.length === 0 && <li class="quiet">Nothing: no message is traced.</li>}
        {samplers.map(({ scope, of, sampler }) => (
          <li key={`${scope} ${of}`}>
            <span class="quiet">{scope}</span>{' '}
            {scope === 'process' ? <PidLink pid={of} /> : <span>{of}</span>}{' '}
            <span class="mono">{sampler}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const SCOPES: readonly (readonly [Scope, string])[] = [
  ['node', 'the whole node'],
  ['application', 'one application'],
  ['process', 'one process'],
]

function SamplerForm({ node }: { readonly node: string }): VNode {
  const scope = useSignal<Scope>('node')
  const of = useSignal('')
  const sampler = useSignal('per-second 5')
  const whose = scope.value === 'node' ? {} : { of: of.value.trim() }
  return (
    <Action
      node={node}
      label="Set a sampler"
      order={{ do: 'sampler', scope: scope.value, sampler: sampler.value, ...whose }}
      needs="trace"
      notYet={whose.of === '' ? `Give the ${scope.value}.` : undefined}
      words="The narrower one counts: of a process before its application before the node."
    >
      <Choice label="Of" value={scope.value} choices={SCOPES} onValue={setting(scope)} />
      {scope.value !== 'node' && (
        <Field
          label={scope.value === 'process' ? 'Pid' : 'Application'}
          value={of.value}
          onValue={setting(of)}
        />
      )}
      <Choice label="Traces" value={sampler.value} choices={SAMPLERS} onValue={setting(sampler)} />
    </Action>
  )
}

const setting =
  <T,>(signal: Signal<T>) =>
  (value: T): void => {
    signal.value = value
  }
