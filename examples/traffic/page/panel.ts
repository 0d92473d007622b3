/**
 * page/panel: the figures beside the map, and whether they are fresh.
 *
 * The account is the server's own; here it is only shown. What is not zero but should be is red.
 */

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

const shown = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en') : '–'

/** Figures that should be 0. */
const ALARMS = ['rejected', 'dropped', 'lost', 'difference'] as const
const PLAIN = ['vehicles', 'sent', 'stored'] as const

export class Panel {
  #before: { readonly sent: number; readonly atMs: number } | undefined

  /** Shows what `GET /stats` tells. */
  stats(told: Record<string, unknown>): void {
    for (const name of PLAIN) element(name).textContent = shown(told[name])
    for (const name of ALARMS) {
      const figure = element(name)
      figure.textContent = shown(told[name])
      figure.classList.toggle('alarm', told[name] !== 0)
    }
    element('restarts').textContent = shown(sumOf(told['restarts']))
    this.#rate(told['sent'])
    this.#stages(told['droppedAt'])
  }

  /** Shows how many vehicles are on the screen; about, when not all of them are shown. */
  inView(vehicles: number): void {
    element('in-view').textContent = shown(vehicles)
  }

  live(isLive: boolean): void {
    const status = element('status')
    if (status.classList.contains(isLive ? 'live' : 'away')) return
    status.className = isLive ? 'live' : 'away'
    element('status-text').textContent = isLive ? 'live' : 'reconnecting'
    if (!isLive) this.#before = undefined
  }

  /** Says that not all vehicles are shown. */
  stride(stride: number): void {
    const told = element('sample')
    told.hidden = stride === 1
    told.textContent = `one of ${stride} vehicles is shown`
  }

  #rate(sent: unknown): void {
    if (typeof sent !== 'number') return
    const nowMs = performance.now()
    const before = this.#before
    this.#before = { sent, atMs: nowMs }
    if (before === undefined || nowMs - before.atMs < 200) return
    const rate = ((sent - before.sent) * 1_000) / (nowMs - before.atMs)
    element('rate').textContent = shown(Math.max(0, Math.round(rate)))
  }

  /** Where packets were dropped, when some were. */
  #stages(droppedAt: unknown): void {
    const stages = Object.entries((droppedAt ?? {}) as Record<string, unknown>)
    const told = stages
      .filter(([, count]) => count !== 0)
      .map(([stage, count]) => `${stage} ${typeof count === 'number' ? shown(count) : count}`)
    element('stages').hidden = told.length === 0
    element('stages').textContent = `dropped at: ${told.join(', ')}`
  }
}

const sumOf = (counts: unknown): number =>
  Object.values((counts ?? {}) as Record<string, unknown>).reduce<number>(
    (sum, count) => sum + (typeof count === 'number' ? count : 0),
    0,
  )
