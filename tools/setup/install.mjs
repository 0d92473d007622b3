/**
 * setup/install: brings node_modules to what package-lock.json says.
 *
 * Compares the lock with the list npm keeps in node_modules, package by package; installs only when
 * they differ. Knows nothing of builds.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runNpm } from './child.mjs'
import { paint, say, step } from './console.mjs'
import { CommandFault } from './fault.mjs'
import { ROOT } from './workspace.mjs'

/** A reason longer than this is a usage text. */
const REASON_LINES_MAX = 6

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }}
 *   LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * What the lock asks for and node_modules lacks or has in another version.
 *
 * @param {LockedPackages} wanted packages of package-lock.json
 * @param {LockedPackages} present packages of node_modules/.package-lock.json
 * @returns {string[]} paths such as "node_modules/croner"
 */
export function missingPackages(wanted, present) {
  return Object.entries(wanted)
    .filter(([path]) => path.startsWith('node_modules/') || path.includes('/node_modules/'))
    .filter(([path, locked]) => {
      const found = present[path]
      if (found === undefined) return locked.optional !== true && locked.devOptional !== true
      return found.version !== locked.version || found.integrity !== locked.integrity
    })
    .map(([path]) => path)
}

/**
 * @param {string} path
 * @returns {LockedPackages}
 */
const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {}

/** Installs what is missing; a complete node_modules costs a few milliseconds. */
export async function ensureInstalled() {
  const lock = join(ROOT, 'package-lock.json')
  const hidden = join(ROOT, 'node_modules', '.package-lock.json')
  if (!existsSync(lock)) {
    throw new CommandFault(
      'The file package-lock.json is missing.',
      'Restore it: git checkout package-lock.json',
    )
  }
  const missing = missingPackages(packagesOf(lock), existsSync(hidden) ? packagesOf(hidden) : {})
  if (missing.length === 0) return
  say(paint('dim', `${missing.length} npm packages are missing or of another version`))
  await step('installing npm packages (npm ci)', install)
}

async function install() {
  const { exitCode, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (exitCode === 0) return
  throw new CommandFault(
    `npm could not install the packages:\n${reasonOf(output)}`,
    'See that the npm registry can be reached, then run: npm ci',
  )
}

/**
 * The first lines of what npm says went wrong; its last ones are about its own flags.
 *
 * @param {string} output
 */
export function reasonOf(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const told = lines.filter((line) => /^npm error \S/.test(line))
  return (told.length > 0 ? told : lines).slice(0, REASON_LINES_MAX).join('\n')
}
