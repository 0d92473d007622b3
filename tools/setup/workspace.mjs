/**
 * setup/workspace: where things are in this repository.
 *
 * Knows folders and manifests, nothing of what is done with them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds the root package.json. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Folders that hold what was made, fetched or is not ours to read. */
const MADE = /^(node_modules|coverage|dist(-.*)?)$/

/**
 * @param {string} path relative to the root
 * @returns {any} the parsed file; its reader knows the shape
 */
export const readJson = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

/**
 * All files below a folder that pass the test, in alphabetical order, relative to the root. A
 * folder that does not exist holds none.
 *
 * @param {string} folder relative to the root
 * @param {(path: string) => boolean} wanted
 * @param {RegExp} [skipped] names of folders that are not entered
 * @returns {string[]}
 */
export function filesBelow(folder, wanted, skipped = MADE) {
  if (!existsSync(join(ROOT, folder))) return []
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true })
  return entries
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        const entered = !skipped.test(entry.name) && !entry.name.startsWith('.')
        return entered ? filesBelow(path, wanted, skipped) : []
      }
      return wanted(path) ? [path] : []
    })
}

/**
 * The workspaces below `packages` or `examples`.
 *
 * @param {'packages' | 'examples'} group
 * @returns {string[]} such as "packages/troupe"
 */
export function workspacesOf(group) {
  if (!existsSync(join(ROOT, group))) return []
  return readdirSync(join(ROOT, group))
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
    .sort()
}
