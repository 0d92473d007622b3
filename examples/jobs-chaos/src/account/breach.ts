/**
 * account/breach: the ways in which a job cluster can break its word, and a sentence for each.
 */

/** What was broken. */
export const BREACHES = Object.freeze({
  lost: 'acknowledged, and no longer known at the end',
  denied: 'acknowledged, and a coordinator said 404 afterwards',
  contradicted: 'coordinators tell different things of it at the end',
  unfinished: 'neither done, parked nor failed when all had healed and the time was up',
  undone: 'told as ended, and later told in another state',
  'without-effect': 'told as done, and no effect of it was ever taken',
  'wrong-effect': 'an effect was taken whose digest is not that of its one right result',
  'wrong-result': 'the result it shows is not the right one',
  'parked-in-vain': 'parked, although no try of such a job fails by itself',
  'wrong-end': 'ended otherwise than such a job can',
  'old-after-new': 'an effect of an older term or try was taken after one of a newer',
  'taken-twice': 'two effects of one try under one term were taken',
  'shared-try': 'two workers had the same try under one term',
  'unknown-effect': 'an effect was taken for a job that nobody had asked for',
  refused: 'refused, although it was asked for rightly',
  returned: 'its removal was confirmed, and it is known at the end',
  'without-majority': 'confirmed, although etcd had no majority since before it was asked for',
  'two-leaders': 'two coordinators were told as leaders of one term',
  'older-lead': 'told as leader by an older term, asked after a newer one had been told',
  hung: 'etcd had no majority, and a coordinator left a question open beyond its deadline',
  uncoded: 'etcd had no majority, and a coordinator said so neither by 503 nor with a code',
} as const)
export type BreachKind = keyof typeof BREACHES

/** One broken word. `detail` says what was seen. */
export interface Breach {
  readonly kind: BreachKind
  /** Its id; where it is of no job, a term or an address. */
  readonly job: string
  readonly detail: string
}
