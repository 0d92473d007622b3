/**
 * view/connection-view: what a node knows of its connections.
 */
import { fieldsOf, listOf, numberOf, textOf, textsOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { factLines, tableLines } from '#terminal/table'
import { bytes, count, duration } from '#terminal/units'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>
type Fact = readonly [name: string, value: string]

const number = (fields: Fields, name: string): number => numberOf(fields[name], -1)

/** The lines of `troupe connection NODE`. */
export function connectionTable(
  sheets: readonly Fields[],
  { paint, width }: Layout,
): readonly string[] {
  const rows = sheets.map((sheet) => {
    const info = fieldsOf(sheet['info'])
    const buffer = fieldsOf(sheet['sendBuffer'])
    return [
      safeText(textOf(info['node']), 200),
      safeText(textOf(info['state']), 40),
      safeText(textOf(info['transport']), 20),
      duration(number(info, 'roundTripMs')),
      count(number(info, 'messagesIn')),
      count(number(info, 'messagesOut')),
      bytes(number(info, 'bytesIn')),
      bytes(number(sheet, 'bytesOut')),
      bytes(number(buffer, 'used')),
    ]
  })
  const right = (title: string, dispensable = 0) => {
    return { title, side: 'right' as const, dispensable }
  }
  const columns = [
    { title: 'PEER', widthMin: 12 },
    { title: 'STATE' },
    { title: 'BY', dispensable: 2 },
    right('ROUND TRIP'),
    ...[right('IN'), right('OUT'), right('BYTES IN', 3), right('BYTES OUT', 3), right('KEPT', 1)],
  ]
  return tableLines({ columns, rows, width, paint })
}

/** The lines of `troupe connection NODE PEER`. */
export function connectionLines(sheet: Fields, { paint }: Layout): readonly string[] {
  const info = fieldsOf(sheet['info'])
  const facts = [...ofLine(sheet, info), ...ofMessages(sheet), ...ofWords(sheet)]
  const told = facts.filter(([, value]) => value !== '' && value !== '-')
  return [paint('bold', safeText(textOf(info['node']), 300)), ...factLines(told, paint)]
}

function ofLine(sheet: Fields, info: Fields): readonly Fact[] {
  const buffer = fieldsOf(sheet['sendBuffer'])
  const aheadMs = sheet['clockAheadMs']
  return [
    ['state', `${safeText(textOf(info['state']), 40)}, up ${duration(number(info, 'uptimeMs'))}`],
    ['line', safeText(`${textOf(info['transport'])} ${textOf(info['remote'])}`, 300)],
    ['round trip', duration(number(info, 'roundTripMs'))],
    ['its loop', `late by ${duration(number(info, 'loopDelayMs'))}`],
    ['its clock', typeof aheadMs === 'number' ? `${aheadMs.toFixed(1)} ms ahead of ours` : ''],
    ['came', `${count(number(info, 'messagesIn'))} messages, ${bytes(number(info, 'bytesIn'))}`],
    ['left', `${count(number(info, 'messagesOut'))} messages, ${bytes(number(sheet, 'bytesOut'))}`],
    ['kept', `${bytes(number(buffer, 'used'))} of ${bytes(number(buffer, 'limit'))}`],
    [
      'both can',
      textsOf(sheet['flags'])
        .map((flag) => safeText(flag, 60))
        .join(', '),
    ],
  ]
}

function ofMessages(sheet: Fields): readonly Fact[] {
  const pieces = fieldsOf(sheet['fragments'])
  const small = fieldsOf(sheet['compression'])
  const part = (of: Fields, name: string): string => count(number(of, name))
  const shrunk = (of: string): string => {
    const [now, before] = [number(small, `${of}Bytes`), number(small, `${of}OriginalBytes`)]
    return now <= 0 ? '0' : `${part(small, of)} to ${((now / before) * 100).toFixed(0)} %`
  }
  return [
    [
      'large',
      `${part(pieces, 'messagesReceived')} came, ${part(pieces, 'messagesSent')} left, ` +
        `${part(pieces, 'receiving')} and ${part(pieces, 'sending')} under way`,
    ],
    ['compressed', `${shrunk('received')} came, ${shrunk('sent')} left`],
  ]
}

function ofWords(sheet: Fields): readonly Fact[] {
  const words = fieldsOf(sheet['dictionaries'])
  const used = (name: string): string => count(number(fieldsOf(words[name]), 'used'))
  const held = listOf(sheet['heldMailboxes']).map(fieldsOf)
  return [
    ['names', `${used('namesReceived')} of theirs, ${used('namesSent')} of ours`],
    ['shapes', `${used('shapesReceived')} of theirs, ${used('shapesSent')} of ours`],
    ...held.map(
      (one): Fact => [
        'held',
        `${safeText(textOf(one['to']), 300)} (${safeText(textOf(one['direction']), 10)}) for ` +
          duration(number(one, 'heldMs')),
      ],
    ),
  ]
}
