/**
 * test/account/evidence: logs made by hand: a run in which all went well, to be spoiled.
 */
import type {
  ClientFact,
  EffectFact,
  Evidence,
  FinalAnswer,
  SceneFact,
  State,
} from '#chaos/account/facts'

export const URL_1 = 'http://127.0.0.1:8081'
export const RIGHT = 'r1'
const at = 1_000

export const asked = (id: string, expected: 'done' | 'park' | 'fail' = 'done'): ClientFact => ({
  kind: 'asked',
  digest: expected === 'done' ? RIGHT : undefined,
  ...{ at, id, expected },
})

export const acknowledged = (id: string): ClientFact => ({
  kind: 'acknowledged',
  ...{ at, id, status: 201, url: URL_1 },
})

export const told = (id: string, state: State | 'unknown'): ClientFact => ({
  kind: 'told',
  ...{ at, id, state, url: URL_1 },
})

export const effect = (job: string, more: Partial<EffectFact> = {}): EffectFact => ({
  kind: 'taken',
  ...{ at, job, attempt: 1, term: 3, worker: 'worker1@localhost', digest: RIGHT },
  ...more,
})

export const quorum = (is: 'lost' | 'back' | 'cut'): SceneFact => ({ kind: 'quorum', at, is })

export const led = (term: number, leader: string, since = 0, when = at): SceneFact => ({
  kind: 'led',
  ...{ at: when, url: URL_1, leader: `${leader}@localhost`, term, since },
})

export const probed = (more: Partial<SceneFact & { readonly kind: 'probed' }>): SceneFact => ({
  ...{ at, url: URL_1, question: 'submit', status: 503, code: 'NO_LEADER', tookMs: 2_000 },
  ...{ isDisturbed: false, ...more },
  kind: 'probed',
})

/** The same told by three. */
export const final = (
  jobs: Readonly<Record<string, State | 'unknown'>>,
  digest = RIGHT,
): readonly FinalAnswer[] =>
  [1, 2, 3].map((index) => ({
    coordinator: `jobs${index}@localhost`,
    jobs: Object.entries(jobs).map(([id, state]) => ({
      ...{ id, state, digest: state === 'done' ? digest : undefined },
    })),
  }))

/** Two jobs that are done. */
export const sound: Evidence = Object.freeze({
  client: [asked('a'), acknowledged('a'), asked('b'), acknowledged('b'), told('b', 'done')],
  effects: [effect('a'), effect('b')],
  final: final({ a: 'done', b: 'done' }),
})
