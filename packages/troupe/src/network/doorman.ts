/**
 * network/doorman: from which host a line is taken at all, so that strangers cannot fill the time
 * of those who know the cookie.
 *
 * Each line costs its host a token until it has proven itself; tokens come back with time. A host
 * without one is turned away before anything is made for it, which costs a tenth of a refusal. All
 * hosts together have tokens too, for floods from many. Pure but for the clock, which is given.
 *
 * Limits: `HOSTS_MAX` hosts are remembered, those first that were heard of last; with IPv6 a host
 * is its network of 64 bits. Honest nodes of a host that floods share its tokens.
 *
 * @source token bucket (RFC 2697); tcp(7) on SYN floods, for the trade
 */
import type { Clock } from '#base/clock'

/** Lines of one host that may come at once before any has proven itself: as many as can wait. */
export const HOST_BURST = 512
/** Tokens that come back to one host in a second. */
export const HOST_PER_SECOND = 100
/** The same for all hosts together. */
export const ALL_BURST = 16 * HOST_BURST
export const ALL_PER_SECOND = 10 * HOST_PER_SECOND
/** Hosts that are remembered. */
export const HOSTS_MAX = 4_096

const NETWORK_GROUPS = 4
const SECOND_MS = 1_000

export class Doorman {
  readonly #clock: Clock
  readonly #hosts = new Map<string, Bucket>()
  readonly #all: Bucket

  constructor(clock: Clock) {
    this.#clock = clock
    this.#all = new Bucket(ALL_BURST, ALL_PER_SECOND, clock.nowMs())
  }

  /** Hosts that are remembered. */
  get hosts(): number {
    return this.#hosts.size
  }

  /** Takes a token for a line that comes from there; false: it is to be turned away. */
  admits(address: string): boolean {
    const nowMs = this.#clock.nowMs()
    const host = this.#bucketOf(bucketKey(address), nowMs)
    if (!host.has(nowMs) || !this.#all.has(nowMs)) return false
    host.take()
    this.#all.take()
    return true
  }

  /** A line from there has proven itself: it has cost nothing. */
  proven(address: string): void {
    const host = this.#hosts.get(bucketKey(address))
    if (host === undefined) return
    host.give()
    this.#all.give()
  }

  #bucketOf(host: string, nowMs: number): Bucket {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    if (this.#hosts.size >= HOSTS_MAX) this.#forgetOldest()
    const bucket = new Bucket(HOST_BURST, HOST_PER_SECOND, nowMs)
    this.#hosts.set(host, bucket)
    return bucket
  }

  /** Who comes back finds a full one: that costs no more than what all of them may. */
  #forgetOldest(): void {
    const [oldest] = this.#hosts.keys()
    if (oldest !== undefined) this.#hosts.delete(oldest)
  }
}

class Bucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #atMs: number

  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
    this.#atMs = nowMs
  }

  has(nowMs: number): boolean {
    const back = ((nowMs - this.#atMs) * this.#perSecond) / SECOND_MS
    this.#atMs = nowMs
    this.#tokens = Math.min(this.#burst, this.#tokens + back)
    return this.#tokens >= 1
  }

  take(): void {
    this.#tokens -= 1
  }

  give(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + 1)
  }
}

/** What one owner has many of with ease is one host: the addresses of an IPv6 network. */
function bucketKey(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const groups = address.split(':')
  const shortened = groups.indexOf('')
  const end = shortened === -1 ? NETWORK_GROUPS : Math.min(shortened, NETWORK_GROUPS)
  return groups.slice(0, end).join(':')
}
