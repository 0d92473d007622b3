/**
 * gather/gather: asks the process `system` of a node for all that a page tells of it.
 *
 * What is not answered is left out and named; a node that answers nothing is told as down. Lists
 * are taken up to one page each: `ROWS` lines.
 */
import type {
  ConnectionSheet,
  CronJobInfo,
  FiguresSheet,
  LeaderSheet,
  MemberInfo,
  NetworkSheet,
  Page,
  RegistrarInfo,
  ServiceInfo,
  SurveySheet,
} from 'troupe'
import { type Sheets, silent } from './sheets.js'

/** Asks the process `system` of a node one question. */
export type Ask = (node: string, question: string, given?: unknown) => Promise<unknown>

/** What is asked. */
export interface GatherOptions {
  readonly node: string
  /** Rows of each list of processes; undefined: no look at processes at all. */
  readonly topN: number | undefined
}

/** Lines of one list. */
const ROWS = 500
const PAGE = Object.freeze({ limit: ROWS })

/** Everything of one node. Never rejects. */
export async function gather(ask: Ask, { node, topN }: GatherOptions): Promise<Sheets> {
  const unanswered: string[] = []
  const part = async <T>(question: string, given?: unknown): Promise<T | undefined> => {
    try {
      return (await ask(node, question, given)) as T
    } catch {
      unanswered.push(question)
      return undefined
    }
  }
  const figures = await part<FiguresSheet>('figures')
  // One that does not say the first thing is not asked for the rest, each of which may take long.
  if (figures === undefined) return { ...silent(node), unanswered }
  const [survey, network, connections, services, leaders, members, cron] = await Promise.all([
    topN === undefined ? undefined : part<SurveySheet>('survey', { limit: topN }),
    part<NetworkSheet>('network', PAGE),
    part<Page<ConnectionSheet>>('connections', PAGE),
    part<Page<ServiceInfo>>('services', PAGE),
    part<Page<LeaderSheet>>('leaders', PAGE),
    part<{ readonly registrar?: RegistrarInfo; readonly members: Page<MemberInfo> }>(
      'members',
      PAGE,
    ),
    part<Page<CronJobInfo>>('cron', PAGE),
  ])
  return {
    ...{ node, isUp: true, phase: figures.phase, figures, survey, network, unanswered },
    connections: connections?.rows ?? [],
    services: services?.rows ?? [],
    leaders: leaders?.rows ?? [],
    registrar: members?.registrar,
    members: members?.members.rows ?? [],
    cron: cron?.rows ?? [],
  }
}
