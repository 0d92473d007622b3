/**
 * test/planted/faults: ways to break the cluster's word, planted in a copy of what was built.
 *
 * Product code has no switches for them.
 */
import type { BreachKind } from '#chaos/account/breach'

/** One place and what stands there instead. Any white space in `find` stands for any other. */
export interface Place {
  /** Compiled file below `examples`, without its ending. */
  readonly file: string
  /** It must occur exactly once. */
  readonly find: string
  readonly replace: string
}

export interface PlantedFault {
  readonly name: string
  readonly places: readonly Place[]
  /** Flags of the run that is to find it. */
  readonly flags: readonly string[]
  /** By which of these it shows. */
  readonly shownBy: readonly BreachKind[]
}

const ON_ETCD = ['--registrar', 'etcd', '--every', '3'] as const
/** What becomes of jobs whose record is not the one that was promised. */
const OVERWRITTEN = [
  ...(['lost', 'denied', 'undone', 'unfinished', 'contradicted'] as const),
  ...(['parked-in-vain', 'wrong-end', 'wrong-result', 'returned'] as const),
] as const

export const PLANTED_FAULTS: readonly PlantedFault[] = Object.freeze([
  {
    name: 'an acknowledgement before a majority has it',
    places: [
      {
        file: 'jobs/dist/store/kept-book',
        find: 'return there.length + 1 >= majorityOf(this.#total)',
        replace: 'return true',
      },
    ],
    flags: ['--minutes', '0.6', '--every', '3', '--only', 'isolate:leader,kill:leader'],
    shownBy: ['lost', 'denied', 'undone', 'unfinished', 'parked-in-vain'],
  },
  {
    name: 'no fence: the store asks neither for a term nor for a try',
    places: [
      {
        file: 'jobs-chaos/dist/effects/fence',
        find: "if (isOld) return { kind: 'stale', ...newest }",
        replace: '',
      },
    ],
    flags: ['--minutes', '0.8', '--every', '3', '--only', 'freeze:worker,restart:leader'],
    shownBy: ['old-after-new'],
  },
  {
    name: 'one try that is given to two workers',
    places: [
      {
        file: 'jobs/dist/coordinator/reign',
        find: 'const answer = await this.#asked(job)',
        replace: 'void this.#asked(job); const answer = await this.#asked(job)',
      },
    ],
    flags: ['--minutes', '0.2', '--every', '4', '--only', 'weight'],
    shownBy: ['taken-twice', 'shared-try'],
  },
  {
    name: 'a write to etcd that asks neither who leads nor what stands there',
    places: [
      {
        file: 'jobs/dist/store/etcd/etcd-writes',
        find: 'return { when: [...fence, ...when], acts, otherwise }',
        replace: 'return { when: [], acts, otherwise }',
      },
    ],
    flags: [...ON_ETCD, '--minutes', '0.8', '--only', 'etcd-wall:leader,freeze:leader'],
    shownBy: [...OVERWRITTEN, 'old-after-new', 'taken-twice', 'shared-try'],
  },
  {
    name: 'an acknowledgement before etcd has answered',
    places: [
      {
        file: 'jobs/dist/store/etcd/etcd-writes',
        find: 'const answer = await client.txn(this.#txnOf(batch), { timeoutMs, retry: true })',
        replace: `for (const { id, waiting } of batch) {
          if (waiting.isOver) continue
          waiting.standing.push({ id, revision: 0 })
          waiting.left -= 1
          if (waiting.left > 0) continue
          waiting.isOver = true
          waiting.cancel()
          waiting.resolve(waiting.standing)
        }
        const answer = await client.txn(this.#txnOf(batch), { timeoutMs, retry: true })`,
      },
    ],
    flags: [...ON_ETCD, '--minutes', '0.6', '--only', 'quorum-loss,etcd-wall:leader,kill:leader'],
    shownBy: [...OVERWRITTEN, 'without-majority'],
  },
  {
    name: 'a write whose answer was lost, written anew under another id',
    places: [
      {
        file: 'jobs/dist/coordinator/writer',
        find: 'return this.write(jobs)',
        replace: "return this.write(jobs.map((job) => ({ ...job, id: job.id + '-anew' })))",
      },
    ],
    flags: [...ON_ETCD, '--minutes', '0.6', '--only', 'etcd-kill,etcd-freeze,etcd-restart'],
    shownBy: [...OVERWRITTEN, 'unknown-effect', 'without-effect'],
  },
])
