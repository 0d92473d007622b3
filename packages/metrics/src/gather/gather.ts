/**
 * gather/gather: asks the process `system` of a node for all that a page tells of it.
 *
 * What is not answered is left out and named, and so is what is not of the shape it should be: the
 * node may be of another version, or hostile. Lists are taken up to one page each: `ROWS` lines.
 */
import {
  type ConnectionSheet,
  type CronJobInfo,
  type FiguresSheet,
  type HostSheet,
  type LeaderSheet,
  type MemberInfo,
  type NetworkSheet,
  type RegistrarInfo,
  type ServiceInfo,
  type SurveySheet,
  TroupeError,
} from 'troupe'
import { type Sheets, silent, type Unanswered, type Unanswering } from './sheets.js'

/** Asks the process `system` of a node one question. */
export type Ask = (
  node: string,
  question: string,
  given?: unknown,
  timeoutMs?: number,
) => Promise<unknown>

/** What is asked. */
export interface GatherOptions {
  readonly node: string
  /** Rows of each list of processes; undefined: no look at processes at all. */
  readonly topN: number | undefined
  /** Whether its machine is told. */
  readonly host: boolean
  /** Longest wait for the first answer, and for each of the others. */
  readonly firstMs: number
  readonly listsMs: number
  /** Time that is left for all of it. */
  leftMs(): number
  /** Lets everything but the first question wait for its turn. */
  inTurn<T>(run: () => Promise<T>): Promise<T>
}

/** What each node is asked before all else: short, and never left out. */
export const FIRST_QUESTION = 'figures'
/** Lines of one list. */
export const ROWS = 500
const PAGE = Object.freeze({ limit: ROWS })

type Fields = Readonly<Record<string, unknown>>

/** Everything of one node. Never rejects. */
export async function gather(ask: Ask, options: GatherOptions): Promise<Sheets> {
  const { node, topN, host } = options
  const parts = new Parts(ask, options)
  const figures = await parts.sheet<FiguresSheet>(FIRST_QUESTION, undefined, options.firstMs)
  // One that does not say the first thing is not asked for the rest, each of which may take long.
  if (figures === undefined && parts.unanswered.length > 0) {
    const isUp = parts.unanswered.some(({ cause }) => cause !== 'silent')
    return { ...silent(node), isUp, unanswered: parts.unanswered }
  }
  const [machine, survey, network, connections, services, leaders, surroundings, cron] =
    await options.inTurn(() =>
      Promise.all([
        host ? parts.sheet<HostSheet>('host') : undefined,
        topN === undefined ? undefined : parts.sheet<SurveySheet>('survey', { limit: topN }),
        parts.sheet<NetworkSheet>('network', PAGE),
        parts.rows<ConnectionSheet>('connections'),
        parts.rows<ServiceInfo>('services'),
        parts.rows<LeaderSheet>('leaders'),
        parts.sheet<Fields>('members', PAGE),
        parts.rows<CronJobInfo>('cron'),
      ]),
    )
  const peers = network && parts.listIn('network', network.peers)
  return {
    ...{ node, isUp: true, phase: figures?.phase, figures, host: machine, survey },
    network: peers === undefined ? undefined : ({ ...network, peers: { rows: peers } } as never),
    ...{ connections, services, leaders, cron },
    registrar: fieldsOf(surroundings?.['registrar']) as RegistrarInfo | undefined,
    members: surroundings
      ? ((parts.listIn('members', surroundings['members']) ?? []) as readonly MemberInfo[])
      : [],
    ...{ unanswered: parts.unanswered, unreadable: parts.unreadable },
  }
}

/** The first answer alone. Never rejects. */
export async function gatherFigures(ask: Ask, node: string, timeoutMs: number): Promise<Sheets> {
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => run()
  const waits = { firstMs: timeoutMs, listsMs: timeoutMs, leftMs: () => timeoutMs, inTurn }
  const parts = new Parts(ask, { node, topN: undefined, host: false, ...waits })
  const figures = await parts.sheet<FiguresSheet>(FIRST_QUESTION)
  const { unanswered, unreadable } = parts
  const isUp = figures !== undefined
  return { ...silent(node), isUp, phase: figures?.phase, figures, unanswered, unreadable }
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined

/** What a node answers, part by part. */
class Parts {
  readonly unanswered: Unanswered[] = []
  readonly unreadable: string[] = []
  readonly #ask: Ask
  readonly #options: GatherOptions

  constructor(ask: Ask, options: GatherOptions) {
    this.#ask = ask
    this.#options = options
  }

  /** An object; what is in it nobody has looked at. */
  async sheet<T>(question: string, given?: unknown, mostMs?: number): Promise<T | undefined> {
    const answer = await this.#answer(question, given, mostMs)
    if (answer === undefined) return undefined
    const fields = fieldsOf(answer.value)
    if (fields === undefined) this.unreadable.push(question)
    return fields as T | undefined
  }

  async rows<T>(question: string): Promise<readonly T[]> {
    const page = await this.sheet<Fields>(question, PAGE)
    return page === undefined ? [] : ((this.listIn(question, page) ?? []) as readonly T[])
  }

  /** The objects of a page; undefined, and told, when it is none. */
  listIn(question: string, page: unknown): readonly object[] | undefined {
    const rows = fieldsOf(page)?.['rows']
    const isList = Array.isArray(rows)
    const cut: readonly unknown[] = isList ? rows.slice(0, ROWS) : []
    const objects = cut.filter((row): row is object => fieldsOf(row) !== undefined)
    if (!isList || objects.length < cut.length) this.unreadable.push(question)
    return isList ? objects : undefined
  }

  async #answer(
    question: string,
    given: unknown,
    mostMs = this.#options.listsMs,
  ): Promise<{ readonly value: unknown } | undefined> {
    const { node, leftMs } = this.#options
    const timeoutMs = Math.ceil(Math.min(leftMs(), mostMs))
    let cause: Unanswering = 'silent'
    try {
      if (timeoutMs > 0) return { value: await this.#ask(node, question, given, timeoutMs) }
    } catch (thrown) {
      // Whatever it was: the page is written without it.
      cause = causeOf(thrown)
    }
    this.unanswered.push({ question, cause })
    return undefined
  }
}

/** A refusal is a word of the node itself, which is therefore up. */
function causeOf(thrown: unknown): Unanswering {
  if (TroupeError.is(thrown, 'INSPECTION_LIMITED')) return 'limited'
  return TroupeError.is(thrown, 'NOT_ALLOWED') ? 'denied' : 'silent'
}
