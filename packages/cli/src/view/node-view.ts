/**
 * view/node-view: all that a node tells of itself.
 */
import { countsOf, fieldsOf, numberOf, textOf, textsOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { factLines } from '#terminal/table'
import { bytes, count, duration, moment } from '#terminal/units'
import { causeLines } from './dead-letters-view.js'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>

/** The lines of `troupe inspect` without a process. */
export function nodeLines(sheet: Fields, layout: Layout): readonly string[] {
  const { paint } = layout
  const account = fieldsOf(sheet['account'])
  const facts = [...ofNode(sheet), ...ofProgram(fieldsOf(sheet['program'])), ...ofAccount(account)]
  const dropped = countsOf(account['dropped'])
  const isClean = Object.values(dropped).every((number) => number === 0)
  return [
    paint('bold', safeText(textOf(sheet['name']), 300)),
    ...factLines(
      facts.filter(([, value]) => value !== '' && value !== '-'),
      paint,
    ),
    ...(isClean ? [] : causeLines(dropped, layout)),
  ]
}

type Fact = readonly [name: string, value: string]

const number = (fields: Fields, name: string): number => numberOf(fields[name], -1)

function ofNode(sheet: Fields): readonly Fact[] {
  const applications = textsOf(sheet['applications']).map((name) => safeText(name, 200))
  return [
    ['up', `${duration(number(sheet, 'uptimeMs'))}, since ${moment(number(sheet, 'creation'))}`],
    ['troupe', safeText(textOf(sheet['version']), 40)],
    ['applications', applications.join(', ')],
    ['processes', `${count(number(sheet, 'processes'))}, ${count(number(sheet, 'names'))} named`],
    ['spawned', `${count(number(sheet, 'spawned'))}, ${count(number(sheet, 'ended'))} ended`],
    ['zombies', number(sheet, 'zombies') > 0 ? count(number(sheet, 'zombies')) : ''],
    ['events', count(number(sheet, 'events'))],
    ['log level', safeText(textOf(sheet['logLevel']), 40)],
  ]
}

function machineText(program: Fields): string {
  const [host, release, zone] = ['hostName', 'osRelease', 'timeZone'].map((name) =>
    safeText(textOf(program[name], '?'), 100),
  )
  return `${host}, release ${release}, ${number(program, 'cores')} cores, time zone ${zone}`
}

function ofProgram(program: Fields): readonly Fact[] {
  const memory = fieldsOf(program['memory'])
  const heap = `${bytes(number(memory, 'heapUsedBytes'))} of heap`
  const busy = number(program, 'utilisation')
  const platform = safeText(textOf(program['platform']), 60)
  return [
    [
      'program',
      `process ${number(program, 'osPid')}, Node ${safeText(textOf(program['nodeVersion']), 40)}` +
        ` on ${platform}`,
    ],
    ['machine', machineText(program)],
    ['memory', `${bytes(number(memory, 'rssBytes'))}, ${heap}`],
    [
      'processor',
      `${duration(number(program, 'cpuUserMs'))} user, ` +
        `${duration(number(program, 'cpuSystemMs'))} system`,
    ],
    [
      'loop',
      `late by ${duration(number(program, 'loopDelayMs'))}` +
        (busy < 0 ? '' : `, ${(busy * 100).toFixed(0)} % busy`),
    ],
  ]
}

function ofAccount(account: Fields): readonly Fact[] {
  const part = (name: string): string => count(number(account, name))
  return [
    [
      'messages',
      `${part('sent')} sent, ${part('handled')} handled, ${part('waiting')} waiting, ` +
        `${part('handling')} being handled`,
    ],
  ]
}
