/**
 * hub/known: verbs that ask no node which the cluster does not have: each question to a name that
 * somebody has typed would be looked for by the network, lost, and told as a dead letter.
 */
import { TroupeError } from 'troupe'
import type { Verbs } from './verbs.js'

/** The same verbs; `ask` rejects with NO_ROUTE where `knows` says so. */
export function knownVerbs(verbs: Verbs, knows: (node: string) => Promise<boolean>): Verbs {
  const ask: Verbs['ask'] = async (question) => {
    const { node } = question
    if (node === verbs.own || (await knows(node))) return verbs.ask(question)
    throw new TroupeError('NO_ROUTE', { node })
  }
  return { ...verbs, ask }
}
