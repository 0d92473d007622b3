/**
 * What must hold between two nodes, sentence by sentence, in the words of the design; and for each
 * sentence that is left out, why it says nothing of two nodes.
 */
import { SENTENCES } from '#test/scenarios/sentences'

/** Sentences that one node keeps or breaks by itself. */
export const OF_ONE_NODE = Object.freeze({
  oneAtATime: 'a handler does not know from where its message came',
  suspends: 'as above',
  scheduler:
    'one loop has one scheduler; a flood from afar is measured by the bench of the network',
  timers: 'a timer is on the node of its owner',
  rejections: 'a promise floats in one program',
  spawnOptions: 'a process is spawned on the node of its spawner',
  supervisorTypes: 'children live on the node of their supervisor',
  supervisorModes: 'as above',
  supervisorWindow: 'as above',
  supervisorSignificant: 'as above',
  supervisorBackoff: 'as above',
  supervisorShutdown: 'as above',
  supervisorDynamic: 'as above',
  supervisorStop: 'as above',
} satisfies Partial<Record<keyof typeof SENTENCES, string>>)

/** A sentence that has cases on two nodes. */
export type FarSentence = Exclude<keyof typeof SENTENCES, keyof typeof OF_ONE_NODE> | 'resubscribe'

/** Of these, the ones about failure, in a file of their own. */
export type FailureSentence = Extract<
  FarSentence,
  'throws' | 'exits' | 'watchers' | 'kill' | 'links' | 'monitors' | 'resubscribe'
>

export type MessageSentence = Exclude<FarSentence, FailureSentence>

export const FAR_SENTENCES: Readonly<Record<FarSentence, string>> = Object.freeze({
  ...SENTENCES,
  resubscribe:
    'After a lost connection, subscriptions can be restored automatically (`resubscribe`) with a ' +
    'gap notice.',
})
