/**
 * pino-roll: the part of the library of that name which rotating files use; it ships no types.
 *
 * @source pino-roll 4, pino-roll.js; sonic-boom 4, index.js
 */
// @ts-expect-error Once pino-roll ships types, they take the place of those below.
import untyped from 'pino-roll'

/** A SonicBoom that opens the next file by itself. */
export interface RollingStream {
  /** The file that is open, or being opened. */
  readonly file: string
  write(text: string): boolean
  flushSync(): void
  end(): void
  on(event: 'error', listener: (error: Error) => void): this
  on(event: 'ready' | 'drop' | 'write', listener: () => void): this
  once(event: 'error', listener: (error: Error) => void): this
  once(event: 'close' | 'ready', listener: () => void): this
  listenerCount(event: 'drain'): number
}

export interface RollOptions {
  readonly file: string
  readonly size?: string
  readonly frequency?: 'daily' | 'hourly' | number
  readonly dateFormat?: string
  readonly mkdir: boolean
  readonly mode: number
  readonly maxLength: number
}

/** Opens the first file; the stream may be written to before it is open. */
export const buildRolling: (options: RollOptions) => Promise<RollingStream> = untyped
