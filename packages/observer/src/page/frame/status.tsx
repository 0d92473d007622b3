/**
 * page/frame/status: how fresh the figures are, how often they come, and light or dark.
 */
import type { VNode } from 'preact'
import { duration } from '#page/base/format'
import { Button } from '#page/kit/basics'
import { clock, INTERVALS, interval, retryNow, streamState } from '#page/live/stream'
import { THEMES, theme } from './theme.js'

/** Live, paused, or cut off and since when. */
export function Freshness(): VNode {
  const state = streamState.value
  const lost = state.kind === 'lost' ? state : undefined
  const kind = interval.value === 'pause' && lost === undefined ? 'paused' : state.kind
  const words = { connecting: 'connecting', live: 'live', paused: 'paused', lost: 'cut off' }[kind]
  return (
    <>
      <span class={`freshness freshness-${kind}`} role="status" aria-label={`The page is ${words}`}>
        <span class="freshness-dot" aria-hidden="true" />
        <span class="freshness-words">{words}</span>
      </span>
      {lost !== undefined && <Lost sinceMs={lost.sinceMs} retryAtMs={lost.retryAtMs} />}
    </>
  )
}

/** Lies over the page, so that nothing moves when it comes or goes. */
function Lost({
  sinceMs,
  retryAtMs,
}: {
  readonly sinceMs: number
  readonly retryAtMs: number
}): VNode {
  const staleMs = Math.max(0, clock.value - sinceMs)
  const leftMs = Math.max(0, retryAtMs - clock.value)
  return (
    <div class="lost" role="alert">
      <span>
        <b>Cut off from the Observer.</b> What you see is stale for{' '}
        <span class="figure lost-figure">
          {duration(Math.floor(staleMs / 1_000) * 1_000).replace('.0 s', ' s')}
        </span>
      </span>
      <span class="lost-next figure">
        {leftMs < 500 ? 'trying now' : `next try in ${Math.ceil(leftMs / 1_000)} s`}
      </span>
      <Button onPress={retryNow}>Try now</Button>
    </div>
  )
}

/** Seconds between two looks. */
export function IntervalChoice(): VNode {
  return (
    <select
      class="input bar-select"
      aria-label="Refresh"
      title="How often figures are looked at"
      value={interval.value}
      onChange={(event) => {
        const found = INTERVALS.find((each) => each === event.currentTarget.value)
        if (found !== undefined) interval.value = found
      }}
    >
      {INTERVALS.map((each) => (
        <option key={each} value={each}>
          {each === 'pause' ? 'pause' : `${each} s`}
        </option>
      ))}
    </select>
  )
}

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const
const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const

/** Goes round: as the system has it, light, dark. */
export function ThemeSwitch(): VNode {
  const current = THEMES.find((each) => each === theme.value) ?? 'system'
  return (
    <Button
      kind="bare"
      icon={ICONS[current]}
      title={`Theme: ${current}. Press for ${NEXT[current]}`}
      onPress={() => {
        theme.value = NEXT[current]
      }}
    />
  )
}
