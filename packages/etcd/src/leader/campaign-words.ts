/**
 * leader/campaign-words: the transactions of a contender, as etcd is asked for them.
 *
 * Each compares what was known when it was asked for, so that one that arrives late does nothing
 * that is not meant any more.
 */
import type { Act, Compare, Txn } from '#etcd/client/etcd-client'
import { type AskPurpose, type Campaign, fenceOf } from './campaign-state.js'
import { type View, viewActs } from './campaign-view.js'
import {
  type Base,
  baseText,
  candidateKey,
  candidateText,
  standingText,
  votersText,
} from './leader-keys.js'

/** What is done, if all of `when` holds. */
interface Words {
  readonly when: readonly Compare[]
  readonly acts: readonly Act[]
}

const NO_WORDS: Words = { when: [], acts: [] }

/** What is asked; whatever comes of it, the answer ends with all that stands there. */
export function txnOf(campaign: Campaign, purpose: AskPurpose): Txn {
  const ranges = viewActs(campaign.settings.keys)
  const { when, acts } = wordsOf(campaign, purpose)
  return { when, acts: [...acts, ...ranges], otherwise: ranges }
}

function wordsOf(campaign: Campaign, purpose: AskPurpose): Words {
  const { view, lease, settings } = campaign
  if (view === undefined || lease === undefined) return NO_WORDS
  switch (purpose) {
    case 'campaign':
      return campaignWords(campaign, view, lease)
    case 'resign':
      return resignWords(campaign, view, lease)
    case 'raise':
      return {
        when: [sameBase(campaign, view)],
        acts: [putBase(campaign, view, { value: raisedBase(campaign, view) })],
      }
    case 'heal':
      return healWords(campaign, view)
    case 'voters':
      return votersWords(campaign, view)
    case 'register': {
      const { keys, self } = settings
      const key = candidateKey(keys, self.node)
      return { when: [], acts: [{ kind: 'put', key, value: candidateText(self), lease: lease.id }] }
    }
    case 'recall':
      return recallWords(campaign, view)
    case 'read':
    case 'lives':
      return NO_WORDS
  }
}

type Lease = NonNullable<Campaign['lease']>

function campaignWords(campaign: Campaign, view: View, { id, ttlMs }: Lease): Words {
  const { settings, term, out } = campaign
  const { keys, self } = settings
  const value = raisedBase(campaign, view)
  if (value > view.base.value) out.push({ kind: 'rewound', before: term, after: view.revision })
  const text = standingText({ pid: self, base: value, lease: id, ttlMs })
  return {
    when: [
      { key: keys.leader, target: 'create', is: '=', than: 0 },
      sameBase(campaign, view),
      { key: keys.voters, target: 'mod', is: '=', than: view.voters.modRevision },
    ],
    acts: [
      { kind: 'put', key: keys.leader, value: text, lease: id },
      putBase(campaign, view, { value, held: id, ttlMs, isLeft: false, isRecalled: false }),
    ],
  }
}

/** Takes the own key away, and says that its lease means nothing any more. */
function resignWords(campaign: Campaign, view: View, { id, ttlMs }: Lease): Words {
  const { leader: key } = campaign.settings.keys
  const createRevision = view.leader?.createRevision ?? 0
  return {
    when: [...fenceOf(key, { createRevision, lease: id }), sameBase(campaign, view)],
    acts: [
      { kind: 'delete', range: { key } },
      putBase(campaign, view, { held: id, ttlMs, isLeft: true, isRecalled: false }),
    ],
  }
}

/**
 * Asks whoever has the lease in doubt to give it up. It is not ended from here: whoever leads by
 * it would not know of that, and it may be the lease of anything.
 */
function recallWords(campaign: Campaign, view: View): Words {
  const { settings, doubt } = campaign
  const { leader: key } = settings.keys
  return {
    when: [{ key, target: 'create', is: '=', than: 0 }, sameBase(campaign, view)],
    acts: [putBase(campaign, view, { held: doubt?.lease, isLeft: false, isRecalled: true })],
  }
}

/** Takes away what another hand has written over the key of the leader. */
function healWords({ settings }: Campaign, { leader }: View): Words {
  const { leader: key } = settings.keys
  const than = leader?.modRevision ?? 0
  return {
    when: [{ key, target: 'mod', is: '=', than }],
    acts: [{ kind: 'delete', range: { key } }],
  }
}

function votersWords({ settings, lead, change }: Campaign, { voters }: View): Words {
  const { leader, voters: key } = settings.keys
  if (lead === undefined || change === undefined) return NO_WORDS
  const { modRevision: than } = voters
  return {
    when: [...fenceOf(leader, lead), { key, target: 'mod', is: '=', than }],
    acts: [{ kind: 'put', key, value: votersText(change.nodes) }],
  }
}

const sameBase = ({ settings }: Campaign, { base }: View): Compare => ({
  ...{ key: settings.keys.base, target: 'mod', is: '=', than: base.modRevision },
})

const putBase = ({ settings }: Campaign, { base }: View, given: Partial<Base>): Act => ({
  ...{ kind: 'put', key: settings.keys.base, value: baseText({ ...base, ...given }) },
})

/** The least base with which the next term is above all that are known. */
const raisedBase = ({ term }: Campaign, { base, revision }: View): number =>
  Math.max(base.value, term - revision)
