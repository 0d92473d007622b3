/**
 * store/data-refusal: why a data folder cannot be used, as a value with a code.
 *
 * Pure. Every sentence names the file or folder and says what to do; nothing here changes either.
 */

/** What is wrong with a data folder. */
export type DataFault =
  /** Another system uses the folder now. */
  | 'DATA_IN_USE'
  /** The file is not one of ours. */
  | 'DATA_FOREIGN'
  /** The file was written by an older or newer format. */
  | 'DATA_FORMAT'
  /** The file is ours and not whole. */
  | 'DATA_DAMAGED'
  /** The disk has no room to work in. */
  | 'DATA_NO_ROOM'
  /** The folder or the file cannot be read or written. */
  | 'DATA_FAILED'

export interface DataRefusal {
  readonly kind: 'refused'
  readonly code: DataFault
  /** One sentence for people, beginning with the code. */
  readonly problem: string
}

const REMEDIES: Readonly<Record<DataFault, string>> = Object.freeze({
  DATA_IN_USE: 'stop that system first, or choose another folder with --data',
  DATA_FOREIGN: 'it was left untouched; move it away, or choose another folder with --data',
  DATA_FORMAT:
    'it was left untouched; use the version that wrote it, or choose another folder with --data',
  DATA_DAMAGED:
    'it was left untouched; put back a copy, or move it away to start with no positions',
  DATA_NO_ROOM: 'make room, choose another folder with --data, or keep nothing with --no-data',
  DATA_FAILED: 'mend that, choose another folder with --data, or keep nothing with --no-data',
})

/**
 * The refusal of this path for this reason.
 *
 * @example refuse('DATA_DAMAGED', file, 'page 7 is not where it says it is')
 */
export function refuse(code: DataFault, path: string, reason: string): DataRefusal {
  const problem = `${code}: ${path}: ${reason}; ${REMEDIES[code]}`
  return Object.freeze({ kind: 'refused', code, problem })
}
