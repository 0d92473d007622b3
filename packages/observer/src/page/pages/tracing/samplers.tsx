/**
 * page/pages/tracing/samplers: what begins a trace at a node, and how that is changed.
 */
import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { SamplerSheet } from 'troupe'
import { count } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Card } from '#page/kit/basics'
import { Choice, Field } from '#page/kit/fields'
import { NodeLink, PidLink } from '#page/kit/links'
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

/** What one node told of itself, where all were asked. */
interface NodeSamplers {
  readonly node: string
  readonly samplers?: readonly SamplerSheet[]
}

/** The first of them are shown; there may be thousands. */
const SHOWN_MAX = 40

/** What begins a trace anywhere; a sampler that is off is not worth a line. */
export function ClusterSamplers({ nodes }: { readonly nodes: readonly object[] }): VNode {
  const all = (nodes as readonly NodeSamplers[]).flatMap(({ node, samplers = [] }) =>
    samplers.filter(({ sampler }) => sampler !== 'off').map((one) => ({ ...one, node })),
  )
  const more = all.length - SHOWN_MAX
  return (
    <Card title="What begins a trace" note="at all nodes">
      <ul class="samplers">
        {all.length === 0 && <li class="quiet">Nothing: no message is traced.</li>}
        {all.slice(0, SHOWN_MAX).map(({ node, scope, of, sampler }) => (
          <li key={`${node} ${scope} ${of}`}>
            <span class="quiet">{scope}</span> {scope === 'process' && <PidLink pid={of} />}
            {scope === 'application' && <span>{of} at </span>}
            {scope !== 'process' && <NodeLink node={node} page="tracing" />}{' '}
            <span class="mono">{sampler}</span>
          </li>
        ))}
        {more > 0 && <li class="quiet">and {count(more)} more</li>}
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
