/**
 * cluster/registrar/across/host-list: reads the option `hosts`: names and addresses, with a port
 * where it is not the usual one.
 *
 * What no host can be is refused with a sentence; what is no one other machine is skipped with a
 * code, as is what is listed twice. Knows nothing of names: what they stand for is judged later.
 * Limit: `HOSTS_MAX` entries.
 */
import { isIP } from 'node:net'
import { isLoopbackHost, isNowhereHost } from '#base/host-kind'
import { requireOption } from '#contract/limits'
import { type Place, printedPlace } from './place.js'

export const HOSTS_MAX = 256
const PORT_MAX = 65_535
const NAME_LENGTH_MAX = 253
const NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i

/** Why an entry of the list is not asked. */
export type HostProblem = 'host-twice' | 'host-nowhere'

/** What is made of a list. */
export interface HostList {
  readonly places: readonly Place[]
  /** Entries that are not asked, with the reason. */
  readonly skipped: readonly { readonly entry: string; readonly code: HostProblem }[]
}

/** Throws OPTION_INVALID for a list that cannot be meant. */
export function readHosts(option: string, hosts: unknown, portUsual: number): HostList {
  requireOption(Array.isArray(hosts), option, hosts, "give a list such as ['host2', '10.0.0.2']")
  const entries = hosts as readonly unknown[]
  const isShort = entries.length <= HOSTS_MAX
  requireOption(isShort, option, entries.length, `give at most ${HOSTS_MAX} hosts`)
  const places = new Map<string, Place>()
  const skipped: { entry: string; code: HostProblem }[] = []
  for (const [at, entry] of entries.entries()) {
    const place = placeOf(`${option}[${at}]`, entry, portUsual)
    const key = printedPlace(place)
    // The loopback is left to who wants it: two servers of one machine, as in a test.
    if (isNowhereHost(place.host)) skipped.push({ entry: key, code: 'host-nowhere' })
    else if (places.has(key)) skipped.push({ entry: key, code: 'host-twice' })
    else places.set(key, place)
  }
  return { places: [...places.values()], skipped }
}

/** The host part of a name of a node as a place; undefined: no other host can be meant. */
export function hostPlaceOf(node: string, port: number): Place | undefined {
  const host = node.slice(node.lastIndexOf('@') + 1).replace(/^\[|\]$/g, '')
  const isHost = isIP(host) !== 0 || isName(host)
  const isOther = isHost && !isNowhereHost(host) && !isLoopbackHost(host)
  return isOther ? { host: host.toLowerCase(), port } : undefined
}

function placeOf(option: string, entry: unknown, portUsual: number): Place {
  const remedy = 'give a host or an address, with :port or without'
  requireOption(typeof entry === 'string', option, entry, remedy)
  const text = entry as string
  const isBare = isIP(text) === 6
  const parts = isBare ? null : /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,6}))?$/.exec(text)
  requireOption(isBare || parts !== null, option, shown(text), remedy)
  const host = isBare ? text : (parts?.[1] ?? '')
  const port = parts?.[2] === undefined ? portUsual : Number(parts[2])
  const isPort = port >= 1 && port <= PORT_MAX
  requireOption(isPort, option, shown(text), 'give a port from 1 to 65535')
  const plain = host.replace(/^\[|\]$/g, '')
  const isSix = isIP(plain) === 6
  const isBracketed = host.startsWith('[')
  const isHost = isBracketed ? isSix : isSix || isIP(plain) === 4 || isName(plain)
  requireOption(isHost, option, shown(text), remedy)
  return { host: plain.toLowerCase(), port }
}

const isName = (host: string): boolean => host.length <= NAME_LENGTH_MAX && NAME.test(host)

const shown = (text: string): string => text.slice(0, 100)
