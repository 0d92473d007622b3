/**
 * apps/system/record-filter: which records of the log, dead letters and acts are meant.
 */
import type {
  AuditSheet,
  DeadLetterQuery,
  DeadLetterSheet,
  FollowQuestion,
  LogQuery,
  LogSheet,
} from '#cluster'
import { DROP_CAUSES, LOG_LEVELS, type LogLevel, Pid } from '#contract'
import { readPid, readText, readWord } from './reading.js'

/** Decides about one record. */
export type IsMeant<T> = (record: T) => boolean

type Asked<T> = { readonly [K in keyof T]?: unknown }

const has = (text: string | undefined, search: string | undefined): boolean =>
  search === undefined || text?.toLowerCase().includes(search) === true

/** The filter, and a text that is the same for the same filter. */
export interface ReadFilter<T> {
  readonly key: string
  readonly isMeant: IsMeant<T>
}

/** OPTION_INVALID for what cannot be asked. */
export function readLogFilter(
  {
    level,
    search,
    pid,
    application,
  }: Asked<Pick<LogQuery & FollowQuestion, 'level' | 'search' | 'pid' | 'application'>>,
  otherwise: LogLevel,
): ReadFilter<LogSheet> {
  const least = LOG_LEVELS.indexOf(readWord('level', level, LOG_LEVELS) ?? otherwise)
  const words = readText('search', search)?.toLowerCase()
  const process = readPid('pid', pid)
  const name = readText('application', application)
  const isMeant: IsMeant<LogSheet> = (record) => {
    if (LOG_LEVELS.indexOf(record.level) < least) return false
    const { source } = record
    if (process !== undefined && !isSame(source.pid, process)) return false
    if (name !== undefined && source.application !== name) return false
    return has(record.message, words) || has(source.name, words)
  }
  return { key: JSON.stringify([least, words, process?.id, process?.creation, name]), isMeant }
}

const isSame = (one: Pid | undefined, other: Pid): boolean =>
  one !== undefined && Pid.equals(one, other)

/** OPTION_INVALID for what cannot be asked. */
export function readLetterFilter(
  asked: Asked<Pick<DeadLetterQuery, 'cause' | 'search'>>,
): ReadFilter<DeadLetterSheet> {
  const cause = readWord('cause', asked.cause, DROP_CAUSES)
  const words = readText('search', asked.search)?.toLowerCase()
  const isMeant: IsMeant<DeadLetterSheet> = (letter) => {
    if (cause !== undefined && letter.cause !== cause) return false
    return has(letter.message, words) || has(letter.to, words)
  }
  return { key: JSON.stringify([cause, words]), isMeant }
}

/** OPTION_INVALID for what cannot be asked. */
export function readActFilter(
  asked: Asked<Pick<FollowQuestion, 'search'>>,
): ReadFilter<AuditSheet> {
  const words = readText('search', asked.search)?.toLowerCase()
  return {
    key: JSON.stringify(words),
    isMeant: (act) => has(act.operation, words) || has(act.subject, words),
  }
}
