/**
 * start/systems: which systems `npm start` knows.
 *
 * A system is an example whose package.json has a field `troupe` with its name, its entry and one
 * line about it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFault } from '#setup/fault'
import { ROOT, readJson, workspacesOf } from '#setup/workspace'

export const DEFAULT_SYSTEM = 'jobs'

/**
 * @typedef {object} System
 * @property {string} name
 * @property {string} folder relative to the root
 * @property {string} entry built file, relative to the folder
 * @property {string} about
 * @property {boolean} takesFlags false where the program reads none: they are refused for it
 */

/** @returns {System[]} in alphabetical order */
export function systems() {
  return workspacesOf('examples').flatMap((folder) => {
    const field = readJson(`${folder}/package.json`).troupe
    return field === undefined
      ? []
      : [
          {
            name: field.system,
            folder,
            entry: field.entry,
            about: field.about,
            takesFlags: field.takesFlags ?? true,
          },
        ]
  })
}

/** @param {string} name */
export function systemNamed(name) {
  const known = systems()
  const found = known.find((system) => system.name === name)
  if (found !== undefined) return found
  const names = known.map((system) => system.name).join(', ')
  throw new CommandFault(
    `There is no system named ${name}; there are: ${names}.`,
    `Start one of them, for example: npm start -- ${DEFAULT_SYSTEM}`,
    2,
  )
}

/** @param {System} system */
export function entryOf(system) {
  const path = join(ROOT, system.folder, system.entry)
  if (existsSync(path)) return path
  throw new CommandFault(
    `The system ${system.name} has no entry at ${system.folder}/${system.entry}.`,
    `See the field "troupe" in ${system.folder}/package.json, then run: npm run build`,
  )
}

/**
 * For a system that reads no flags: the text of its help when that is asked for, or undefined.
 * Faults on anything else that was typed, which would go unnoticed.
 *
 * @param {System} system
 * @param {readonly string[]} flags
 */
export function helpWithoutFlags({ name, about, takesFlags }, flags) {
  const [first] = flags
  if (takesFlags || first === undefined) return undefined
  if (first === '--help' || first === '-help' || first === '-h') {
    return `${name}: ${about}\n\nUsage: npm start -- ${name}\n\nIt takes no flags.\n`
  }
  throw new CommandFault(
    `${name} takes no flags; ${first} is not known.`,
    `npm start -- ${name}`,
    2,
  )
}

/** The text of `npm start -- --list`. */
export function listing() {
  const width = Math.max(...systems().map(({ name }) => name.length))
  return systems()
    .map(({ name, about }) => {
      const mark = name === DEFAULT_SYSTEM ? ' (the default)' : ''
      return `${name.padEnd(width)}  ${about}${mark}\n`
    })
    .join('')
}
