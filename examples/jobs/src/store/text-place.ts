/**
 * store/text-place: what a replica asks of the place where the texts of its node are kept.
 */
import type { Refused } from './replica-protocol.js'

export interface TextPlace {
  append(
    blob: string,
    at: number,
    bytes: Uint8Array,
  ): Promise<{ readonly kind: 'appended'; readonly length: number } | Refused>
  seal(blob: string, length: number, sha256: string): Promise<{ readonly kind: 'sealed' } | Refused>
  read(blob: string, at: number, length: number): Promise<Uint8Array | undefined>
  drop(blob: string): Promise<void>
  /** Tells the time from now on: of the process that answers for it. */
  timedBy?(wallMs: () => number): void
  /** Gives up what nobody adds to any more. */
  sweep?(): Promise<void>
  /** For an observer. */
  inspect?(): Readonly<Record<string, number>>
}
