/**
 * What the programs of the mill and its tests both know: which nodes there are, and what each can
 * be asked of itself.
 */

/** The nodes, and who votes. */
export const MILL = ['mill1@localhost', 'mill2@localhost', 'mill3@localhost'] as const
export type MillNode = (typeof MILL)[number]

/** What a node can be asked of itself. */
export type MillLook =
  | ('applications' | 'config' | 'cron' | 'env' | 'levels' | 'peers')
  | ('phase' | 'questions' | 'reign' | 'samplers')
