/**
 * connect/reading: what another node answered, read as what it should be.
 *
 * A node may be of another version, or hostile: whatever is missing or of another kind becomes
 * empty, so that no view ever meets anything but what its type says.
 */
import type { DeadLetterFacts } from '#view/dead-letters-view'
import type { LogLineFacts } from '#view/log-view'
import type { ProcessRow } from '#view/process-row'
import type { ProcessFacts } from '#view/process-view'

type Fields = Readonly<Record<string, unknown>>

/** The fields of an object; none for anything else. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

export const textOf = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise

export const numberOf = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' && !Number.isNaN(value) ? value : otherwise

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string')

/** Numbers by name. */
export const countsOf = (value: unknown): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((one): one is [string, number] => isNumber(one[1])),
  )

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const optionalText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

function pidOf(value: unknown): ProcessRow['pid'] | undefined {
  const { kind, node, id } = fieldsOf(value)
  if (kind !== 'pid' || typeof node !== 'string' || !isNumber(id)) return undefined
  return value as ProcessRow['pid']
}

const NOBODY = Object.freeze({ kind: 'pid', node: '', id: 0, creation: 0 })

const commonOf = (fields: Fields): Omit<ProcessRow, 'mailbox'> => ({
  pid: pidOf(fields['pid']) ?? NOBODY,
  name: optionalText(fields['name']),
  behaviour: textOf(fields['behaviour']),
  kind: optionalText(fields['kind']),
  application: optionalText(fields['application']),
  state: textOf(fields['state']),
  parent: pidOf(fields['parent']),
  messagesIn: numberOf(fields['messagesIn']),
  messagesOut: numberOf(fields['messagesOut']),
  runningMs: numberOf(fields['runningMs']),
  uptimeMs: numberOf(fields['uptimeMs']),
  restarts: numberOf(fields['restarts']),
})

/** One line of a list of processes. */
export function processRowOf(value: unknown): ProcessRow {
  const fields = fieldsOf(value)
  return {
    ...commonOf(fields),
    mailbox: numberOf(fields['mailbox']),
    oldestWaitMs: numberOf(fields['oldestWaitMs']),
  }
}

/** All of one process. */
export function processFactsOf(value: unknown): ProcessFacts {
  const fields = fieldsOf(value)
  const mailbox = fieldsOf(fields['mailbox'])
  const waiting = (queue: string): number => numberOf(mailbox[queue])
  return {
    ...commonOf(fields),
    protocol: optionalText(fields['protocol']),
    trapExit: fields['trapExit'] === true,
    ...{ links: listOf(fields['links']), monitors: listOf(fields['monitors']) },
    ...{ watchers: numberOf(fields['watchers']), aliases: numberOf(fields['aliases']) },
    ...{ events: textsOf(fields['events']), timers: numberOf(fields['timers']) },
    wakeUps: numberOf(fields['wakeUps']),
    mailbox: {
      ...{ urgent: waiting('urgent'), system: waiting('system'), main: waiting('main') },
      ...{ log: waiting('log'), oldestWaitMs: waiting('oldestWaitMs') },
      lengthMax: numberOf(mailbox['lengthMax'], Number.POSITIVE_INFINITY),
    },
    waiting: listOf(fields['waiting']).map((one) => textOf(fieldsOf(one)['message'])),
    inspected: fields['inspected'],
  }
}

/**
 * The address of a node among the routes that another one knows, the transports wanted most first;
 * undefined: none.
 */
export function addressIn(
  answer: unknown,
  node: string,
  transports: readonly string[],
): string | undefined {
  const routes = listOf(fieldsOf(fieldsOf(answer)['nodes'])['rows']).map(fieldsOf)
  const route = routes.find((one) => one['node'] === node)
  const addresses = listOf(route?.['addresses']).map(fieldsOf)
  const found = transports
    .map((wanted) => addresses.find(({ transport }) => transport === wanted))
    .find((one) => one !== undefined)
  const [host, port] = [textOf(found?.['host']), numberOf(found?.['port'])]
  if (!/^[\w.:-]+$/.test(host) || !Number.isInteger(port)) return undefined
  return `${textOf(found?.['transport'])}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** One record of a log. */
export function logLineOf(value: unknown): LogLineFacts {
  const fields = fieldsOf(value)
  return {
    timeMs: numberOf(fields['timeMs']),
    level: textOf(fields['level']),
    source: fields['source'],
    message: textOf(fields['message']),
    fields: fieldsOf(fields['fields']),
  }
}

/** One dead letter. */
export function deadLetterOf(value: unknown): DeadLetterFacts {
  const fields = fieldsOf(value)
  return {
    timeMs: isNumber(fields['timeMs']) ? fields['timeMs'] : undefined,
    cause: textOf(fields['cause']),
    from: fields['from'] ?? undefined,
    to: fields['to'],
    message: textOf(fields['message']),
    count: numberOf(fields['count'], 1),
  }
}
