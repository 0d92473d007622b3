/**
 * apps/system/host-text: what files of Linux say of a machine, read without trust: pure.
 *
 * A line that is not as expected is passed over; no number that is not finite comes out.
 *
 * @source proc(5), cgroups(7), Linux cgroup-v2 documentation
 */
import type { HostMemory } from '#cluster/remote/host-sheets'

const BYTES_PER_KB = 1_024
const US_PER_MS = 1_000
const NS_PER_MS = 1e6
/** Ticks of a core in a second, as `/proc` tells them on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100
const NAME_CHARS_MAX = 64
/** Folders above a control group that are looked at. */
const DEPTH_MAX = 16

/** A whole number that is not negative; undefined for any other text. */
function wholeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}

/** `/proc/meminfo`; undefined when it does not say how much there is. */
export function memoryIn(text: string): HostMemory | undefined {
  const kilobytes = new Map<string, number>()
  for (const line of text.split('\n', 200)) {
    const found = /^([\w()]{1,40}): +(\d{1,15}) kB$/.exec(line)
    if (found !== null) kilobytes.set(found[1] as string, Number(found[2]))
  }
  const bytes = (name: string): number | undefined => {
    const value = kilobytes.get(name)
    return value === undefined ? undefined : value * BYTES_PER_KB
  }
  const totalBytes = bytes('MemTotal')
  const availableBytes = bytes('MemAvailable') ?? bytes('MemFree')
  if (totalBytes === undefined || availableBytes === undefined) return undefined
  const [cached, buffers] = [bytes('Cached'), bytes('Buffers')]
  const [swapTotalBytes, swapFree] = [bytes('SwapTotal'), bytes('SwapFree')]
  const isSwapTold = swapTotalBytes !== undefined && swapFree !== undefined
  return {
    ...{ totalBytes, availableBytes, usedBytes: Math.max(0, totalBytes - availableBytes) },
    cachedBytes: cached === undefined ? undefined : cached + (buffers ?? 0),
    swapTotalBytes,
    swapUsedBytes: isSwapTold ? Math.max(0, swapTotalBytes - swapFree) : undefined,
  }
}

/** A place where something is mounted. */
export interface Mount {
  readonly mount: string
  readonly kind: string
}

/**
 * File systems that are on a disk of the machine, or stand for one within a container. Those over
 * a network or of a program are left out: one that does not answer holds whoever asks it for ever.
 */
const DISKS: ReadonlySet<string> = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'jfs', 'reiserfs'],
  ...['vfat', 'exfat', 'ntfs3', 'hfsplus', 'overlay'],
])

/** `/proc/self/mounts`: real disks, each once, at its shortest path. */
export function mountsIn(text: string): readonly Mount[] {
  // What is mounted later at the same place hides what was there.
  const byPlace = new Map<string, Mount & { readonly device: string }>()
  for (const line of text.split('\n', MOUNT_LINES_MAX)) {
    const [device = '', path = '', kind = ''] = line.split(' ', 3)
    const mount = unescapeMount(path)
    if (mount.startsWith('/') && mount.length <= 255) byPlace.set(mount, { mount, kind, device })
  }
  const byDevice = new Map<string, Mount>()
  for (const { mount, kind, device } of byPlace.values()) {
    // Each layer that a container lies on is one of its own: only its root tells of the disk.
    if (!DISKS.has(kind) || (kind === 'overlay' && mount !== '/')) continue
    const known = byDevice.get(device)
    if (known === undefined || mount.length < known.mount.length) {
      byDevice.set(device, { mount, kind })
    }
  }
  return [...byDevice.values()].sort((a, b) => (a.mount < b.mount ? -1 : 1))
}

const MOUNT_LINES_MAX = 2_000

/** A blank in a path stands there as `\040`. */
const unescapeMount = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )

/** `/proc/self/limits`: how many files may be open; undefined when there is no limit. */
export const filesMaxIn = (text: string): number | undefined =>
  wholeOf(/^Max open files +(\S+)/m.exec(text)?.[1])

/** `/proc/self/task/ID/stat`: the name of a thread and its time on a core. */
export function threadIn(
  text: string,
): { readonly name: string; readonly cpuMs: number } | undefined {
  // The name stands in brackets and may hold brackets and blanks of its own.
  const [from, to] = [text.indexOf('('), text.lastIndexOf(')')]
  if (from < 0 || to < from) return undefined
  const rest = text.slice(to + 2).split(' ', 14)
  const [user, system] = [wholeOf(rest[11]), wholeOf(rest[12])]
  if (user === undefined || system === undefined) return undefined
  const cpuMs = ((user + system) * 1_000) / TICKS_PER_SECOND
  return { name: text.slice(from + 1, to).slice(0, NAME_CHARS_MAX), cpuMs }
}

/** Where the rules of a control group stand. */
export interface GroupPlaces {
  readonly version: 1 | 2
  /** The own one first, then what lies above it. */
  readonly folders: readonly string[]
}

/** `/proc/self/cgroup`: folders with the rules for time on a core, of both kinds. */
export function groupsIn(text: string): readonly GroupPlaces[] {
  const places: GroupPlaces[] = []
  for (const line of text.split('\n', 64)) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (path === '' || path.includes('..')) continue
    if (controllers === '') places.push({ version: 2, folders: above('/sys/fs/cgroup', path) })
    else if (controllers.split(',').includes('cpu')) {
      places.push({ version: 1, folders: above('/sys/fs/cgroup/cpu', path) })
    }
  }
  return places
}

function above(root: string, path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '')
  const folders = names.map((_name, at) => `${root}/${names.slice(0, at + 1).join('/')}`)
  return [root, ...folders].slice(-DEPTH_MAX).reverse()
}

/** `cpu.max`, or `cpu.cfs_quota_us` and `cpu.cfs_period_us` in one line: cores; undefined: all. */
export function coresIn(text: string): number | undefined {
  const [quota, period] = text.trim().split(/\s+/, 2).map(wholeOf)
  if (quota === undefined || period === undefined || period === 0) return undefined
  return quota / period
}

/** `cpu.stat`: how often and how long the program stood still. */
export function throttlingIn(text: string): {
  readonly throttled: number | undefined
  readonly throttledMs: number | undefined
} {
  const field = (name: string): number | undefined =>
    wholeOf(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  const [us, ns] = [field('throttled_usec'), field('throttled_time')]
  const ofNs = ns === undefined ? undefined : ns / NS_PER_MS
  return {
    throttled: field('nr_throttled'),
    throttledMs: us === undefined ? ofNs : us / US_PER_MS,
  }
}
