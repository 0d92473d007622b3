/**
 * What must hold of the members of a mesh, judged by what was done to it.
 */
import type { MemberState } from 'troupe'
import { LEGAL } from '#test/unit/membership/legal-steps'
import type { Chronicle, Fault, Span } from './trial.js'

/** A fault may show so long after it was mended. */
const SHOWS_MS = 5_000
/** Found out within this time, and a little. */
const DOWN_MS = 3_000
/** What must have been done for a state to be held, of the node it is held of or its observer. */
const CAUSES: Readonly<Partial<Record<MemberState, readonly Fault[]>>> = {
  gone: ['freeze', 'crash', 'partition', 'stop', 'lose', 'outage'],
  unresponsive: ['block', 'freeze', 'crash', 'partition', 'break'],
}
/** What the registrar says ends nobody who is connected. */
const HEARSAY: ReadonlySet<Fault> = new Set(['lose', 'outage'])

const hostOf = (node: string): string => node.slice(0, node.indexOf('@'))

/** Each notice follows from the one before, tells something, and speaks of a life that was. */
export function judgeChains({ told, births }: Chronicle): string[] {
  const wrong: string[] = []
  const last = new Map<string, { readonly state: MemberState; readonly creation: number }>()
  for (const { by, notice, atMs } of told) {
    const { node, state, before, creation } = notice
    const pair = `${by} of ${node} at ${atMs.toFixed(0)} ms`
    // Each life of an observer begins anew.
    const isAnew = before === undefined
    const known = isAnew ? undefined : last.get(`${by} ${node}`)
    if (known?.state !== before) wrong.push(`chain: ${pair}: ${before} was ${known?.state}`)
    if (!LEGAL[before ?? 'unknown'].includes(state)) {
      wrong.push(`illegal: ${pair}: ${before} to ${state}`)
    }
    if (!births.get(hostOf(node))?.includes(creation)) wrong.push(`unborn: ${pair}: ${creation}`)
    if (known !== undefined && creation < known.creation) wrong.push(`earlier life: ${pair}`)
    const isOther = known !== undefined && creation !== known.creation
    if (isOther && known.state !== 'gone') wrong.push(`no end: ${pair}`)
    last.set(`${by} ${node}`, { state, creation })
  }
  return wrong
}

/** Nobody is held for gone or unresponsive without a cause. */
export function judgeReasons({ told, spans }: Chronicle): string[] {
  const wrong: string[] = []
  for (const { by, notice, atMs } of told) {
    const kinds = CAUSES[notice.state]
    if (kinds === undefined) continue
    const wasMet = notice.before !== 'discovering' && !/registrar/.test(notice.reason)
    const counts = kinds.filter((kind) => !(wasMet && HEARSAY.has(kind)))
    const pair = [by, hostOf(notice.node)]
    const sinceMs = atMs - SHOWS_MS - stoodMs(spans, pair, atMs)
    if (spans.some((span) => counts.includes(span.kind) && concerns(span, pair, sinceMs, atMs)))
      continue
    wrong.push(`no cause: ${by} holds ${notice.node} for ${notice.state}: ${notice.reason}`)
  }
  return wrong
}

/** Who stands still hears later of what has come of a cause. */
const stoodMs = (spans: readonly Span[], pair: readonly string[], atMs: number): number =>
  spans
    .filter(({ kind }) => kind === 'block' || kind === 'freeze')
    .filter(({ hosts }) => hosts.some((host) => pair.includes(host)))
    .filter(({ fromMs, toMs }) => fromMs <= atMs && toMs >= atMs - SHOWS_MS)
    .reduce((sum, { fromMs, toMs }) => sum + Math.min(toMs, atMs) - fromMs, 0)

/** A way concerns both its hosts; what befalls one host concerns all that talk to it. */
function concerns(
  { kind, hosts, fromMs, toMs }: Span,
  pair: readonly string[],
  sinceMs: number,
  atMs: number,
): boolean {
  if (fromMs > atMs || toMs < sinceMs) return false
  const isBetween = kind === 'partition' || kind === 'break'
  return isBetween
    ? hosts.every((host) => pair.includes(host))
    : hosts.some((host) => pair.includes(host))
}

/** Who had met a node that crashed knows soon that it is gone, unless something befell it, too. */
export function judgeCrashes({ spans, told, hosts }: Chronicle): string[] {
  const wrong: string[] = []
  for (const crash of spans.filter(({ kind }) => kind === 'crash')) {
    const [dead = ''] = crash.hosts
    for (const by of hosts) {
      const about = told.filter((one) => one.by === by && hostOf(one.notice.node) === dead)
      const last = about.findLast(({ atMs }) => atMs <= crash.fromMs)
      const isMet = last?.notice.state === 'responding'
      if (by === dead || !isMet || isTroubled(spans, by, dead, crash)) continue
      const end = about.find(({ atMs, notice }) => atMs > crash.fromMs && notice.state === 'gone')
      const tookMs = (end?.atMs ?? Number.POSITIVE_INFINITY) - crash.fromMs
      if (tookMs > DOWN_MS) wrong.push(`late: ${by} knows of the end of ${dead} after ${tookMs} ms`)
    }
  }
  return wrong
}

const isTroubled = (spans: readonly Span[], by: string, dead: string, crash: Span): boolean =>
  spans.some(
    (span) =>
      span !== crash &&
      span.fromMs <= crash.fromMs + DOWN_MS &&
      span.toMs >= crash.fromMs - DOWN_MS &&
      (span.hosts.includes(by) || span.hosts.includes(dead)),
  )

/** In the end all that live answer each other, in their last lives; all that stopped are gone. */
export function judgeEnd({ hosts, held, births, stopped }: Chronicle): string[] {
  const wrong: string[] = []
  for (const [by, members] of held) {
    for (const about of hosts) {
      const is = members.get(about)
      if (about === by) continue
      const isEnded = stopped.has(about)
      const wanted = isEnded ? 'gone' : `responding ${births.get(about)?.at(-1)}`
      const holds = isEnded ? is === undefined || is.startsWith('gone') : is === wanted
      if (!holds) wrong.push(`end: ${by} holds ${about} for ${is}, not ${wanted}`)
    }
  }
  return wrong
}
