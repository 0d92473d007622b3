/**
 * web/address: who an address belongs to, however it is written. Pure.
 *
 * @source RFC 4291, section 2.2
 */
import { isIPv4, isIPv6 } from 'node:net'

const GROUPS = 8
/** Of IPv6 the half that a network gives to one of its customers. */
const OF_ONE = 4
/** Before the 32 bits of IPv4 in an address of IPv6. */
const MAPPED = '0:0:0:0:0:ffff'

/** The same text for all addresses that one customer of a network may use. */
export function placeOfAddress(address: string): string {
  const [text = ''] = address.split('%')
  if (!isIPv6(text)) return address
  const groups = groupsOf(text)
  const isMapped = groups.slice(0, 6).join(':') === MAPPED
  return isMapped ? ipv4Of(groups.slice(6)) : groups.slice(0, OF_ONE).join(':')
}

/** All eight, each written the shortest way. */
function groupsOf(text: string): readonly string[] {
  const [head = '', tail] = text.toLowerCase().split('::')
  const [before, after] = [wordsOf(head), wordsOf(tail ?? '')]
  const left = tail === undefined ? 0 : GROUPS - before.length - after.length
  return [...before, ...Array.from({ length: left }, () => '0'), ...after]
}

const wordsOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').flatMap((word) => (isIPv4(word) ? halvesOf(word) : hex(word)))

const hex = (word: string): string => Number.parseInt(word, 16).toString(16)

function halvesOf(ipv4: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number)
  return [a * 256 + b, c * 256 + d].map((half) => half.toString(16))
}

const ipv4Of = (halves: readonly string[]): string =>
  halves
    .map((half) => Number.parseInt(half, 16))
    .flatMap((half) => [half >> 8, half & 255])
    .join('.')
