/**
 * nodes/page: what one life of one program has counted, as it tells the others.
 *
 * A page is a reading of one moment, told again and again while its program lives; the latest
 * says it all. So whoever has it can tell what a program had counted until shortly before it died.
 */

import type { Hops } from '#traffic/account/hops'
import type { Hop } from '#traffic/account/ledger'
import type { Surroundings } from '#traffic/account/stats-json'
import type { StoreOutcome } from '#traffic/store/position-table'

/** The programs of the system, in the order of their start. */
export const ROLES = Object.freeze(['storage', 'ingest', 'web'] as const)
export type Role = (typeof ROLES)[number]

/** Told of a program beside the account. */
export type Around = Partial<Omit<Surroundings, 'cpuSeconds' | 'residentBytes' | 'countedSince'>> &
  Pick<Surroundings, 'cpuSeconds' | 'residentBytes' | 'countedSince' | 'restarts'>

/** What storage did with the reports of one life of the intake. */
export interface Taken {
  readonly outcomes: Readonly<Record<StoreOutcome, number>>
  /** By road: the number of the last one that has come, or is known to come never. */
  readonly seen: Readonly<Record<Hop['road'], number>>
}

interface PageOf<R extends Role> {
  readonly role: R
  /** Tells this life of the program from others; a later one is greater. */
  readonly life: number
  /** Grows with each reading. */
  readonly reading: number
  readonly pid: number
  readonly around: Around
}

export interface IngestPage extends PageOf<'ingest'> {
  readonly hops: Hops
}

export interface StoragePage extends PageOf<'storage'> {
  /** By the life of the intake. */
  readonly taken: Readonly<Record<string, Taken>>
  /** Reports that came and had no room in its mailbox. */
  readonly mailboxFull: number
}

export type WebPage = PageOf<'web'>

export type Page = IngestPage | StoragePage | WebPage
