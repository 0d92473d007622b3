/**
 * page/pages/process/why: why is it stuck? The verdict first, then the chain that leads to it.
 *
 * Whether the chain is open is part of the address. Without a word there it is open when the first
 * answer says that something is wrong, and stays as it was then: nothing jumps while one reads.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { duration } from '#page/base/format'
import { Button, ProblemBox, State } from '#page/kit/basics'
import { NodeLink, PidLink } from '#page/kit/links'
import type { Live } from '#page/live/stream'
import type { ToldWhy, ToldWhyStep } from '#page/model/told'
import { type ChainStep, type WhyChain, type WhyTone, whyChain } from '#page/model/why-chain'
import { setQuery } from '#page/router'

const TONES: Readonly<Record<WhyTone, string>> = { calm: 'good', watch: 'warn', act: 'bad' }

export interface WhyPanelProps {
  readonly live: Live<ToldWhy>
  readonly query: URLSearchParams
}

export function WhyPanel({ live: { sheet, problem }, query }: WhyPanelProps): VNode {
  const chain = sheet === undefined ? undefined : whyChain(sheet)
  const first = useRef<WhyTone | undefined>(undefined)
  first.current ??= chain?.tone
  const wanted = query.get('why')
  const open = wanted === null ? first.current !== 'calm' : wanted === 'open'
  return (
    <section
      class={chain === undefined ? 'why' : `why tone-${TONES[chain.tone]}`}
      aria-label="Why is it stuck?"
    >
      <div class="why-head">
        <h2>Why is it stuck?</h2>
        {chain !== undefined && <ChainButton open={open} steps={chain.steps.length} />}
      </div>
      {problem !== undefined && sheet === undefined && <ProblemBox problem={problem} />}
      {chain === undefined && problem === undefined && (
        <p class="why-verdict quiet">Asking the node…</p>
      )}
      {chain !== undefined && <Verdict chain={chain} />}
      {chain !== undefined && open && <Chain chain={chain} />}
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
  <Button kind="bare" pressed={open} onPress={() => setQuery({ why: open ? 'closed' : 'open' })}>
    {open ? 'Hide the chain' : `Show the chain of ${steps}`}
  </Button>
)

function Verdict({
  chain: { verdict, title, circle, unknown },
}: {
  readonly chain: WhyChain
}): VNode {
  return (
    <div class="why-verdict">
      <p class="why-title">
        <strong>{title}</strong>
        <Subject step={verdict} />
        {verdict.forMs > 0 && (
          <span class="figure why-time">{`for ${duration(verdict.forMs)}`}</span>
        )}
      </p>
      <p class="why-text">{verdict.text}</p>
      <p class="why-remedy">{verdict.remedy}</p>
      {circle && <p class="why-note">They wait for each other: a deadlock.</p>}
      {unknown !== undefined && <p class="why-note">Not followed further: {unknown}</p>}
    </div>
  )
}

function Chain({ chain: { steps } }: { readonly chain: WhyChain }): VNode {
  return (
    <ol class="why-chain">
      {steps.map((step) => (
        <Step key={step.place} {...step} />
      ))}
    </ol>
  )
}

function Step({ step, place, title, tone, first, last, closes, crossesTo }: ChainStep): VNode {
  return (
    <li class={`why-step tone-${TONES[tone]}`}>
      <span class="why-place" aria-hidden="true">
        {place}
      </span>
      <div class="why-step-body">
        <p class="why-step-title">
          <strong>{title}</strong>
          <Subject step={step} />
          {step.state !== undefined && <State state={step.state} />}
          {first && !last && <span class="quiet">asked for</span>}
          {last && !first && <span class="quiet">what all wait for</span>}
          {step.forMs > 0 && <span class="figure why-time">{duration(step.forMs)}</span>}
        </p>
        {crossesTo !== undefined && (
          <p class="why-note">
            on another node: <NodeLink node={crossesTo} />
          </p>
        )}
        <p class="why-text">{step.text}</p>
        {!last && step.remedy !== '' && <p class="why-remedy">{step.remedy}</p>}
        {closes !== undefined && <p class="why-note">The same process as step {closes}.</p>}
      </div>
    </li>
  )
}

function Subject({ step: { pid, subject } }: { readonly step: ToldWhyStep }): VNode {
  if (pid === undefined) return <span class="mono">{subject}</span>
  // The sentence below has the pid whole; here the name is what one looks for.
  const name = subject.replace(/ ?<[^<>]*>$/, '')
  return <PidLink pid={pid} name={name === '' ? undefined : name} />
}
