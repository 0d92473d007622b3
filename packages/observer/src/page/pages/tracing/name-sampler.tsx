/**
 * page/pages/tracing/name-sampler: the sampler of a registered name, set or ended at all nodes that
 * have it, and what became of it at each.
 */
import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { AtNode, EverywhereRequest, Problem } from '#observer/contract/api'
import { count } from '#page/base/format'
import { whyNot } from '#page/kit/action'
import { Badge, Button, ProblemBox } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { Choice, Field } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import type { Tone } from '#page/kit/states'
import { tell } from '#page/kit/toast'
import { manageAll } from '#page/live/api'
import { SAMPLERS } from '#page/pages/parts/sampler-choices'

const OUTCOMES: Readonly<Record<AtNode['outcome'], readonly [string, Tone]>> = {
  set: ['set', 'good'],
  unknown: ['no such name', 'quiet'],
  refused: ['refused', 'bad'],
  silent: ['silent', 'warn'],
}

/** A button, and the window in which the name is given and the answers are told. */
export function NameSampler(): VNode {
  const isOpen = useSignal(false)
  const refused = whyNot('', 'trace')
  return (
    <>
      <Button
        disabled={refused !== undefined}
        title={refused}
        onPress={() => {
          isOpen.value = true
        }}
      >
        Set a sampler by name
      </Button>
      {isOpen.value && (
        <NameWindow
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </>
  )
}

/** Asks all nodes, and knows what they answered; when the window is gone it is told beside it. */
function useEverywhere() {
  const told = useSignal<readonly AtNode[] | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const isGone = useRef(false)
  useEffect(
    () => () => {
      isGone.current = true
    },
    [],
  )
  const run = async (order: EverywhereRequest['order']): Promise<void> => {
    isBusy.value = true
    problem.value = undefined
    const answer = await manageAll({ order })
    isBusy.value = false
    if (answer.kind === 'problem') problem.value = answer.problem
    else told.value = answer.value.nodes
    if (!isGone.current) return
    if (answer.kind === 'problem') tell({ tone: 'bad', text: answer.problem.message })
    else tell({ tone: 'good', text: `${order.of}: ${sumOf(answer.value.nodes)}` })
  }
  return { told, problem, isBusy, run }
}

function NameWindow({ onClose }: { readonly onClose: () => void }): VNode {
  const name = useSignal('')
  const sampler = useSignal('per-second 5')
  const { told, problem, isBusy, run } = useEverywhere()
  const of = name.value.trim()
  const isReady = of !== '' && !isBusy.value
  const submit = (event: Event): void => {
    event.preventDefault()
    if (isReady) void run({ do: 'sampler', scope: 'name', of, sampler: sampler.value })
  }
  return (
    <Dialog title="Set a sampler by name" onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <p>For the process of this name at each node that has one, until it ends.</p>
        <Field label="Name" value={name.value} onValue={setting(name)} />
        <Choice
          label="Traces"
          value={sampler.value}
          choices={SAMPLERS}
          onValue={setting(sampler)}
        />
        {problem.value !== undefined && <ProblemBox problem={problem.value} />}
        {told.value !== undefined && <Told nodes={told.value} />}
        <div class="form-actions">
          <Button onPress={onClose}>Close</Button>
          <button type="submit" class="button button-strong" disabled={!isReady}>
            {isBusy.value ? 'Asking all nodes…' : 'Set at all nodes'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const setting =
  (signal: Signal<string>) =>
  (value: string): void => {
    signal.value = value
  }

function sumOf(nodes: readonly AtNode[]): string {
  const set = nodes.filter(({ outcome }) => outcome === 'set').length
  return `Set at ${count(set)} of ${count(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}`
}

/** What each node answered; the sum first, as there may be many. */
function Told({ nodes }: { readonly nodes: readonly AtNode[] }): VNode {
  return (
    <section class="told-nodes" aria-label="Answers" aria-live="polite">
      <p class="figure">{sumOf(nodes)}</p>
      <ul>
        {nodes.map(({ node, outcome, problem }) => {
          const [words, tone] = OUTCOMES[outcome]
          return (
            <li key={node}>
              <NodeLink node={node} page="tracing" />
              <Badge tone={tone} title={problem?.message ?? words}>
                {words}
              </Badge>
              {problem !== undefined && <span class="quiet">{problem.remedy}</span>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
