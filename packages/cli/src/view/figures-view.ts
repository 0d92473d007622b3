/**
 * view/figures-view: what a node counts and measures of itself, now and over the last hour.
 */
import { countsOf, fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { factLines, tableLines } from '#terminal/table'
import { bytes, count, duration, rate } from '#terminal/units'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>
type Fact = readonly [name: string, value: string]

/** The lines of `troupe figures`. */
export function figureLines(sheet: Fields, { paint }: Layout): readonly string[] {
  const facts = [...counted(sheet), ...measured(sheet), ...ofNetwork(fieldsOf(sheet['network']))]
  return [paint('bold', safeText(textOf(sheet['node']), 300)), ...factLines(facts, paint)]
}

const number = (fields: Fields, name: string): number => numberOf(fields[name], -1)

function counted(sheet: Fields): readonly Fact[] {
  const part = (name: string): string => count(number(sheet, name))
  const sends = countsOf(sheet['sendFailed'])
  const calls = countsOf(sheet['callFailed'])
  const dropped = Object.values(countsOf(sheet['dropped'])).reduce((sum, one) => sum + one, 0)
  const sides = (of: Readonly<Record<string, number>>): string =>
    `${count(of['local'] ?? 0)} here, ${count(of['remote'] ?? 0)} elsewhere`
  return [
    ['up', duration(number(sheet, 'uptimeMs'))],
    ['processes', `${part('processes')}, ${part('spawned')} spawned, ${part('ended')} ended`],
    ['zombies', part('zombies')],
    [
      'messages',
      `${part('sent')} sent, ${part('handled')} handled, ${part('waiting')} waiting, ` +
        `${part('handling')} being handled, ${count(dropped)} dropped`,
    ],
    ['sends failed', sides(sends)],
    ['calls failed', `${sides(calls)}; ${part('calls')} wait`],
    [
      'events',
      `${part('published')} published, ${part('eventsReceived')} came, ` +
        `${part('eventsDelivered')} delivered, ${part('eventsSentAway')} sent away`,
    ],
  ]
}

function measured(sheet: Fields): readonly Fact[] {
  const scheduler = fieldsOf(sheet['scheduler'])
  const loop = fieldsOf(sheet['loop'])
  const memory = fieldsOf(sheet['memory'])
  const busy = Math.max(0, number(loop, 'utilisation')) * 100
  return [
    [
      'run queue',
      `${count(number(scheduler, 'runQueue'))}, ${count(number(scheduler, 'suspended'))} suspended`,
    ],
    ['turns', `${count(number(scheduler, 'turns'))}; ${spread(scheduler['turnMs'])}`],
    ['waits', spread(scheduler['waitMs'])],
    [
      'loop',
      `late by ${duration(number(loop, 'delayMs'))}, 99 % below ` +
        `${duration(number(loop, 'delayP99Ms'))}, ${busy.toFixed(0)} % busy`,
    ],
    [
      'memory',
      `${bytes(number(memory, 'rssBytes'))}, ${bytes(number(memory, 'heapUsedBytes'))} of heap`,
    ],
    [
      'processor',
      `${duration(number(sheet, 'cpuUserMs'))} user, ` +
        `${duration(number(sheet, 'cpuSystemMs'))} system`,
    ],
  ]
}

/** `99 % up to 5.00 ms, at most 40 ms of late`. */
function spread(value: unknown): string {
  const sheet = fieldsOf(value)
  const bounds = listOf(sheet['boundsMs']).map((one) => numberOf(one))
  const counts = listOf(sheet['counts']).map((one) => numberOf(one))
  const all = number(sheet, 'count')
  if (all <= 0) return 'none sampled'
  let seen = 0
  const at = counts.findIndex((one) => {
    seen += one
    return seen >= all * 0.99
  })
  const bound = bounds[at]
  const most = duration(number(sheet, 'maxMs'))
  const below = bound === undefined ? 'above all bounds' : `99 % up to ${duration(bound)}`
  return `${below}, at most ${most} of late`
}

function ofNetwork(network: Fields): readonly Fact[] {
  const part = (name: string): string => count(number(network, name))
  return [
    [
      'connections',
      `${part('connected')} up, ${part('established')} made, ${part('lost')} lost, ` +
        `${part('handshakesRefused')} refused`,
    ],
    [
      'carried',
      `${part('messagesIn')} in (${bytes(number(network, 'bytesIn'))}), ` +
        `${part('messagesOut')} out (${bytes(number(network, 'bytesOut'))})`,
    ],
    ['kept', bytes(number(network, 'keptBytes'))],
  ]
}

/** The lines of `troupe figures --hour`. */
export function hourLines(sheet: Fields, { paint, width }: Layout): readonly string[] {
  const rows = Object.entries(fieldsOf(sheet['series'])).map(([name, line]) => {
    const taken = listOf(line).filter((one): one is number => typeof one === 'number')
    const gaps = listOf(line).length - taken.length
    const mean = taken.reduce((sum, one) => sum + one, 0) / taken.length
    // Of many points: spreading them would end in a stack overflow.
    const lowest = taken.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)
    const highest = taken.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)
    const shown = [lowest, mean, highest, taken.at(-1) ?? Number.NaN]
    const cells = shown.map((one) => (taken.length === 0 ? '-' : valueText(name, one)))
    return [safeText(name, 60), ...cells, gaps === 0 ? '' : count(gaps)]
  })
  const right = (title: string) => ({ title, side: 'right' as const })
  const columns = [
    { title: 'FIGURE', widthMin: 12 },
    ...[right('LOWEST'), right('MEAN'), right('HIGHEST'), right('LAST')],
    { ...right('GAPS'), dispensable: 1 },
  ]
  return [
    paint('bold', safeText(textOf(sheet['node']), 300)),
    ...tableLines({ columns, rows, width, paint }),
  ]
}

function valueText(name: string, value: number): string {
  if (name.endsWith('Ms')) return duration(value)
  if (name.endsWith('BytesPerSecond') || name.startsWith('bytes')) return `${bytes(value)}/s`
  if (name.endsWith('Bytes')) return bytes(value)
  if (name === 'utilisation' || name === 'cpuShare') return `${(value * 100).toFixed(0)} %`
  return rate(value)
}
