/**
 * runtime/log/level: levels as numbers, and the cell that many loggers share.
 *
 * A cell holds the level of a node, an application or one process. Whoever has no level of its
 * own points at the cell above, so that raising the level of the node reaches every such process
 * at once and a logger still compares one number.
 */
import { LOG_LEVELS, type LogThreshold, requireOption } from '#contract'

/** Rank of each level; a record passes when its rank is not below that of the cell. */
export const LEVEL_RANKS: Readonly<Record<LogThreshold, number>> = Object.freeze({
  trace: 0,
  debug: 1,
  info: 2,
  warning: 3,
  error: 4,
  silent: 5,
})

/** The level that one or many loggers have. */
export interface LevelCell {
  level: LogThreshold
  rank: number
}

/** Throws OPTION_INVALID for what is no level. */
export function requireLevel(option: string, level: unknown): void {
  const holds = typeof level === 'string' && Object.hasOwn(LEVEL_RANKS, level)
  requireOption(holds, option, level, `one of ${LOG_LEVELS.join(', ')}, silent`)
}

export const levelCell = (level: LogThreshold): LevelCell => {
  requireLevel('logLevel', level)
  return { level, rank: LEVEL_RANKS[level] }
}

/** Changes the level of all who share the cell. */
export function changeLevel(cell: LevelCell, level: LogThreshold): void {
  requireLevel('logLevel', level)
  cell.level = level
  cell.rank = LEVEL_RANKS[level]
}
