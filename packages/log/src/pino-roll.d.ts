/**
 * log/pino-roll: the part of pino-roll that `rotatingFileSink` uses; it ships no types.
 *
 * @source pino-roll 4, pino-roll.js; sonic-boom 4, index.js
 */
declare module 'pino-roll' {
  namespace build {
    /** A SonicBoom that opens the next file by itself. */
    interface RollingStream {
      /** The file that is open, or being opened. */
      readonly file: string
      write(text: string): boolean
      flushSync(): void
      end(): void
      on(event: 'error', listener: (error: Error) => void): this
      on(event: 'ready' | 'drop' | 'write', listener: () => void): this
      listenerCount(event: 'drain'): number
      once(event: 'error', listener: (error: Error) => void): this
      once(event: 'close' | 'ready', listener: () => void): this
    }

    interface RollOptions {
      readonly file: string
      readonly size?: string
      readonly frequency?: 'daily' | 'hourly' | number
      readonly dateFormat?: string
      readonly mkdir: boolean
      readonly mode: number
      readonly maxLength: number
    }
  }

  function build(options: build.RollOptions): Promise<build.RollingStream>
  export = build
}
