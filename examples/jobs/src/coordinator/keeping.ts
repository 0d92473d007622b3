/**
 * coordinator/keeping: where a cluster keeps its jobs, and who decides who leads them.
 *
 * Two makers: `keptByCoordinators` here, `keptInEtcd`. What is outside of a keeping does not know
 * which one it is. Texts are in the folders of the coordinators either way.
 */
import { join } from 'node:path'
import {
  ballotFile,
  type ChildSpec,
  type ElectionOptions,
  type LeaderContext,
  type Node,
} from 'troupe'
import type { JobsFault } from '#jobs/job/faults'
import type { Book } from '#jobs/store/book'
import { worldOf } from '#jobs/store/book-world'
import { openBook } from '#jobs/store/open-book'
import type { StoreFolder } from '#jobs/store/store-folder'
import type { KnownJobs } from '#jobs/store/text-keeper'

/** Where a coordinator keeps something. */
export interface KeepingPlace {
  readonly node: Node
  /** Names of all coordinators, this one among them. */
  readonly coordinators: readonly string[]
  /** What is led. */
  readonly clusterId: string
  readonly dataFolder: string
  readonly folder: StoreFolder
}

export interface Keeping {
  /** Who decides who leads, and when. */
  readonly election: Partial<ElectionOptions>
  /** The jobs whose texts are to be here. */
  readonly known: KnownJobs
  /** Processes that it needs, begun before all others. */
  readonly children: readonly ChildSpec[]
  /** As `openBook`. */
  openBook(term: number, context: LeaderContext, signal: AbortSignal): Promise<Book>
  /** Why nothing is to be answered here, whoever leads; only a person can mend that. */
  refusal?(): JobsFault | undefined
  /** Once the node has stopped. */
  close(): void
}

export type MakeKeeping = (place: KeepingPlace) => Keeping

/** Calmer than usual: what a busy coordinator does beside must not look like its end. */
const ELECTION = Object.freeze({
  electionTimeoutMinMs: 500,
  electionTimeoutMaxMs: 1_000,
  heartbeatMs: 100,
})

/** In the files of the coordinators, a majority of which decides everything. */
export const keptByCoordinators: MakeKeeping = ({ node, coordinators, dataFolder, folder }) => {
  const { store } = folder
  return {
    election: { ...ELECTION, storage: ballotFile({ path: join(dataFolder, 'ballot') }) },
    known: store,
    children: [],
    openBook: (term, context, signal) => {
      const world = worldOf(context)
      return openBook({ term, node: node.name, coordinators, store, world, signal })
    },
    close: () => {},
  }
}
