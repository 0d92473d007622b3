/**
 * view/host-view: the machine of a node: load, memory, disks, files, threads, its container.
 */
import { countsOf, fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { factLines } from '#terminal/table'
import { bytes, count, duration } from '#terminal/units'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>
type Fact = readonly [name: string, value: string]

const DISKS_MAX = 16
const RESOURCES_MAX = 8
const THREADS_MAX = 4
const MOUNT_CHARS_MAX = 60

/** The lines of `troupe figures` that tell of the machine; none when it was not told. */
export function hostLines(sheet: Fields, { paint }: Layout): readonly string[] {
  if (typeof sheet['cores'] !== 'number') return []
  const facts = [...ofMachine(sheet), ...ofProgram(sheet), ...ofContainer(sheet)]
  return ['', paint('bold', 'machine'), ...factLines(facts, paint)]
}

/** A number, or undefined where there is none. */
const figure = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

const percent = (part: number, all: number): string =>
  all <= 0 ? '-' : `${((part / all) * 100).toFixed(0)} %`

function ofMachine(sheet: Fields): readonly Fact[] {
  const cores = numberOf(sheet['cores'], 1)
  const load = fieldsOf(sheet['load'])
  const one = figure(load, 'one')
  const times = [load['one'], load['five'], load['fifteen']].map((value) => numberOf(value, 0))
  const perCore = `${((one ?? 0) / Math.max(1, cores)).toFixed(2)} a core`
  const loads = `${times.map((time) => time.toFixed(2)).join(', ')}; ${perCore} of ${cores}`
  return [
    ...(one === undefined ? [] : [['load', loads] as const]),
    ...memoryFacts(fieldsOf(sheet['memory'])),
    ...listOf(sheet['disks']).slice(0, DISKS_MAX).map(diskFact),
  ]
}

function memoryFacts(memory: Fields): readonly Fact[] {
  const [total, used] = [figure(memory, 'totalBytes'), figure(memory, 'usedBytes')]
  if (total === undefined || used === undefined) return []
  const cached = figure(memory, 'cachedBytes')
  const swap = figure(memory, 'swapTotalBytes') ?? 0
  const parts = [
    `${bytes(used)} of ${bytes(total)} used (${percent(used, total)})`,
    `${bytes(numberOf(memory['availableBytes'], 0))} available`,
    ...(cached === undefined ? [] : [`${bytes(cached)} cached`]),
  ]
  const swapUsed = numberOf(memory['swapUsedBytes'], 0)
  const swapText =
    swap === 0 ? 'none' : `${bytes(swapUsed)} of ${bytes(swap)} (${percent(swapUsed, swap)})`
  return [
    ['memory', parts.join(', ')],
    ['swap', swapText],
  ]
}

function diskFact(value: unknown): Fact {
  const disk = fieldsOf(value)
  const used = numberOf(disk['usedBytes'], 0)
  const available = numberOf(disk['availableBytes'], 0)
  const mount = safeText(textOf(disk['mount']), MOUNT_CHARS_MAX)
  const size = bytes(numberOf(disk['sizeBytes'], 0))
  return [
    'disk',
    `${mount} ${percent(used, used + available)} used, ${bytes(available)} of ${size} left`,
  ]
}

function ofProgram(sheet: Fields): readonly Fact[] {
  const files = fieldsOf(sheet['files'])
  const open = figure(files, 'open')
  const most = figure(files, 'max')
  const limit = most === undefined ? '' : ` of ${count(most)} (${percent(open ?? 0, most)})`
  const kinds = Object.entries(countsOf(sheet['resources'])).sort(([, a], [, b]) => b - a)
  const resources = kinds
    .slice(0, RESOURCES_MAX)
    .map(([type, many]) => `${count(many)} ${safeText(type, 40)}`)
  return [
    ...(open === undefined ? [] : [['files', `${count(open)}${limit}`] as const]),
    ...(resources.length === 0 ? [] : [['resources', resources.join(', ')] as const]),
    ...threadFacts(sheet),
  ]
}

function threadFacts(sheet: Fields): readonly Fact[] {
  const total = figure(sheet, 'threadsTotal')
  const busiest = listOf(sheet['threads'])
    .map(fieldsOf)
    .flatMap((thread) => {
      const share = figure(thread, 'utilisation')
      return share === undefined || share < 0.005 ? [] : [{ thread, share }]
    })
    .sort((a, b) => b.share - a.share)
    .slice(0, THREADS_MAX)
    .map(({ thread, share }) => `${safeText(textOf(thread['name']), 20)} ${percent(share, 1)}`)
  const workers = listOf(sheet['workers']).map(
    (one) => `${percent(numberOf(fieldsOf(one)['utilisation'], 0), 1)}`,
  )
  const told = busiest.length === 0 ? '' : `; ${busiest.join(', ')}`
  return [
    ...(total === undefined ? [] : [['threads', `${count(total)}${told}`] as const]),
    ...(workers.length === 0 ? [] : [['workers', workers.join(', ')] as const]),
  ]
}

function ofContainer(sheet: Fields): readonly Fact[] {
  const container = fieldsOf(sheet['container'])
  const limit = figure(container, 'memoryLimitBytes')
  const cores = figure(container, 'cores')
  const throttled = figure(container, 'throttled') ?? 0
  if (limit === undefined && cores === undefined && throttled === 0) return []
  const parts = [
    limit === undefined ? 'no limit of memory' : `memory up to ${bytes(limit)}`,
    cores === undefined ? 'all cores' : `${cores.toFixed(2)} cores`,
    ...(throttled === 0
      ? []
      : [
          `stood still ${count(throttled)} times for ` +
            duration(numberOf(container['throttledMs'], 0)),
        ]),
  ]
  return [['container', parts.join(', ')]]
}
