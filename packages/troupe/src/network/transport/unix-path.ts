/**
 * network/transport/unix-path: where the Unix socket of a node lies, and whether it is safe there.
 *
 * Nodes of one user on one host compute the same path from the name alone. The folder belongs to
 * that user and nobody else may enter it; a link in its place is refused, because whoever made it
 * could lead us elsewhere. Limit: a path is as long as the system takes (107 bytes, macOS 103); a
 * longer name becomes a hash.
 *
 * @source unix(7), sun_path; tmux and ssh-agent for the folder
 */
import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { folderFault } from '#base/private-folder'
import { TroupeError } from '#contract'
import { codeOf, problemOf } from './problem.js'

/** The longest path of a socket, in bytes; one more is the zero at its end. */
export const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103
/** Characters of a name that mean nothing to any file system. */
const PLAIN = /^[A-Za-z0-9_@.+-]+$/
const HASH_LENGTH = 32

/** The folder of this user's sockets: `/tmp/troupe-1000`. */
export function socketFolder(uid = process.geteuid?.() ?? 0): string {
  // Not the variable TMPDIR where it differs between shells: both nodes have to find one place.
  return join(process.platform === 'linux' ? '/tmp' : tmpdir(), `troupe-${uid}`)
}

/**
 * The path of the socket of a node.
 *
 * @example unixSocketPath('shop@localhost') // '/tmp/troupe-1000/shop@localhost.sock'
 */
export function unixSocketPath(nodeName: string, folder = socketFolder()): string {
  const plain = join(folder, `${nodeName}.sock`)
  if (PLAIN.test(nodeName) && Buffer.byteLength(plain) <= PATH_BYTES_MAX) return plain
  const hash = createHash('sha256').update(nodeName).digest('hex').slice(0, HASH_LENGTH)
  return join(folder, `${hash}.sock`)
}

/** What is wrong with a path, in words; undefined when nothing is. */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'the path is not absolute; give one that begins with /'
  const bytes = Buffer.byteLength(path)
  if (bytes <= PATH_BYTES_MAX) return undefined
  return `the path has ${bytes} bytes and the system takes ${PATH_BYTES_MAX}; give a shorter one`
}

/** A folder that nobody else may enter; made when it is not there. Rejects with PORT_FAILED. */
export async function trustedFolder(folder: string = socketFolder()): Promise<string> {
  const problem = await folderProblem(join(folder, 'any')).catch(problemOf)
  if (problem === undefined) return folder
  throw new TroupeError('PORT_FAILED', { transport: 'unix', address: folder, problem })
}

/** Makes the folder of a path when it is not there; says in words why it cannot be trusted. */
export async function folderProblem(
  path: string,
  uid = process.geteuid?.(),
): Promise<string | undefined> {
  const folder = dirname(path)
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') return `its folder cannot be made: ${problemOf(thrown)}`
  }
  return folderFault(folder, await lstat(folder), uid)
}
