/**
 * arguments: what the command line of the load generator asks for, or what is wrong with it.
 *
 * Pure. The destination comes first, then the number of vehicles; flags may stand anywhere.
 */

import { FLEET_VEHICLES_MAX } from '@troupe-examples/traffic/fleet/fleet'

/** The most packets a second that can be asked for. */
export const RATE_MAX = 1_000_000

/** The most sockets that packets leave from. */
export const SOCKETS_MAX = 1_000

export interface LoadArguments {
  readonly host: string
  readonly port: number
  readonly vehicles: number
  /** Packets a second of all vehicles together. */
  readonly packetsPerSecond: number
  readonly sockets: number
  /** Ends by itself after so many seconds; undefined to go on until it is stopped. */
  readonly seconds: number | undefined
  /** Makes the vehicles repeat themselves; undefined for others each time. */
  readonly seed: number | undefined
}

export type ArgumentsVerdict =
  | { readonly kind: 'run'; readonly given: LoadArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

/** Vehicles unless told otherwise, as in the generator this one follows. */
export const VEHICLES_DEFAULT = 2

/** What `--help` prints. */
export const HELP = `Sends the reports of many made-up vehicles to a traffic system.

Usage: npm start -- traffic-load HOST:PORT [VEHICLES] [flags]

  HOST:PORT     where packets go, such as localhost:9092 or [::1]:9092
  VEHICLES      vehicles that report, each with an id of its own (${VEHICLES_DEFAULT})
  --rate N      packets a second of all of them together (one each)
  --sockets N   sockets they share; packets of one vehicle leave from one (1)
  --seconds N   end after so many seconds; without it Ctrl-C ends it
  --seed N      the same vehicles on the same ways every time
  --help        print this text

One report in a thousand is an emergency. The total is printed every 5 seconds and at the end.
What cannot be sent is counted and does not end the program.
`

type Numbers = Readonly<Record<string, readonly [least: number, most: number]>>

const FLAGS: Numbers = Object.freeze({
  rate: [1, RATE_MAX],
  sockets: [1, SOCKETS_MAX],
  seconds: [1, 86_400],
  seed: [0, 2 ** 32 - 1],
})

const refused = (problem: string): ArgumentsVerdict => ({ kind: 'refused', problem })

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseArguments(['localhost:9092', '400'])
 */
export function parseArguments(given: readonly string[]): ArgumentsVerdict {
  const words: string[] = []
  const numbers = new Map<string, number>()
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? ''
    if (!word.startsWith('-')) {
      words.push(word)
      continue
    }
    const [, name = '', inline] = /^--?([a-z]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'help' || name === 'h') return { kind: 'help' }
    const range = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
    if (range === undefined) return refused(`${word} is not known; see --help`)
    if (inline === undefined) at += 1
    const number = wholeNumber(inline ?? given[at], range)
    if (number === undefined) return refused(`--${name} ${rangeText(range)}`)
    numbers.set(name, number)
  }
  return checked(words, numbers)
}

function checked(words: readonly string[], numbers: ReadonlyMap<string, number>): ArgumentsVerdict {
  const [to, count = String(VEHICLES_DEFAULT), further] = words
  if (to === undefined) return refused('HOST:PORT is missing; see --help')
  if (further !== undefined) return refused(`${further} is one word too many; see --help`)
  const destination = destinationOf(to)
  if (destination === undefined) return refused(`${to} is not HOST:PORT with a port up to 65535`)
  const range = [1, FLEET_VEHICLES_MAX] as const
  const vehicles = wholeNumber(count, range)
  if (vehicles === undefined) return refused(`VEHICLES ${rangeText(range)}`)
  const given = {
    ...destination,
    vehicles,
    packetsPerSecond: numbers.get('rate') ?? vehicles,
    sockets: numbers.get('sockets') ?? 1,
    seconds: numbers.get('seconds'),
    seed: numbers.get('seed'),
  }
  return { kind: 'run', given: Object.freeze(given) }
}

/** `host:port` or `[address]:port`; undefined for anything else. */
function destinationOf(text: string): Pick<LoadArguments, 'host' | 'port'> | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined
}

function wholeNumber(
  text: string | undefined,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  const number = /^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

const rangeText = ([least, most]: readonly [least: number, most: number]): string =>
  `must be a whole number from ${least} to ${most}`
