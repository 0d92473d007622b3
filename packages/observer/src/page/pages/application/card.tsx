/**
 * page/pages/application/card: one application of a node: what it is, how it stands, what can be
 * done to it.
 */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import type { ApplicationMode } from 'troupe'
import { count, duration } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, KeyValue, State } from '#page/kit/basics'
import { Choice, Field } from '#page/kit/fields'
import { confirmOf, weightOrder } from '#page/model/orders'
import type { ToldApplication } from '#page/model/told'
import { nodePath } from '#page/place'

interface Of {
  readonly node: string
  readonly application: ToldApplication
}

export function ApplicationCard({ node, application }: Of): VNode {
  const { name, state, description, own, tags } = application
  return (
    <article class="card application" aria-label={name}>
      <header class="application-head">
        <h2>
          <a href={nodePath(node, 'applications', [name])}>{name}</a>
        </h2>
        <State state={state} />
      </header>
      <p class="application-words">
        {description || (own ? "Troupe's own" : '')}
        {tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </p>
      <Figures application={application} />
      <KeyValue rows={factsOf(node, application)} />
      {!own && <ApplicationActions node={node} application={application} />}
    </article>
  )
}

/** What is looked for first. */
function Figures({
  application: { processes, uptimeMs, weight, state },
}: {
  readonly application: ToldApplication
}): VNode {
  const figures: readonly (readonly [string, ComponentChildren])[] = [
    ['Processes', count(processes)],
    ['Uptime', state === 'running' ? duration(uptimeMs) : '–'],
    ['Weight', weight === 0 ? <Badge tone="warn">0: gets no work</Badge> : count(weight)],
  ]
  return (
    <dl class="application-figures">
      {figures.map(([title, figure]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd class="figure">{figure}</dd>
        </div>
      ))}
    </dl>
  )
}

function factsOf(
  node: string,
  application: ToldApplication,
): readonly (readonly [string, ComponentChildren])[] {
  const { mode, version, dependsOn, roles } = application
  const roleWords = Object.entries(roles).map(([role, process]) => (
    <span key={role}>
      {role}: <a href={nodePath(node, 'processes', [process])}>{process}</a>{' '}
    </span>
  ))
  return [
    ['Mode', mode],
    ['Version', version || '–'],
    [
      'Depends on',
      dependsOn.length === 0
        ? 'nothing'
        : dependsOn.map((other) => (
            <a key={other} href={nodePath(node, 'applications', [other])}>
              {other}{' '}
            </a>
          )),
    ],
    ['Roles', roleWords.length === 0 ? 'none' : roleWords],
  ]
}

/** What cuts work off stands apart from what lets it end. */
export function ApplicationActions(of: Of): VNode {
  const { node, application } = of
  const { name, state } = application
  const runs = state === 'running' || state === 'starting'
  return (
    <div class="application-actions">
      {state === 'loaded' && <StartAction node={node} application={application} />}
      <WeightAction node={node} application={application} />
      {runs && (
        <Action
          node={node}
          label="Stop"
          kind="plain"
          order={{ do: 'application-stop', name }}
          confirm={name}
          words="Stops it after those that depend on it; each process may finish what it does."
        />
      )}
      <span class="application-apart">
        {state === 'loaded' ? <UnloadAction {...of} /> : <ForceAction {...of} />}
      </span>
    </div>
  )
}

const ForceAction = ({ node, application: { name } }: Of): VNode => (
  <Action
    node={node}
    label="Force stop"
    order={{ do: 'application-stop', name, force: true }}
    confirm={name}
    words="Kills its processes: what they do is cut off, what waits for them is lost."
  />
)

const UnloadAction = ({ node, application: { name } }: Of): VNode => (
  <Action
    node={node}
    label="Unload"
    order={{ do: 'application-unload', name }}
    confirm={name}
    words="Forgets it: it can be started again only when the program loads it anew."
  />
)

const MODES: readonly (readonly [ApplicationMode, string])[] = [
  ['temporary', 'temporary: ends with its last member'],
  ['transient', 'transient: ends when a member crashes'],
  ['permanent', 'permanent: ends with any member'],
]

function StartAction({ node, application: { name, mode } }: Of): VNode {
  const chosen = useSignal<ApplicationMode>(mode)
  return (
    <Action
      node={node}
      label="Start"
      kind="strong"
      order={{ do: 'application-start', name, mode: chosen.value }}
      words={`Starts ${name}, after those it depends on.`}
      onOpen={() => {
        chosen.value = mode
      }}
    >
      <Choice
        label="Mode"
        value={chosen.value}
        choices={MODES}
        onValue={(value) => {
          chosen.value = value
        }}
      />
    </Action>
  )
}

function WeightAction({ node, application: { name, weight } }: Of): VNode {
  const typed = useSignal(String(weight))
  const prepared = weightOrder(name, typed.value)
  return (
    <Action
      node={node}
      label="Weight"
      order={
        prepared.kind === 'ready' ? prepared.request.order : { do: 'application-change', name }
      }
      notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
      {...confirmOf(prepared)}
      kind="plain"
      words="Its share of work among the nodes that run it; 0 drains it."
      onOpen={() => {
        typed.value = String(weight)
      }}
    >
      <Field
        label="Weight"
        type="number"
        value={typed.value}
        onValue={(text) => {
          typed.value = text
        }}
      />
    </Action>
  )
}
