/**
 * rotating-file-options: what a rotating file may be told, with its defaults and its check.
 */
import { LOG_LEVELS, type LogThreshold, TroupeError } from 'troupe'

export interface RotatingFileOptions {
  /**
   * The file, such as `logs/shop.log`. What is written is `logs/shop.1.log`, `logs/shop.2.log`
   * and so on, or `logs/shop.2025-03-01.1.log` with a period. The folder is made.
   */
  readonly path: string
  /** Opens a new file each hour or day of local time. */
  readonly period?: 'hour' | 'day'
  /** Opens a new file so often, in milliseconds; from 1,000 to 24 days. Not beside `period`. */
  readonly periodMs?: number
  /** Opens a new file once this many bytes are written; may be combined with a period. */
  readonly sizeBytes?: number
  /** How many closed files are kept; the oldest are deleted. Default 10; Infinity keeps all. */
  readonly keep?: number
  /** Closed files are compressed to `.gz`; default false. */
  readonly compress?: boolean
  /** Name among the sinks of a node; default `file`. */
  readonly name?: string
  /** The lowest level it writes; default `trace`. */
  readonly level?: LogThreshold
  /** Words in field names that mark secrets; default `REDACTED_WORDS` of troupe. */
  readonly redact?: readonly string[]
  /** Most bytes that wait for a slow disk; records beyond are lost and counted. Default 16 MiB. */
  readonly bufferedBytesMax?: number
  /** Rights of the files; default 0o640. */
  readonly mode?: number
  /** Told of what goes wrong with the files; default: a warning of the process. */
  readonly onError?: (error: Error) => void
}

export const ROTATING_FILE_DEFAULTS = Object.freeze({
  keep: 10,
  compress: false,
  name: 'file',
  level: 'trace' as LogThreshold,
  bufferedBytesMax: 16 * 1024 * 1024,
  mode: 0o640,
  onError: (error: Error): void => process.emitWarning(error),
})

const PERIOD_MS_MIN = 1_000
/** The longest wait of the machine's timer, rounded down to days. */
const PERIOD_MS_MAX = 24 * 86_400_000

const isWhole = (value: unknown, from: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= from

function requireOption(holds: boolean, option: string, value: unknown, problem: string): void {
  if (!holds) throw new TroupeError('OPTION_INVALID', { option, value: String(value), problem })
}

/** Throws OPTION_INVALID naming the first option that cannot be. */
export function checkRotatingFile(options: RotatingFileOptions): void {
  const { path, period, periodMs, sizeBytes, keep, level, bufferedBytesMax } = options
  const goodPath = typeof path === 'string' && path !== '' && !/[<>"|?*\0]/.test(path)
  requireOption(goodPath, 'path', path, 'give the path of a file, without < > " | ? *')
  const goodPeriod = period === undefined || period === 'hour' || period === 'day'
  requireOption(goodPeriod, 'period', period, 'hour or day')
  const goodMs =
    periodMs === undefined || (isWhole(periodMs, PERIOD_MS_MIN) && periodMs <= PERIOD_MS_MAX)
  requireOption(goodMs, 'periodMs', periodMs, 'give milliseconds from 1,000 to 24 days')
  const one = period === undefined || periodMs === undefined
  requireOption(one, 'periodMs', periodMs, 'give either period or periodMs')
  const goodSize = sizeBytes === undefined || isWhole(sizeBytes, 1)
  requireOption(goodSize, 'sizeBytes', sizeBytes, 'give a whole number above 0')
  const goodKeep = keep === undefined || keep === Number.POSITIVE_INFINITY || isWhole(keep, 0)
  requireOption(goodKeep, 'keep', keep, 'give a whole number, 0 or more')
  const levels: readonly unknown[] = [...LOG_LEVELS, 'silent', undefined]
  requireOption(levels.includes(level), 'level', level, `one of ${LOG_LEVELS.join(', ')}, silent`)
  const goodBuffer = bufferedBytesMax === undefined || isWhole(bufferedBytesMax, 1)
  requireOption(goodBuffer, 'bufferedBytesMax', bufferedBytesMax, 'give a whole number above 0')
}
