/**
 * page/model/process-columns: which columns a table of processes has. A viewer's choice stands in
 * the address; what is as it is by default is not in it.
 */

/** Columns that a viewer may choose, in the order of the table, with their names. */
export const COLUMN_CHOICES = [
  ['application', 'Application'],
  ['behaviour', 'Behaviour'],
  ['kind', 'Kind'],
  ['state', 'State'],
  ['mailbox', 'Mailbox'],
  ['wait', 'Wait'],
  ['in', 'Messages in'],
  ['out', 'Messages out'],
  ['running', 'Running time'],
  ['wake-ups', 'Wake-ups'],
  ['uptime', 'Uptime'],
  ['restarts', 'Restarts'],
] as const

export type ColumnId = (typeof COLUMN_CHOICES)[number][0]

/** Whose processes they are: of several nodes each row names its node, which needs room. */
export type Whose = 'node' | 'cluster'

/** Without a choice: what tells apart what works from what does not. */
export const COLUMNS_DEFAULT: Readonly<Record<Whose, readonly ColumnId[]>> = {
  node: [
    ...(['application', 'state', 'mailbox', 'wait', 'in', 'out', 'running', 'uptime'] as const),
    'restarts',
  ],
  cluster: ['application', 'state', 'mailbox', 'wait', 'in', 'running', 'uptime'],
}

const ALL: readonly ColumnId[] = COLUMN_CHOICES.map(([id]) => id)
const NONE = 'none'

/** The columns that an address means; what is no column is left out. */
export function columnsOf(text: string | null, whose: Whose): readonly ColumnId[] {
  if (text === null || text === '') return COLUMNS_DEFAULT[whose]
  const wanted = text.split('.')
  return ALL.filter((id) => wanted.includes(id))
}

/** How an address says so; undefined: as it is by default. */
export function columnsText(columns: readonly ColumnId[], whose: Whose): string | undefined {
  const chosen = ALL.filter((id) => columns.includes(id))
  if (chosen.join() === COLUMNS_DEFAULT[whose].join()) return undefined
  return chosen.length === 0 ? NONE : chosen.join('.')
}

/** With one column more, or less. */
export const toggledColumn = (columns: readonly ColumnId[], id: ColumnId): readonly ColumnId[] =>
  columns.includes(id) ? columns.filter((each) => each !== id) : [...columns, id]
