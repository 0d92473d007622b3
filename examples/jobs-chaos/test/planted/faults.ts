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
])
