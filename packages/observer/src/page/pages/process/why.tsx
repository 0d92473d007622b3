/**
 * page/pages/process/why: why is it stuck? The verdict first: its cause, the process, for how long;
 * then, where it is that of another process, the chain that leads there.
 *
 * Whether the chain is open is part of the address. Without a word there it is open when the first
 * answer says that something is wrong, and stays as it was then: nothing jumps while one reads.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { clockTime, duration } from '#page/base/format'
import { Button, ProblemBox, State } from '#page/kit/basics'
import { NodeLink, PidLink } from '#page/kit/links'
import type { Live } from '#page/live/stream'
import type { ToldWhy, ToldWhyStep } from '#page/model/told'
import { type ChainStep, type WhyChain, type WhyTone, whyChain } from '#page/model/why-chain'
import { setQuery } from '#page/router'
import { ToldText } from './told-text.js'

const TONES: Readonly<Record<WhyTone, string>> = { calm: 'good', watch: 'warn', act: 'bad' }

export interface WhyPanelProps {
  readonly live: Live<ToldWhy>
  readonly query: URLSearchParams
}

export function WhyPanel({ live: { sheet, problem, atMs }, query }: WhyPanelProps): VNode {
  const chain = sheet === undefined ? undefined : whyChain(sheet)
  const first = useRef<WhyTone | undefined>(undefined)
  first.current ??= chain?.tone
  const wanted = query.get('why')
  const open = wanted === null ? first.current !== 'calm' : wanted === 'open'
  const leads = chain !== undefined && chain.steps.length > 1
  return (
    <section
      class={chain === undefined ? 'why' : `why tone-${TONES[chain.tone]}`}
      aria-label="Why is it stuck?"
    >
      <div class="why-head">
        <h2>Why is it stuck?</h2>
        {sheet !== undefined && problem !== undefined && (
          <span class="why-note">
            As it was at {clockTime(atMs)}: the node does not answer now.
          </span>
        )}
        {leads && <ChainButton open={open} steps={chain.steps.length} />}
      </div>
      {problem !== undefined && sheet === undefined && <ProblemBox problem={problem} />}
      {chain === undefined && problem === undefined && (
        <p class="why-verdict quiet">Asking the node…</p>
      )}
      {chain !== undefined && <Verdict chain={chain} />}
      {leads && open && <Chain chain={chain} />}
    </section>
  )
}

const ChainButton = ({
  open,
  steps,
}: {
  readonly open: boolean
  readonly steps: number
}): VNode => (
  <Button kind="bare" onPress={() => setQuery({ why: open ? 'closed' : 'open' })}>
    {open ? 'Hide the chain' : `Show the chain of ${steps}`}
  </Button>
)

function Verdict({
  chain: { verdict, title, circle, unknown, steps },
}: {
  readonly chain: WhyChain
}): VNode {
  const elsewhere = verdict.node !== steps[0]?.step.node
  return (
    <div class="why-verdict">
      <p class="why-title">
        <strong>{title}</strong>
        <Subject step={verdict} />
        {elsewhere && (
          <span>
            <span class="quiet">on</span> <NodeLink node={verdict.node} />
          </span>
        )}
        {verdict.forMs > 0 && (
          <span class="figure why-time">{`for ${duration(verdict.forMs)}`}</span>
        )}
      </p>
      <p class="why-text">
        <ToldText text={verdict.text} />
      </p>
      {verdict.remedy !== '' && (
        <p class="why-remedy">
          <ToldText text={verdict.remedy} />
        </p>
      )}
      {circle && <p class="why-note">They wait for each other: a deadlock.</p>}
      {unknown !== undefined && <p class="why-note">Not followed further: {unknown}</p>}
    </div>
  )
}

function Chain({ chain: { steps } }: { readonly chain: WhyChain }): VNode {
  return (
    <ol class="why-chain" aria-label="What leads there">
      {steps.map((step) => (
        <Step key={step.place} {...step} />
      ))}
    </ol>
  )
}

function Step(chained: ChainStep): VNode {
  const { step, place, title, tone, first, last, closes, crossesTo, told } = chained
  return (
    <li class={`why-step tone-${TONES[tone]}`}>
      <span class="why-place" aria-hidden="true">
        {place}
      </span>
      <div class="why-step-body">
        <p class="why-step-title">
          <Subject step={step} />
          {crossesTo !== undefined && (
            <span>
              <span class="quiet">on</span> <NodeLink node={crossesTo} />
            </span>
          )}
          {step.state !== undefined && <State state={step.state} />}
          <span class="why-step-words">{title}</span>
          {step.forMs > 0 && <span class="figure why-time">{duration(step.forMs)}</span>}
          {first && !last && <span class="quiet">asked for</span>}
          {last && !first && <span class="quiet">what all wait for</span>}
        </p>
        {!told && (
          <p class="why-text">
            <ToldText text={step.text} />
          </p>
        )}
        {closes !== undefined && <p class="why-note">The same process as step {closes}.</p>}
      </div>
    </li>
  )
}

/** The name is what one looks for, the pid is what is meant. */
function Subject({ step: { pid, subject } }: { readonly step: ToldWhyStep }): VNode {
  if (pid === undefined) return <span class="mono">{subject}</span>
  const name = subject.replace(/ ?<[^<>]*>$/, '')
  if (name === '') return <PidLink pid={pid} />
  return (
    <span class="why-subject">
      <PidLink pid={pid} name={name} /> <PidLink pid={pid} />
    </span>
  )
}
