/**
 * cluster/look: one look at one node: its questions, and their answers read.
 *
 * An answer that cannot be read refuses the whole look, of this node alone.
 */
import {
  type ApplicationInfo,
  type FiguresSheet,
  type LeaderSheet,
  type PeerInfo,
  TroupeError,
} from 'troupe'
import type { Verbs } from '#observer/hub/verbs'
import { type ForeignSize, readForeign, type Shape } from './foreign.js'
import { APPLICATIONS, FIGURES, LARGE, LEADERS, NETWORK, NODE, SMALL } from './shapes.js'

const ANSWER_MS = 3_000
const PAGE = Object.freeze({ limit: 500 })

/** What changes seldom, and costs its node more. */
export interface SeldomLook {
  readonly phase: string
  readonly applications: readonly ApplicationInfo[]
  readonly leaders: readonly LeaderSheet[]
}

export interface Look {
  /** Undefined: the node is too old for the question. */
  readonly figures: FiguresSheet | undefined
  readonly peers: readonly PeerInfo[]
  /** Undefined: it was not asked for, or the node looks for too much else to tell it now. */
  readonly seldom: SeldomLook | undefined
}

/** Rejects as the node does, and with `Refused` for what cannot be read. */
export async function lookAt(verbs: Verbs, node: string, isSeldom: boolean): Promise<Look> {
  const ask = async (
    request: string,
    shape: Shape,
    size: ForeignSize,
    payload?: unknown,
  ): Promise<unknown> =>
    readForeign(await verbs.ask({ node, request, payload, timeoutMs: ANSWER_MS }), shape, size)
  const seldom = isSeldom
    ? unlessLimited(
        Promise.all([
          ask('applications', APPLICATIONS, LARGE, PAGE),
          unlessUnknown(ask('leaders', LEADERS, LARGE, PAGE)),
          ask('node', NODE, LARGE),
        ]),
      )
    : undefined
  const [figures, network, rest] = await Promise.all([
    unlessUnknown(ask('figures', FIGURES, SMALL)),
    ask('network', NETWORK, LARGE, PAGE),
    seldom,
  ])
  const [applications, leaders, sheet] = rest ?? []
  return {
    figures: figures as FiguresSheet | undefined,
    peers: rowsOf((network as { readonly peers: unknown }).peers),
    seldom: rest && {
      phase: (sheet as { readonly phase: string }).phase,
      applications: rowsOf(applications),
      leaders: rowsOf(leaders),
    },
  }
}

const rowsOf = <T>(page: unknown): readonly T[] =>
  page === undefined ? [] : (page as { readonly rows: readonly T[] }).rows

/** Undefined where a node is looked at too much by others: its figures are told all the same. */
async function unlessLimited<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (thrown) {
    if (TroupeError.is(thrown, 'INSPECTION_LIMITED')) return undefined
    throw thrown
  }
}

/** Undefined where a node is too old for the question. */
async function unlessUnknown(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (thrown) {
    if (TroupeError.is(thrown, 'MESSAGE_UNKNOWN')) return undefined
    throw thrown
  }
}
