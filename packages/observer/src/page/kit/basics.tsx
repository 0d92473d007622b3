/**
 * page/kit/basics: the small parts of every view: headings, cards, marks, buttons, keys and values,
 * and what stands where there is nothing yet, nothing at all, or a refusal.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { Problem } from '#observer/contract/api'
import { silentNode } from '#page/live/presence'
import { place } from '#page/router'
import { Icon, type IconName } from './icon.js'
import { signOf, type Tone, toneOf, wordOf } from './states.js'

interface Children {
  readonly children?: ComponentChildren
}

/** The heading of a page, with what can be done on the right. */
export function PageHead({
  title,
  subtitle,
  isLong = false,
  children,
}: Children & {
  readonly title: ComponentChildren
  readonly subtitle?: ComponentChildren
  /** Where the screen is narrow the subtitle has two lines, also before it is known. */
  readonly isLong?: boolean
}): VNode {
  return (
    <header class="page-head">
      <div class="page-head-words">
        <h1>{title}</h1>
        <p class={isLong ? 'page-head-subtitle page-head-long' : 'page-head-subtitle'}>
          {subtitle}
        </p>
      </div>
      <div class="page-head-actions">{children}</div>
    </header>
  )
}

/** A part of a page, with its own heading. */
export function Card({
  title,
  note,
  actions,
  flush = false,
  children,
}: Children & {
  readonly title: string
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  /** What is inside goes to the edge, as a table does. */
  readonly flush?: boolean
}): VNode {
  return (
    <section class={flush ? 'card card-flush' : 'card'} aria-label={title}>
      <div class="card-head">
        <h2>{title}</h2>
        {note !== undefined && <span class="card-note">{note}</span>}
        {actions !== undefined && <div class="card-actions">{actions}</div>}
      </div>
      <div class="card-body">{children}</div>
    </section>
  )
}

/** A word in a coloured frame. */
export function Badge({
  tone = 'quiet',
  title,
  children,
}: Children & { readonly tone?: Tone; readonly title?: string }): VNode {
  return (
    <span class={`badge tone-${tone}`} title={title}>
      {children}
    </span>
  )
}

/** A state: its sign in its colour, and the word. */
export function State({
  state,
  title,
}: {
  readonly state: string
  readonly title?: string
}): VNode {
  return (
    <span class={`state tone-${toneOf(state)}`} title={title}>
      <span class="state-letter" aria-hidden="true">
        {signOf(state)}
      </span>
      {wordOf(state)}
    </span>
  )
}

/** Something to press. */
export function Button({
  onPress,
  icon,
  kind = 'plain',
  disabled = false,
  title,
  pressed,
  children,
}: Children & {
  readonly onPress: () => void
  readonly icon?: IconName
  readonly kind?: 'plain' | 'strong' | 'danger' | 'bare'
  readonly disabled?: boolean
  /** Why it cannot be pressed, or what it does. */
  readonly title?: string | undefined
  readonly pressed?: boolean
}): VNode {
  return (
    <button
      type="button"
      class={`button button-${kind}`}
      disabled={disabled}
      title={title}
      aria-label={children === undefined ? title : undefined}
      aria-pressed={pressed}
      onClick={onPress}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** Names with their values, in two columns. */
export function KeyValue({
  rows,
}: {
  readonly rows: readonly (readonly [ComponentChildren, ComponentChildren])[]
}): VNode {
  return (
    <dl class="key-value">
      {rows.map(([key, value], place) => (
        <div key={typeof key === 'string' ? key : place}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** There is nothing, and why that is well or what to do. */
export function Empty({ title, children }: Children & { readonly title: string }): VNode {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <p class="empty-words">{children}</p>}
    </div>
  )
}

/** Something was refused: what, and what to do about it. */
export function ProblemBox({
  problem,
  children,
}: Children & { readonly problem: Problem }): VNode | null {
  // That the node is not there is said above, once, with since when.
  if (ABSENCES.has(problem.code) && silentNode(place.value.node) !== undefined) return null
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p class="problem-title">
          {problem.message} <code>{problem.code}</code>
        </p>
        <p class="problem-remedy">{problem.remedy}</p>
        {children}
      </div>
    </div>
  )
}

/** What is told of a node that is not there. */
const ABSENCES: ReadonlySet<string> = new Set(['NO_ROUTE', 'NO_CONNECTION'])

/** Grey bars of the size of what is to come. */
export function Skeleton({
  lines = 3,
  height,
}: {
  readonly lines?: number
  readonly height?: number
}): VNode {
  if (height !== undefined) return <div class="skeleton" style={{ height: `${height}px` }} />
  return (
    <div class="skeleton-lines" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="skeleton skeleton-line" />
      ))}
    </div>
  )
}

/** How much of a limit is used. */
export function Usage({
  used,
  limit,
  label,
  format,
  calm = false,
}: {
  readonly used: number
  readonly limit: number
  /** To be full is no trouble. */
  readonly calm?: boolean
  readonly label: string
  readonly format: (value: number) => string
}): VNode {
  const share = limit > 0 ? Math.min(1, used / limit) : 0
  const tone = calm ? 'accent' : share >= 0.9 ? 'bad' : share >= 0.7 ? 'warn' : 'accent'
  return (
    <div class="usage">
      <div class="usage-words">
        <span>{label}</span>
        <span class="figure">
          {format(used)} of {format(limit)}
        </span>
      </div>
      <div class="usage-track">
        <div class={`usage-bar tone-${tone}`} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  )
}
