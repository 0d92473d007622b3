/**
 * base/private-folder: whether a folder is one that nobody else may enter.
 *
 * Pure: whoever asks has looked at it without following links.
 */

/** What others than the owner may do: nothing. */
const OTHERS = 0o077

/** What the system says of a folder. */
export interface FolderFacts {
  readonly uid: number
  readonly mode: number
  isSymbolicLink(): boolean
  isDirectory(): boolean
}

/** Why a folder cannot be trusted, in words; undefined when it can. */
export function folderFault(
  folder: string,
  facts: FolderFacts,
  uid: number | undefined,
): string | undefined {
  if (facts.isSymbolicLink()) return `its folder ${folder} is a link; remove it`
  if (!facts.isDirectory()) return `its folder ${folder} is no folder; remove it`
  if (uid !== undefined && facts.uid !== uid) {
    return `its folder ${folder} belongs to another user (${facts.uid}); give a path elsewhere`
  }
  if ((facts.mode & OTHERS) === 0) return undefined
  return `others may enter its folder ${folder}; run: chmod 700 ${folder}`
}
