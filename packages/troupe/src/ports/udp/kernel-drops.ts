/**
 * ports/udp/kernel-drops: how many datagrams the kernel dropped because a socket was full.
 *
 * Linux counts them for each socket in the last column of its table of sockets; no program is
 * told. The table is read as text here, and knows nothing of who opened the socket. The count
 * dies with the socket. Elsewhere the figure is unknown, which is not 0.
 *
 * @source Linux: Documentation/networking/proc_net_tcp.rst; net/ipv4/udp.c, udp4_format_sock
 */
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import type { Listening } from '#ports/listen'

/** The kernel's own writing of an address: 4-byte words, each with its last byte first. */
function kernelAddress({ host, port }: Listening): string | undefined {
  const bytes = isIPv6(host) ? bytesOfIPv6(host) : host.split('.').map(Number)
  if (bytes.length % 4 !== 0) return undefined
  const words: string[] = []
  for (let at = 0; at < bytes.length; at += 4) {
    words.push(Buffer.from(bytes.slice(at, at + 4).reverse()).toString('hex'))
  }
  const portHex = port.toString(16).padStart(4, '0')
  return `${words.join('')}:${portHex}`.toUpperCase()
}

function bytesOfIPv6(host: string): readonly number[] {
  const [before = '', after] = host.split('::')
  const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  const head = groupsOf(before)
  const tail = after === undefined ? [] : groupsOf(after)
  const gap = after === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...new Array<string>(Math.max(0, gap)).fill('0'), ...tail]
  return groups.flatMap((group) => {
    const number = Number.parseInt(group, 16)
    return [number >> 8, number & 0xff]
  })
}

/** The drops of the socket at this address in a table of sockets; `unknown` when it is absent. */
export function dropsInTable(table: string, listening: Listening): number | 'unknown' {
  const wanted = kernelAddress(listening)
  if (wanted === undefined) return 'unknown'
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    if (columns[1] !== wanted) continue
    const drops = Number(columns.at(-1))
    return Number.isSafeInteger(drops) ? drops : 'unknown'
  }
  return 'unknown'
}

/** The drops of all these sockets together; `unknown` when one of them is. */
export async function kernelDrops(sockets: readonly Listening[]): Promise<number | 'unknown'> {
  let sum = 0
  for (const socket of sockets) {
    const file = isIPv6(socket.host) ? '/proc/net/udp6' : '/proc/net/udp'
    const table = await readFile(file, 'latin1').catch(() => '')
    const drops = dropsInTable(table, socket)
    if (drops === 'unknown') return drops
    sum += drops
  }
  return sum
}
