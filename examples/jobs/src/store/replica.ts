/**
 * store/replica: the process that answers for the store of its node; registered as `replica`.
 *
 * Its requests overlap, so that writes which come together reach the disk together; their order
 * is kept by the store. Limit: its mailbox.
 */
import { actor, type ProcessContext } from 'troupe'
import { worldOf } from './book-world.js'
import type { JobStore } from './job-store.js'
import { ReplicaDesk } from './replica-desk.js'
import { Replica } from './replica-protocol.js'
import { type KnownJobs, TextKeeper } from './text-keeper.js'
import type { TextPlace } from './text-place.js'
import { TextVault } from './text-vault.js'

interface State {
  readonly desk: ReplicaDesk
  readonly store: JobStore
  readonly texts: TextPlace
  /** The jobs whose texts are to be here. */
  readonly known: KnownJobs
  /** Who may change jobs; undefined: every node of the cluster. */
  readonly coordinators: ReadonlySet<string> | undefined
}

/** How often texts that nobody adds to are looked for, milliseconds. */
const SWEEP_MS = 30_000

/** How often texts are fetched and dropped, milliseconds. */
const KEEP_MS = 1_000

const NOT_ALLOWED = Object.freeze({
  kind: 'refused' as const,
  code: 'NOT_ALLOWED',
  problem: 'only coordinators may ask for this',
})

/** Whether the node that asks is a coordinator. */
const isAllowed = ({ coordinators }: State, context: ProcessContext): boolean =>
  coordinators === undefined || coordinators.has(context.fromNode)

/** Fetches and drops texts, one round after the other. */
function keepTexts(state: State, context: ProcessContext): void {
  const { known, texts, coordinators } = state
  if (!(texts instanceof TextVault) || coordinators === undefined) return
  const others = [...coordinators].filter((node) => node !== context.node)
  const keeper = new TextKeeper(known, texts, others, worldOf(context))
  let isBusy = false
  context.every(KEEP_MS, async () => {
    if (isBusy) return
    isBusy = true
    try {
      await keeper.round()
    } catch (problem) {
      context.log.warning('texts could not be looked after', { problem: String(problem) })
    } finally {
      isBusy = false
    }
  })
}

export const replicaActor = actor(Replica, {
  init: (
    store: JobStore,
    texts: TextPlace,
    coordinators?: readonly string[],
    known: KnownJobs = store,
  ): State => ({
    desk: new ReplicaDesk(store, texts),
    ...{ store, texts, known },
    coordinators: coordinators === undefined ? undefined : new Set(coordinators),
  }),
  started: (state, context) => {
    const { texts } = state
    texts.timedBy?.(() => context.wallMs())
    context.every(SWEEP_MS, () => void texts.sweep?.())
    keepTexts(state, context)
  },
  on: {
    promise: (state, given, context) =>
      isAllowed(state, context) ? state.desk.promise(given) : NOT_ALLOWED,
    write: (state, given, context) =>
      isAllowed(state, context) ? state.desk.write(given) : NOT_ALLOWED,
    reset: (state, given, context) =>
      isAllowed(state, context) ? state.desk.reset(given) : NOT_ALLOWED,
    changes: (state, given, context) =>
      isAllowed(state, context) ? state.desk.changes(given) : NOT_ALLOWED,
    lookup: (state, given, context) =>
      isAllowed(state, context) ? state.desk.lookup(given) : NOT_ALLOWED,
    append: (state, given, context) =>
      isAllowed(state, context) ? state.desk.append(given) : NOT_ALLOWED,
    seal: (state, given, context) =>
      isAllowed(state, context) ? state.desk.seal(given) : NOT_ALLOWED,
    // Workers read, too.
    read: (state, given) => state.desk.read(given),
    drop: (state, given, context) =>
      isAllowed(state, context) ? state.desk.drop(given) : undefined,
  },
  inspect: ({ desk, store, texts }) => ({
    ...{ jobs: store.counts, promised: store.promised.term, refused: desk.refused },
    ...texts.inspect?.(),
    ...{ stale: desk.stale, failures: store.failures, established: store.isEstablished },
  }),
  options: { reentrant: true },
})
