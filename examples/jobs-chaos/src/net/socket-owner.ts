/**
 * net/socket-owner: which program holds the far end of a socket on this machine.
 *
 * Reads the tables of the kernel below /proc, so it works on Linux alone. A relay in front of a
 * node needs it to know who calls: on the loopback address all callers look alike.
 *
 * @source proc(5): /proc/net/tcp, /proc/net/udp, /proc/net/unix, /proc/PID/fd
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Whether this machine has such tables. */
export const canTellOwners = process.platform === 'linux'

/** The inode of a socket with this port at its own end; undefined: there is none. */
export function inodeOfPort(protocol: 'tcp' | 'udp', port: number): string | undefined {
  return inodeIn(textOf(`/proc/net/${protocol}`), port)
}

/** The same in the text of such a table. */
export function inodeIn(table: string, port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , , , , , , , inode] = line.trim().split(/\s+/)
    // Inode 0: the program has closed it, and the kernel keeps it for a while.
    if (local.endsWith(wanted) && inode !== undefined && inode !== '0') return inode
  }
  return undefined
}

/** Inodes of Unix sockets whose path is in this folder and that listen. */
export function listenersIn(folder: string): readonly string[] {
  const listens = '00010000'
  return textOf('/proc/net/unix')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , flags, , , , path]) => flags === listens && path?.startsWith(`${folder}/`))
    .map(([, , , , , , inode = '']) => inode)
}

/** The one of these programs that holds the socket. */
export function ownerOf(inode: string, pids: readonly number[]): number | undefined {
  const target = `socket:[${inode}]`
  return pids.find((pid) => descriptorsOf(pid).some((path) => linkOf(path) === target))
}

function descriptorsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
