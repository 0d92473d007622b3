/**
 * setup/ready: the set-up that every command runs first: Node's version, packages, build.
 */
import { ensureBuilt } from './build.mjs'
import { CommandFault } from './fault.mjs'
import { ensureInstalled } from './install.mjs'

const NODE_MIN = /** @type {const} */ ([20, 19])

/** @param {string} version such as "20.19.1" */
export function nodeIsRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
}

/** Node's version and the packages; the build is left to the caller. */
export async function ensureTools() {
  if (!nodeIsRecent(process.versions.node)) {
    throw new CommandFault(
      `Node ${process.versions.node} is too old for Troupe.`,
      `Install Node ${NODE_MIN.join('.')} or later.`,
    )
  }
  await ensureInstalled()
}

/** @param {{ project?: string }} [options] what to build; default everything */
export async function ensureReady({ project } = {}) {
  await ensureTools()
  await ensureBuilt(project)
}
