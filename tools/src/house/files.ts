/**
 * house/files: which files the rules read.
 *
 * Reads the disk, not git, so that it also works in an unpacked archive.
 */
import { filesBelow } from '#setup/workspace'

export const codeFiles = (): readonly string[] =>
  filesBelow('.', (path) => /\.(ts|tsx|mts|mjs)$/.test(path))

export const pageFiles = (): readonly string[] => filesBelow('.', (path) => path.endsWith('.md'))
