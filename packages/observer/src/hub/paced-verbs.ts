/**
 * hub/paced-verbs: the verbs of the hub for what viewers want: they ask a node no more, and have it
 * look through all it has no more often, than leaves the watch of the cluster its answers.
 */
import { costOf, isScan } from '#observer/ask/costs'
import { observerBusy, Turnstile } from '#observer/cluster/turnstile'
import { NOBODY, type NodePaces, tooOften } from './paces.js'
import type { Question, Verbs } from './verbs.js'

/** Of the four scans that a node does for us at a time the watch needs two. */
export const SCANS_AT_ONCE = 2
/** Scans that wait for their turn at one node, and those of one viewer among them. */
export const SCANS_WAITING_MAX = 32
export const SCANS_OF_ONE_MAX = 8

/**
 * The same verbs for all that viewers want: a node is asked less for them together than it answers
 * this node, so that what is left is there for the watch of the cluster.
 */
export function pacedVerbs(verbs: Verbs, paces: NodePaces): Verbs {
  const scans = new Map<string, Turnstile>()
  const ofOne = new Map<string, number>()
  const scan = async (question: Question): Promise<unknown> => {
    const { node, by = NOBODY } = question
    const one = `${node} ${by.key}`
    const under = ofOne.get(one) ?? 0
    if (by !== NOBODY && under >= SCANS_OF_ONE_MAX) throw observerBusy()
    const turnstile = scans.get(node) ?? new Turnstile(SCANS_AT_ONCE, SCANS_WAITING_MAX)
    scans.set(node, turnstile)
    ofOne.set(one, under + 1)
    try {
      return await turnstile.through(() => verbs.ask(question))
    } finally {
      const left = (ofOne.get(one) ?? 1) - 1
      if (left > 0) ofOne.set(one, left)
      else ofOne.delete(one)
      if (turnstile.isIdle) scans.delete(node)
    }
  }
  const ask = async (question: Question): Promise<unknown> => {
    const { node, request, by } = question
    const cost = costOf(request)
    const waitMs = cost === 0 ? 0 : paces.take(node, cost, by)
    if (waitMs === 0) return isScan(request) ? scan(question) : verbs.ask(question)
    const message = `all viewers together ask ${node} for more than it is asked for`
    throw tooOften('OBSERVER_BUSY', message, waitMs)
  }
  return { ...verbs, ask }
}
