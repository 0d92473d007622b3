/**
 * connect/sockets: nodes of this user on this host, by the sockets they have left in their folder.
 *
 * A socket tells a name and a path; whether somebody still answers there is found by dialling.
 *
 * @source troupe network/transport/unix-path
 */
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A node that has, or had, a socket here. */
export interface SocketNode {
  readonly node: string
  readonly path: string
}

/** More files than a host has nodes: the folder holds something else. */
const SOCKETS_MAX = 2_000

/** The folder in which the nodes of this user keep their sockets. */
export function socketFolder(uid = process.geteuid?.() ?? 0): string {
  return join(process.platform === 'linux' ? '/tmp' : tmpdir(), `troupe-${uid}`)
}

/** The nodes whose names can be read from their sockets, sorted; none where there is no folder. */
export async function socketNodes(folder = socketFolder()): Promise<readonly SocketNode[]> {
  let names: readonly string[]
  try {
    names = await readdir(folder)
  } catch {
    // No node of this user has run since the machine was started.
    return []
  }
  return names
    .filter((name) => /^[^@]+@[^@]+\.sock$/.test(name))
    .slice(0, SOCKETS_MAX)
    .sort()
    .map((name) => ({ node: name.slice(0, -'.sock'.length), path: join(folder, name) }))
}
