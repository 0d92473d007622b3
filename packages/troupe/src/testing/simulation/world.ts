/**
 * testing/simulation/world: what the parts of a simulated network ask of the whole.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { Life } from './life.js'
import type { Link } from './link.js'
import type { Stream } from './stream.js'

/** The whole, as its parts see it. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  /** A sender whose bytes nobody acknowledges gives the line up after this time. */
  readonly breakAfterMs: number
  /** Bytes of one stream that may be on their way or unread at the far end. */
  readonly windowBytes: number
  /** All that still carry something; they are told when the ways change. */
  readonly streams: Set<Stream>
  /** True while something that is sent on this way arrives. */
  carries(link: Link): boolean
  /** The same for the way back. */
  carriesBack(link: Link): boolean
  link(from: string, to: string): Link
  note(kind: string, subject: string, detail?: string | number): void
  /** Where arriving bytes are handed over, one packet after the other. */
  readonly scratch: Uint8Array
  /** The machine of this name, if there is one. */
  machine(name: string): Machine | undefined
  /** Called by whatever changes what ways carry. */
  changed(): void
}

/** A host, as the network sees it. */
export interface Machine {
  readonly name: string
  /** `on`; `idle`: the system runs and the program does not; `off`. */
  readonly power: 'on' | 'idle' | 'off'
  /** The program that runs now, or ran last. */
  readonly life: Life
}
